"""The trash: what was deleted and can be restored to where it lay, until it is purged."""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.kernel.actor import Scope
from albumen.kernel.errors import Denied, NotFound
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.libraries import access, folders, lineages, names, queries, rows, tally
from albumen.libraries.models import File, Folder, Role
from albumen.unit import Unit

_photo = aliased(File)
_with_photo = select(_photo.id).where(_photo.id == File.part_of, _photo.deleted_at.is_not(None)).exists()
HERE = and_(File.deleted_at.is_not(None), or_(File.part_of.is_(None), ~_with_photo))
"""What the trash lists: the moving part of a photo is in it by itself only while its photo is not."""


def reached(unit: Unit, library_id: int, least: Role) -> ColumnElement[bool]:
    """Which files of a library, deleted or not, lie where the actor has this role: by the library or by a folder.

    Raises NotFound, and Denied where that is nowhere.
    """
    given = access.check_seen(unit, library_id)
    here = File.library_id == library_id
    if access.is_enough(given.role, least):
        return here
    given_here = [lineage for lineage, role in given.folders.items() if access.is_enough(role, least)]
    if not given_here:
        raise Denied(f"This takes the role {least}.")
    within = select(Folder.id).where(Folder.library_id == library_id, lineages.below_any(Folder.lineage, given_here))
    return and_(here, File.folder_id.in_(within))


def may_change(unit: Unit, library_id: int) -> bool:
    """Whether the actor may change files somewhere in a library.  Raises NotFound."""
    try:
        reached(unit, library_id, Role.contributor)
    except Denied:
        return False
    return True


def page(unit: Unit, library_id: int, *, limit: int, cursor: str | None) -> Page[File]:
    """What the actor may restore, the last deleted first.  Raises NotFound, Denied, Invalid."""
    wanted = select(File).where(reached(unit, library_id, Role.contributor), HERE)
    if cursor:
        millis, file_id = numbers_in(cursor, 2)
        wanted = wanted.where(tuple_(File.deleted_at, File.id) < (queries.moment(millis), file_id))
    found = unit.db.scalars(wanted.order_by(File.deleted_at.desc(), File.id.desc()).limit(limit + 1)).all()
    return Page(found[:limit], _place_after(found[limit - 1]) if len(found) > limit else None)


def count(unit: Unit, library_id: int) -> int:
    """How many files the actor may restore.  Raises NotFound, Denied."""
    wanted = select(func.count()).select_from(File).where(reached(unit, library_id, Role.contributor), HERE)
    return unit.db.scalar(wanted) or 0


def _place_after(file: File) -> str:
    return to_cursor(queries.millis(file.deleted_at or queries.EPOCH), file.id)


def restore(unit: Unit, library_id: int, file_ids: Collection[int]) -> list[File]:
    """Put files back where they lay; folders that were deleted meanwhile come back, too, and a taken name is numbered.

    The two halves of a moving photo come together.  Raises NotFound where one of them is not in the trash (nothing is
    restored then), and Denied.
    """
    access.check_scope(unit, Scope.write)
    may = reached(unit, library_id, Role.contributor)
    tally.reserve(unit, library_id, 0)
    chosen = list(unit.db.scalars(select(File).where(may, HERE, File.id.in_(file_ids)).order_by(File.id)))
    if len(chosen) != len(set(file_ids)):
        raise NotFound("There is no such file in the trash.")
    parts = select(File).where(File.part_of.in_([file.id for file in chosen]), File.deleted_at.is_not(None))
    for file in (*chosen, *unit.db.scalars(parts)):
        _put_back(unit, file)
    access.forget(unit)
    _tell(unit, chosen)
    return chosen


def _put_back(unit: Unit, file: File) -> None:
    folder = bring_back(unit, unit.db.get_one(Folder, file.folder_id))
    file.folder_id = folder.id
    file.name = rows.free_name(unit, folder.id, file.name)
    file.folded = names.fold(file.name)
    file.deleted_at = file.deleted_by = None
    unit.db.flush()
    tally.place(unit, file, tally.weight(unit, file))


def _tell(unit: Unit, restored: Iterable[File]) -> None:
    """Tell of each file, and of the photo whose moving part is back."""
    for file in restored:
        shown = unit.db.get_one(File, file.part_of) if file.part_of else file
        lineage = unit.db.get_one(Folder, shown.folder_id).lineage
        feed.record(unit, file.library_id, Happening(Thing.file, lineage=lineage), [shown.id])


def bring_back(unit: Unit, folder: Folder) -> Folder:
    """The folder itself where it lives; else it and those above come back, each as the one that took its name if any.

    Not asked for by itself: whoever may restore a file in it may have it back.  Where that user may not add to the one
    that took its name, it comes back beside that one.
    """
    parent: Folder | None = None
    for folder_id in folders.chain(folder) if folder.deleted_at else ():
        each = unit.db.get_one(Folder, folder_id)
        if each.deleted_at is None:
            parent = each
        else:
            parent = _twin(unit, each, parent, is_last=each is folder) or _revived(unit, each, parent)
    return parent or folder


def _twin(unit: Unit, folder: Folder, parent: Folder | None, *, is_last: bool) -> Folder | None:
    """The folder that took the name of a deleted one; None where there is none, or (at the last) not one to add to."""
    found = folders.find(unit, folder.library_id, parent, folder.name)
    if found is None or not is_last:
        return found
    return found if access.is_enough(access.role_on_folder(unit, found), Role.contributor) else None


def _revived(unit: Unit, folder: Folder, parent: Folder | None) -> Folder:
    free = (each for each in names.numbered(folder.name) if not folders.find(unit, folder.library_id, parent, each))
    folder.name = next(free)
    folder.folded = names.fold(folder.name)
    lineage = lineages.made(parent, folder.id)
    if lineage != folder.lineage:
        _move_below(unit, folder, lineage)
    folder.deleted_at, folder.parent_id = None, parent.id if parent else None
    unit.db.flush()
    feed.record(unit, folder.library_id, Happening(Thing.folder, lineage=lineage), [folder.id])
    return folder


def _move_below(unit: Unit, folder: Folder, lineage: str) -> None:
    """Give a folder, and all that was deleted with it, another place in the tree."""
    before = folder.lineage
    within = (Folder.library_id == folder.library_id, lineages.below(Folder.lineage, before))
    for each in unit.db.scalars(select(Folder).where(*within)):
        each.lineage = lineage + each.lineage.removeprefix(before)
    unit.db.flush()
