"""Mending what a check found, where that can be done without asking anybody: nothing here ends an original."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import undefer

from albumen.app import App
from albumen.assets import ingest, renditions
from albumen.assets.jobs import RENDER
from albumen.assets.stripped.models import Stripped
from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.changes.models import Change, ChangeHead
from albumen.db import fulltext_checking
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, Problem
from albumen.libraries.damage_models import Damage
from albumen.libraries.models import Album, AlbumItem, File, Folder, Original, Rendition, Version
from albumen.libraries.uploads import CONVERT, DEVELOP, LATER
from albumen.media.facts import Facts
from albumen.operations.checking import counts
from albumen.operations.checking.defects import Defect, Fault
from albumen.operations.checking.stored import digest
from albumen.operations.models import Sidecar, SidecarHead

Mend = Callable[[App, str], None]


def mend(app: App, defects: list[Defect]) -> int:
    """Set right what can be; returns how many defects that was.  Counts and the index come last, for all at once."""
    mended = [each for each in defects if each.mends and _mend(app, each)]
    with app.writing(SYSTEM) as unit:
        counts.mend(unit.db)
        if any(each.fault is Fault.stale_index for each in mended):
            fulltext_checking.rewrite(unit.db)
    return len(mended)


def _mend(app: App, defect: Defect) -> bool:
    """Set one right; False where it is gone by now, or the store does not answer."""
    try:
        _mend_of(defect)(app, defect.subject)
    except (Problem, NoResultFound):
        return False
    return True


def _mend_of(defect: Defect) -> Mend:
    return _MENDS.get((defect.fault, defect.thing)) or _MENDS_OF_THINGS.get(defect.thing, _nothing)


def _nothing(app: App, subject: str) -> None:
    """Counts and the index wait for the end."""


def make_anew(app: App, subject: str) -> None:
    """Forget a rendition and its bytes, and have it made again from the original.

    Raises NotFound, Conflict, Unavailable where the original cannot make it: it may be all that is left to see.
    """
    begun = app.clock()
    signature, _, variant = subject.partition(":")
    _check_original(app, signature)
    with app.writing(SYSTEM) as unit:
        key = unit.db.scalar(
            select(Rendition.key).where(Rendition.signature == signature, Rendition.variant == variant)
        )
        renditions.remove(unit, signature, [variant])
        group = next((name for name, variants in ingest.GROUPS.items() if variant in variants), None)
        if group is not None:
            unit.jobs.add(RENDER, f"{signature}:{group}")
        else:
            unit.jobs.add(CONVERT, signature, terms=LATER)
    if key is not None:
        app.blobs.delete(key, untouched_since=begun)


def _check_original(app: App, signature: str) -> None:
    with app.reading(SYSTEM) as unit:
        key = unit.db.scalar(select(Original.key).where(Original.signature == signature))
        is_damaged = unit.db.get(Damage, signature) is not None
    if key is None or is_damaged:
        raise Conflict("The original has to be mended first.")
    app.blobs.stat(key)


def _reread(app: App, signature: str) -> None:
    """Write down the size and the CRC-32 that an original has, if these are its bytes."""
    with app.reading(SYSTEM) as unit:
        key = unit.db.get_one(Original, signature).key
    found = digest(app.blobs, key)
    if found.signature == signature:
        values = {"size_bytes": found.size_bytes, "crc32": found.crc32}
        with app.writing(SYSTEM) as unit:
            unit.db.execute(update(Original).where(Original.signature == signature).values(values))


def _look_again(app: App, signature: str) -> None:
    """Write down what an original is, as its bytes say."""
    with app.reading(SYSTEM) as unit:
        original = unit.db.get_one(Original, signature, options=[undefer(Original.facts)])
    try:
        read = msgspec.json.decode(original.facts, type=Facts)
    except (msgspec.DecodeError, ValueError):
        with app.blobs.local(original.key) as file:
            read = app.guard.probe(file, "")
    values = {"kind": read.kind, "mime": read.mime, "is_video": read.is_video, "facts": msgspec.json.encode(read)}
    with app.writing(SYSTEM) as unit:
        unit.db.execute(update(Original).where(Original.signature == signature).values(values))


def _develop(app: App, signature: str) -> None:
    with app.writing(SYSTEM) as unit:
        unit.jobs.add(DEVELOP, signature)


def _file_size(app: App, subject: str) -> None:
    """Have a file and its versions say what size their contents have."""
    with app.writing(SYSTEM) as unit:
        file_id = ids.decode(subject)
        size = select(Original.size_bytes).where(Original.signature == Version.signature).scalar_subquery()
        unit.db.execute(update(Version).where(Version.file_id == file_id).values(size_bytes=size))
        size = select(Original.size_bytes).where(Original.signature == File.signature).scalar_subquery()
        unit.db.execute(update(File).where(File.id == file_id).values(size_bytes=size))


def _version(app: App, subject: str) -> None:
    """Write down the newest version of a file as the file has it."""
    with app.writing(SYSTEM) as unit:
        file = unit.db.get_one(File, ids.decode(subject))
        row = unit.db.get(Version, (file.id, file.version))
        if row is None:
            told = {"added_by": file.added_by, "added_at": file.modified_at or file.imported_at}
            row = Version(file_id=file.id, number=file.version, **told)
            unit.db.add(row)
        elif row.signature != file.signature:
            raise Conflict("Two contents claim to be this version: somebody has to look.")
        row.signature, row.size_bytes = file.signature, file.size_bytes
    _file_size(app, subject)


def _take_out(app: App, subject: str) -> None:
    album_id, _, file_id = subject.partition(":")
    with app.writing(SYSTEM) as unit:
        item = (AlbumItem.album_id == ids.decode(album_id), AlbumItem.file_id == ids.decode(file_id))
        unit.db.execute(delete(AlbumItem).where(*item))


def _uncover(app: App, subject: str) -> None:
    with app.writing(SYSTEM) as unit:
        unit.db.execute(update(Album).where(Album.id == ids.decode(subject)).values(cover_file_id=None))


def _unstrip(app: App, signature: str) -> None:
    with app.writing(SYSTEM) as unit:
        unit.db.execute(delete(Stripped).where(Stripped.signature == signature))


def _start_over(app: App, subject: str) -> None:
    """Have all devices that follow a library list it anew."""
    with app.writing(SYSTEM) as unit:
        head = unit.db.get_one(ChangeHead, ids.decode(subject), with_for_update=True)
        unit.db.execute(delete(Change).where(Change.library_id == head.library_id))
        head.number = head.forgotten = head.number + 1


def _tell(app: App, subject: str) -> None:
    with app.writing(SYSTEM) as unit:
        file = unit.db.get(File, ids.decode(subject))
        if file is not None:
            lineage = unit.db.get_one(Folder, file.folder_id).lineage
            happened = Happening(Thing.file, gone=file.deleted_at is not None, lineage=lineage)
            feed.record(unit, file.library_id, happened, [file.id])


def _write_again(app: App, subject: str) -> None:
    """Forget a sidecar; it is written with the next ones, for which all files are looked at."""
    with app.writing(SYSTEM) as unit:
        key = unit.db.scalar(select(Sidecar.key).where(Sidecar.subject == subject))
        unit.db.execute(delete(Sidecar).where(Sidecar.subject == subject))
        unit.db.execute(delete(SidecarHead))
    if key is not None:
        app.blobs.delete(key)


_MENDS: Final[Mapping[tuple[Fault, str], Mend]] = MappingProxyType(
    {
        (Fault.wrong_row, "original"): _reread,
        (Fault.undeveloped, "original"): _develop,
        (Fault.feed, "feed"): _start_over,
        (Fault.feed, "file"): _tell,
    }
)
_MENDS_OF_THINGS: Final[Mapping[str, Mend]] = MappingProxyType(
    {
        "rendition": make_anew,
        "sidecar": _write_again,
        "kind": _look_again,
        "facts": _look_again,
        "size": _file_size,
        "version": _version,
        "album item": _take_out,
        "cover": _uncover,
        "stripped": _unstrip,
    }
)
