"""Purging: what lay in the trash long enough goes for good, in batches of which each is whole."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import aliased

from albumen.app import App
from albumen.changes.models import Change, ChangeHead, Regranted
from albumen.db import locks
from albumen.kernel.actor import SYSTEM, Actor, Scope
from albumen.kernel.errors import NotFound
from albumen.libraries import access, contents, resumable, tally
from albumen.libraries.models import (
    Album,
    Assignment,
    File,
    Folder,
    Library,
    Original,
    Rendition,
    Resumable,
    Role,
    Version,
)
from albumen.libraries.tally import Share
from albumen.libraries.trash import HERE
from albumen.unit import Unit

log = structlog.get_logger()

BATCH = 200
"""Files to purge at once: others who write wait for that long."""


@dataclass(frozen=True)
class Purged:
    """What went for good: files, all contents they had, how many of those nobody else holds, and the bytes counted."""

    files: int = 0
    versions: int = 0
    originals: int = 0
    size_bytes: int = 0

    def __add__(self, other: "Purged") -> "Purged":
        return Purged(
            self.files + other.files,
            self.versions + other.versions,
            self.originals + other.originals,
            self.size_bytes + other.size_bytes,
        )


def before(app: App) -> datetime:
    """What was deleted by then is not kept any longer."""
    return app.clock() - timedelta(days=app.settings.libraries.trash_days)


def empty(app: App, actor: Actor, library_id: int) -> int:
    """Purge all that is in the trash of a library now; returns how many files.

    Each batch is a transaction of its own, so whoever is cut off goes on by asking again.  Raises NotFound, Denied.
    """
    with app.reading(actor) as unit:
        access.require(unit, library_id, Role.owner)
        access.check_scope(unit, Scope.write)
        until = unit.now
    return _all(app, (File.library_id == library_id) & (File.deleted_at <= until)).files


def chosen(app: App, actor: Actor, library_id: int, file_ids: Collection[int]) -> int:
    """Purge some files that are in the trash of a library now; returns how many.

    Raises NotFound where one of them is not in the trash (none is purged then), and Denied.
    """
    wanted = (File.library_id == library_id) & HERE & File.id.in_(file_ids)
    with app.reading(actor) as unit:
        access.require(unit, library_id, Role.owner)
        access.check_scope(unit, Scope.write)
        if unit.db.scalar(select(func.count()).select_from(File).where(wanted)) != len(set(file_ids)):
            raise NotFound("There is no such file in the trash.")
    return _all(app, wanted).files


def trash(app: App, *, deleted_by: datetime) -> Purged:
    """Purge the files that were deleted by then, and the deleted folders that the trash holds nothing of any more."""
    purged = _all(app, File.deleted_at <= deleted_by)
    while True:
        with app.writing(SYSTEM) as unit:
            if not _drop_folders(unit):
                return purged


def _all(app: App, which: ColumnElement[bool]) -> Purged:
    total = Purged()
    while True:
        with app.writing(SYSTEM) as unit:
            purged = some(unit, which)
        if not purged.versions:
            break
        total += purged
    if total.versions:
        log.info("purged", files=total.files, versions=total.versions, bytes=total.size_bytes)
    return total


def some(unit: Unit, which: ColumnElement[bool]) -> Purged:
    """Purge a batch of files with all their versions; their bytes are given back, the sweep takes them from the store.

    The moving part of a photo goes with it.  No check of access: what lies in the trash is not asked after.
    """
    batch = select(File.id, File.part_of).where(which).limit(BATCH)
    first = [row.id for row in unit.db.execute(batch)]
    locks.hold(unit.db, Library.id, unit.db.scalars(select(File.library_id).where(File.id.in_(first))))
    found = unit.db.execute(batch.where(File.id.in_(first))).all()
    chosen = [row.id for row in found]
    parts = select(File.id).where(File.part_of.in_(chosen), File.id.not_in(chosen), File.deleted_at.is_not(None))
    chosen.extend(unit.db.scalars(parts))
    if not chosen:
        return Purged()
    signatures = unit.db.scalars(select(Version.signature).where(Version.file_id.in_(chosen))).all()
    locks.hold(unit.db, Original.signature, signatures)  # while all that this unit has read is still there
    size_bytes = _give_back(unit, chosen)
    unit.db.execute(update(Album).where(Album.cover_file_id.in_(chosen)).values(cover_file_id=None))
    unit.db.execute(delete(File).where(File.id.in_(chosen)).execution_options(synchronize_session=False))
    whole = sum(row.part_of is None for row in found)
    return Purged(whole, len(signatures), contents.release(unit, signatures), size_bytes)


def _give_back(unit: Unit, file_ids: list[int]) -> int:
    """Count the files' bytes nowhere any more; returns how many they are."""
    own = select(File.library_id, Version.added_by, func.sum(Version.size_bytes)).join(Version)
    made = (
        select(File.library_id, File.added_by, func.sum(Rendition.size_bytes))
        .join(Rendition, Rendition.signature == File.signature)
        .group_by(File.library_id, File.added_by)
    )
    shares = [
        Share(library_id, user_id, -int(size_bytes))
        for wanted in (own.group_by(File.library_id, Version.added_by), made)
        for library_id, user_id, size_bytes in unit.db.execute(wanted.where(File.id.in_(file_ids)))
    ]
    tally.settle(unit, shares)
    return -sum(share.size_bytes for share in shares)


def _drop_folders(unit: Unit) -> int:
    """Drop deleted folders that hold nothing, the lowest first; returns how many."""
    child = aliased(Folder)
    holds = select(File.id).where(File.folder_id == Folder.id).exists()
    has_below = select(child.id).where(child.parent_id == Folder.id).exists()
    hollow = select(Folder.id).where(Folder.deleted_at.is_not(None), ~holds, ~has_below)
    first = unit.db.execute(hollow.add_columns(Folder.library_id).limit(BATCH)).all()
    locks.hold(unit.db, Library.id, [row.library_id for row in first])
    chosen = unit.db.scalars(hollow.where(Folder.id.in_([row.id for row in first]))).all()
    unit.db.execute(delete(Assignment).where(Assignment.place_id.in_(chosen)))
    resumable.give_back(unit, Resumable.folder_id.in_(chosen))
    unit.db.execute(delete(Folder).where(Folder.id.in_(chosen)).execution_options(synchronize_session=False))
    return len(chosen)


def libraries(app: App, *, deleted_by: datetime) -> int:
    """Purge the libraries that were deleted by then; returns how many."""
    with app.reading(SYSTEM) as unit:
        chosen = unit.db.scalars(select(Library.id).where(Library.deleted_at <= deleted_by)).all()
    for library_id in chosen:
        library(app, library_id)
    return len(chosen)


def library(app: App, library_id: int) -> Purged:
    """Purge a library now, with all that is in it."""
    with app.writing(SYSTEM) as unit:
        shut = update(Library).where(Library.id == library_id, Library.deleted_at.is_(None))
        unit.db.execute(shut.values(deleted_at=unit.now))
    purged = _all(app, File.library_id == library_id)
    with app.writing(SYSTEM) as unit:
        _drop_library(unit, library_id)
    return purged


def _drop_library(unit: Unit, library_id: int) -> None:
    """Drop what is left of a library without files: folders, roles and albums go with its row."""
    locks.hold(unit.db, Library.id, [library_id])
    resumable.give_back(unit, Resumable.reserved_in == library_id)
    for table in (Change, ChangeHead, Regranted):
        unit.db.execute(delete(table).where(table.library_id == library_id))
    unit.db.execute(delete(Library).where(Library.id == library_id).execution_options(synchronize_session=False))
    log.info("library purged")
