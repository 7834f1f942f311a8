"""Folders with all that lies below them: moved to another place in the tree, and put into the trash."""

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, String, and_, func, literal, null, select, update
from sqlalchemy.orm import aliased

from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.db.statements import table_of
from albumen.kernel.errors import Conflict, NotFound
from albumen.libraries import access, folders, lineages, names, tally
from albumen.libraries.models import File, Folder, Role
from albumen.unit import Unit

_EMPTY = dict.fromkeys(("file_count", "file_bytes", "sm_bytes", "md_bytes", "lg_bytes", "cnv_bytes"), 0)
_folder, _file = table_of(Folder), table_of(File)


def parent_of(unit: Unit, folder: Folder) -> Folder | None:
    """The folder above, also where the actor may not know of it; None for a root."""
    return None if folder.parent_id is None else unit.db.get(Folder, folder.parent_id)


def put(unit: Unit, folder: Folder, name: str, parent: Folder | None) -> None:
    """Give a folder this name below this parent (None: as a root), with all that lies in it.

    Takes an owner of the folder who may add to the new parent.  Raises NotFound, Denied, Invalid, and Conflict where
    the name is taken there, or the parent lies in the folder itself.
    """
    access.require_folder(unit, folder, Role.owner)
    moves = folder.parent_id != (parent.id if parent else None)
    if moves:
        folders.require_parent(unit, folder.library_id, parent)
    _take_turns(unit, folder, parent)
    cleaned = names.plain(name)
    if parent is not None and parent.lineage.startswith(folder.lineage):
        raise Conflict("A folder cannot lie in itself.")
    if folders.find(unit, folder.library_id, parent, cleaned) not in (None, folder):
        raise Conflict("There is a folder with this name already.")
    if moves:
        folders.check_depth(lineages.made(parent, folder.id), _height(unit, folder))
    before, is_renamed = folder.lineage, cleaned != folder.name
    folder.name, folder.folded, folder.parent_id = cleaned, names.fold(cleaned), parent.id if parent else None
    unit.db.flush()
    if moves:
        _rewrite(unit, folder.library_id, before, lineages.made(parent, folder.id))
    elif is_renamed:
        feed.record(unit, folder.library_id, Happening(Thing.folder, lineage=before), [folder.id])


def _take_turns(unit: Unit, *involved: Folder | None) -> None:
    """Those who change the tree of one library wait for each other, and look at it as the one before left it."""
    those = [folder for folder in involved if folder is not None]
    tally.reserve(unit, those[0].library_id, 0)
    for folder in those:
        unit.db.refresh(folder)
        if folder.deleted_at is not None:
            raise NotFound("There is no such folder.")


def _rewrite(unit: Unit, library_id: int, before: str, after: str) -> None:
    """Let a subtree lie elsewhere, what is deleted of it, too, and tell of all that is not."""
    here = _folder.c.library_id == library_id
    unit.db.execute(
        update(_folder).where(here, lineages.below(_folder.c.lineage, before)).values(lineage=_replaced(before, after))
    )
    unit.db.expire_all()  # the session may hold other folders of the subtree
    access.forget(unit)
    was = _replaced(after, before)
    moved = (here, lineages.below(_folder.c.lineage, after), _folder.c.deleted_at.is_(None))
    within = select(_folder.c.id, _folder.c.lineage, was).where(*moved)
    feed.record_found(unit, library_id, Happening(Thing.folder), within)
    filed = select(_file.c.id, _folder.c.lineage, was).join(_folder, _folder.c.id == _file.c.folder_id)
    feed.record_found(unit, library_id, Happening(Thing.file), filed.where(*moved, _file.c.deleted_at.is_(None)))


def _replaced(prefix: str, other: str) -> ColumnElement[str]:
    return literal(other, String) + func.substr(_folder.c.lineage, len(prefix) + 1)


def _height(unit: Unit, folder: Folder) -> int:
    """How many levels lie below a folder."""
    slashes = func.length(_folder.c.lineage) - func.length(func.replace(_folder.c.lineage, "/", ""))
    most = select(func.max(slashes)).where(
        _folder.c.library_id == folder.library_id, lineages.below(_folder.c.lineage, folder.lineage)
    )
    return (unit.db.scalar(most) or 0) - folder.lineage.count("/")


def delete(unit: Unit, folder: Folder) -> None:
    """Put all files in and below a folder into the trash, and take the folders away; an owner of the folder may.

    Both can be restored until they are purged.  Raises NotFound, Denied.
    """
    access.require_folder(unit, folder, Role.owner)
    _take_turns(unit, folder)
    library_id = folder.library_id
    here = (
        _folder.c.library_id == library_id,
        lineages.below(_folder.c.lineage, folder.lineage),
        _folder.c.deleted_at.is_(None),
    )
    filed = and_(
        _file.c.folder_id.in_(select(_folder.c.id).where(*here)),
        _file.c.deleted_at.is_(None),
    )
    _part_with_halves(unit, library_id, filed)
    _forget_months(unit, library_id, filed)
    gone = select(_file.c.id, _folder.c.lineage, null()).join(_folder, _folder.c.id == _file.c.folder_id)
    feed.record_found(unit, library_id, Happening(Thing.file, gone=True), gone.where(filed))
    deleted = {"deleted_at": unit.now, "deleted_by": unit.actor.user_id}
    unit.db.execute(update(_file).where(filed).values(deleted))
    folders_gone = select(_folder.c.id, _folder.c.lineage, null()).where(*here)
    feed.record_found(unit, library_id, Happening(Thing.folder, gone=True), folders_gone)
    unit.db.execute(update(_folder).where(*here).values(deleted_at=unit.now, **_EMPTY))
    unit.db.expire_all()


def _forget_months(unit: Unit, library_id: int, filed: ColumnElement[bool]) -> None:
    """Take files that lists show out of the counts of their months."""
    moments = unit.db.scalars(select(_file.c.sorted_at).where(filed, _file.c.part_of.is_(None)))
    for (year, month), count in Counter((moment.year, moment.month) for moment in moments).items():
        tally.count_month(unit, library_id, datetime(year, month, 1, tzinfo=UTC), -count)


def _part_with_halves(unit: Unit, library_id: int, filed: ColumnElement[bool]) -> None:
    """What photos and their moving parts need where one half lies in the subtree and the other does not.

    The part goes with its photo; a photo that stays is told to have lost its part.
    """
    photos = select(_file.c.id).where(filed)
    outside = aliased(File)
    elsewhere = (File.library_id == library_id, File.deleted_at.is_(None), File.id.not_in(photos))
    for part in unit.db.scalars(select(File).where(*elsewhere, File.part_of.in_(photos))).all():
        tally.place(unit, part, tally.weight(unit, part), sign=-1)
        part.deleted_at, part.deleted_by = unit.now, unit.actor.user_id
    unit.db.flush()
    lost = select(_file.c.part_of).where(filed, _file.c.part_of.is_not(None))
    left = (
        select(outside.id, Folder.lineage, null())
        .join(Folder, Folder.id == outside.folder_id)
        .where(outside.id.in_(lost), outside.id.not_in(photos), outside.deleted_at.is_(None))
    )
    feed.record_found(unit, library_id, Happening(Thing.file), left)
