"""Exports: ZIPs that a job makes of some files, and that whoever asked for them can fetch until they expire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import batched

from sqlalchemy import delete, func, select, tuple_, update

from albumen.app import App
from albumen.assets.delivery import Delivery
from albumen.assets.models import Export
from albumen.blobs.layout import safe_name
from albumen.jobs import queue
from albumen.jobs.models import Job
from albumen.jobs.queue import Terms
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Conflict, Gone, NotFound, SignIn
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.libraries import access, library, queries, uploads
from albumen.libraries.models import File, Role
from albumen.unit import Unit

EXPORT = "export"
FORGET_AFTER = timedelta(days=30)
_BATCH = 500


class Metadata(StrEnum):
    """What becomes of what users say of their photos."""

    original = "original"
    sidecars = "sidecars"
    embedded = "embedded"


class Stage(StrEnum):
    """Where an export stands."""

    pending = "pending"
    processing = "processing"
    success = "success"
    failed = "failed"
    cancelled = "cancelled"


OPEN = (Stage.pending, Stage.processing)


@dataclass(frozen=True)
class Wanted:
    """What is to be exported; without a name it is called like the library."""

    file_ids: Sequence[int]
    filename: str | None = None
    metadata: Metadata = Metadata.original


def begin(app: App, actor: Actor, library_id: int, wanted: Wanted) -> Export:
    """Have a ZIP made of some files of a library.  Raises NotFound where one is not seen, OverQuota, SignIn, Denied.

    Reading comes first, in a unit of its own, so that a large selection does not hold up those who write.
    """
    if actor.user_id is None:
        raise SignIn
    file_ids = list(dict.fromkeys(wanted.file_ids))
    with app.reading(actor) as unit:
        name = wanted.filename or library.get(unit, library_id).name
        size_bytes = _weighed(unit, library_id, file_ids)
    uploads.check_space(app, size_bytes)
    with app.writing(actor) as unit:
        access.check_seen(unit, library_id)
        return _queued(unit, library_id, wanted, (_zip_name(name), [ids.encode(each) for each in file_ids]))


def _weighed(unit: Unit, library_id: int, file_ids: Sequence[int]) -> int:
    """How many bytes the files and their moving parts have.  Raises NotFound where one is not seen."""
    seen = access.files_seen(unit, library_id)
    size_bytes = 0
    for batch in batched(file_ids, _BATCH):
        sums = select(func.count(), func.coalesce(func.sum(File.size_bytes), 0))
        count, own = unit.db.execute(sums.where(File.id.in_(batch), seen)).one()
        if count != len(batch):
            raise NotFound("A file of this selection is not in the library.")
        _, parts = unit.db.execute(sums.where(File.part_of.in_(batch), File.deleted_at.is_(None))).one()
        size_bytes += own + parts
    return size_bytes


def _zip_name(name: str) -> str:
    cleaned = safe_name(name, fallback="export")
    return cleaned if cleaned.lower().endswith(".zip") else f"{cleaned}.zip"


def _queued(unit: Unit, library_id: int, wanted: Wanted, named: tuple[str, list[str]]) -> Export:
    export_id = ids.new_id()
    job_id = unit.jobs.add(EXPORT, ids.encode(export_id), terms=Terms(user_id=unit.actor.user_id))
    export = Export(
        id=export_id,
        library_id=library_id,
        job_id=job_id,
        created_by=unit.actor.user_id,
        updated_by=unit.actor.user_id,
        filename=named[0],
        metadata_mode=wanted.metadata,
        file_ids=named[1],
        state=Stage.pending,
        created_at=unit.now,
        updated_at=unit.now,
    )
    unit.db.add(export)
    unit.db.flush()
    return export


def get(unit: Unit, library_id: int, export_id: int) -> Export:
    """An export that the actor asked for, while it may see the library.  Raises NotFound, Denied."""
    access.check_seen(unit, library_id)
    export = unit.db.get(Export, export_id)
    if export is None or export.library_id != library_id or export.created_by != unit.actor.user_id:
        raise NotFound("There is no such export.")
    return export


def mine(unit: Unit, library_id: int, *, limit: int, cursor: str | None) -> Page[Export]:
    """The exports that the actor asked for in a library, the newest first.  Raises NotFound, Denied, Invalid."""
    access.check_seen(unit, library_id)
    wanted = select(Export).where(Export.library_id == library_id, Export.created_by == unit.actor.user_id)
    if cursor:
        millis, export_id = numbers_in(cursor, 2)
        wanted = wanted.where(tuple_(Export.created_at, Export.id) < (queries.moment(millis), export_id))
    rows = unit.db.scalars(wanted.order_by(Export.created_at.desc(), Export.id.desc()).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], to_cursor(queries.millis(last.created_at), last.id) if last else None)


def progress(unit: Unit, exports: Sequence[Export]) -> dict[int, float]:
    """How far each is, from 0 to 1."""
    running = {export.job_id for export in exports if export.state in OPEN}
    shares = {row.id: row.progress for row in unit.db.execute(select(Job.id, Job.progress).where(Job.id.in_(running)))}
    return {
        export.id: 1.0 if export.state == Stage.success else shares.get(export.job_id or 0, 0.0) for export in exports
    }


def delivered(unit: Unit, library_id: int, export_id: int) -> Delivery:
    """The finished ZIP, for whoever may still see what is in it.

    Owners of the library always do, and so can throw away what they have exported.  Anybody else must see every file
    of it as the library is now, which ends with a role, and with a file that was thrown away.
    Raises NotFound, Denied, Conflict while it is made, Gone once it has expired or holds what is not seen any more.
    """
    export = get(unit, library_id, export_id)
    if export.state in OPEN:
        raise Conflict("This export is not finished yet.")
    if export.expires_at is not None and export.expires_at <= unit.now:
        raise Gone("This export has expired.")
    if export.key is None or export.size_bytes is None:
        raise NotFound("This export was not made.")
    if access.role_on(unit, library_id) != Role.owner and not _all_seen(unit, export):
        raise Gone("Some files of this export are not there for you any more; ask for another.")
    etag = f"{ids.encode(export.id)}-{queries.millis(export.updated_at):x}"
    return Delivery(export.key, "application/zip", etag, export.size_bytes, export.filename)


def _all_seen(unit: Unit, export: Export) -> bool:
    seen = access.files_seen(unit, export.library_id)
    for batch in batched(map(ids.decode, export.file_ids), _BATCH):
        there = select(func.count()).select_from(File).where(File.id.in_(batch), seen)
        if unit.db.scalar(there) != len(batch):
            return False
    return True


def drop(app: App, actor: Actor, library_id: int, export_id: int) -> None:
    """Cancel an export that is being made; delete one that has ended, bytes and all.  Raises NotFound, Denied."""
    with app.writing(actor) as unit:
        export = get(unit, library_id, export_id)
        key = export.key
        if export.state in OPEN:
            export.state, export.updated_by, export.updated_at = Stage.cancelled, actor.user_id, unit.now
            export.expires_at = unit.now + timedelta(days=app.settings.libraries.export_days)
            if export.job_id is not None:
                queue.cancel(unit.db, export.job_id, unit.now)
        else:
            unit.db.delete(export)
    if key is not None:
        app.blobs.delete(key)


def expire(app: App) -> None:
    """Take the bytes of exports whose time is over, rows before bytes; forget the rows a while later."""
    with app.writing(SYSTEM) as unit:
        over = Export.expires_at <= unit.now
        keys = unit.db.scalars(select(Export.key).where(over, Export.key.is_not(None))).all()
        unit.db.execute(update(Export).where(over).values(key=None))
        unit.db.execute(delete(Export).where(over, Export.state != Stage.success))
        unit.db.execute(delete(Export).where(Export.expires_at <= unit.now - FORGET_AFTER))
    for key in filter(None, keys):
        app.blobs.delete(key)
