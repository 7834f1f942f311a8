"""Writing sidecars: now and then, of what the feeds say has changed since the last time."""

import zlib
from collections.abc import Iterator
from datetime import timedelta
from itertools import batched

from sqlalchemy import delete, select

from albumen.app import App
from albumen.blobs.layout import spread
from albumen.changes.feed import Thing
from albumen.changes.models import Change, ChangeHead
from albumen.db.statements import insert_for, table_of
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Library
from albumen.operations.models import Sidecar, SidecarHead
from albumen.operations.sidecars import packing

FOLDER = "sidecar/"
_BATCH = 200


def write(app: App, task: Task | None = None) -> int:
    """Write the sidecars of all that changed; returns how many were new."""
    written = 0
    for library_id, number in _behind(app):
        for batch in batched(_changed(app, library_id, number), _BATCH):
            written += sum(_write_file(app, file_id, number) for file_id in batch)
            if task is not None:
                task.progress(0.0, f"{written} written")
        written += _write_library(app, library_id, number)
        with app.writing(SYSTEM) as unit:
            head = insert_for(unit.db)(table_of(SidecarHead)).values(library_id=library_id, number=number)
            unit.db.execute(head.on_conflict_do_update(index_elements=["library_id"], set_={"number": number}))
    _forget_gone(app)
    return written


def _behind(app: App) -> list[tuple[int, int]]:
    """The libraries with changes that no sidecar has, and the number of the newest."""
    with app.reading(SYSTEM) as unit:
        heads = select(ChangeHead.library_id, ChangeHead.number).join(Library, Library.id == ChangeHead.library_id)
        heads = heads.outerjoin(SidecarHead, SidecarHead.library_id == ChangeHead.library_id)
        moved = SidecarHead.number.is_(None) | (SidecarHead.number < ChangeHead.number)
        return [(row.library_id, row.number) for row in unit.db.execute(heads.where(moved))]


def _changed(app: App, library_id: int, number: int) -> Iterator[int]:
    """The files that changed since, moving parts with their photos; all, where the feed does not go back that far."""
    with app.reading(SYSTEM) as unit:
        since = unit.db.scalar(select(SidecarHead.number).where(SidecarHead.library_id == library_id)) or 0
        forgotten = unit.db.get_one(ChangeHead, library_id).forgotten
        every = select(File.id).where(File.library_id == library_id).order_by(File.id)
        told = select(Change.thing_id).where(
            Change.library_id == library_id, Change.number > since, Change.number <= number, Change.thing == Thing.file
        )
        some = every.where(File.id.in_(told) | File.part_of.in_(told))
        yield from unit.db.scalars(some if since >= forgotten and since else every).all()


def _write_file(app: App, file_id: int, number: int) -> int:
    with app.reading(SYSTEM) as unit:
        file = unit.db.get(File, file_id)
        content = None if file is None else packing.of_file(unit.db, file)
        place = "" if file is None else f"{spread(file.signature)}/{file.signature}."
    return 0 if content is None else _put(app, f"file-{ids.encode(file_id)}", place, content, number)


def _write_library(app: App, library_id: int, number: int) -> int:
    with app.reading(SYSTEM) as unit:
        library = unit.db.get(Library, library_id)
        content = None if library is None else packing.of_library(unit.db, library)
    return 0 if content is None else _put(app, f"library-{ids.encode(library_id)}", "libraries/", content, number)


def _put(app: App, subject: str, place: str, content: bytes, number: int) -> int:
    """Put a document where it says something new; the earlier one is left to the sweep."""
    crc32 = zlib.crc32(content)
    with app.reading(SYSTEM) as unit:
        known = unit.db.get(Sidecar, subject)
    if known is not None and (known.crc32, known.size_bytes) == (crc32, len(content)):
        return 0
    key = f"{FOLDER}{place}{subject}.{number:012}-{crc32:08x}.json"
    with app.blobs.spool() as spool:
        spool.write(content)
        app.blobs.put(key, spool)
    with app.writing(SYSTEM) as unit:
        told = {"key": key, "size_bytes": len(content), "crc32": crc32}
        row = insert_for(unit.db)(table_of(Sidecar)).values(subject=subject, **told)
        unit.db.execute(row.on_conflict_do_update(index_elements=["subject"], set_=told))
    return 1


def _forget_gone(app: App) -> None:
    """Forget the sidecars of what was purged; the sweep takes their bytes."""
    with app.reading(SYSTEM) as unit:
        there = {f"file-{ids.encode(each)}" for each in unit.db.scalars(select(File.id))}
        there |= {f"library-{ids.encode(each)}" for each in unit.db.scalars(select(Library.id))}
        gone = [each for each in unit.db.scalars(select(Sidecar.subject)) if each not in there]
    for batch in batched(gone, _BATCH):
        with app.writing(SYSTEM) as unit:
            unit.db.execute(delete(Sidecar).where(Sidecar.subject.in_(batch)))


def _run(app: App, task: Task) -> None:
    if app.settings.backup.sidecars:
        write(app, task)


KINDS = (JobKind[App]("sidecars", _run, Priority.later, every=timedelta(minutes=30), at_once=lambda _: 1),)
