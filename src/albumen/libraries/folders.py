"""Folders: a tree of names, unique within a parent, with counts kept by the write path."""

from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, func, select, tuple_
from sqlalchemy.orm import aliased

from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.kernel import ids
from albumen.kernel.errors import Conflict, Invalid, NotFound
from albumen.kernel.pages import Page, from_cursor, to_cursor
from albumen.libraries import access, lineages, members, names
from albumen.libraries.models import Folder, Role
from albumen.unit import Unit

_DEEPEST = 8
MOST_LEVELS = 100
"""How deep folders nest: the lineage of the deepest still fits into an index."""


def create(unit: Unit, library_id: int, parent: Folder | None, name: str) -> Folder:
    """Create a folder below `parent`, or a root.  Raises Invalid, Denied, NotFound, Conflict."""
    require_parent(unit, library_id, parent)
    cleaned = names.plain(name)
    if find(unit, library_id, parent, cleaned) is not None:
        raise Conflict("There is a folder with this name already.")
    folder_id = ids.new_id()
    lineage = lineages.made(parent, folder_id)
    check_depth(lineage)
    folder = Folder(
        id=folder_id,
        library_id=library_id,
        parent_id=parent.id if parent else None,
        name=cleaned,
        folded=names.fold(cleaned),
        lineage=lineage,
        created_at=unit.now,
    )
    unit.db.add(folder)
    unit.db.flush()
    feed.record(unit, library_id, Happening(Thing.folder, lineage=folder.lineage), [folder.id])
    return folder


def make(unit: Unit, library_id: int, parent: Folder | None, name: str) -> Folder:
    """Create a folder that its maker owns, whatever becomes of roles further up.  Raises as `create` does."""
    folder = create(unit, library_id, parent, name)
    if unit.actor.user_id is not None:
        members.assign(unit, folder, unit.actor.user_id, Role.owner)
    return folder


def require_parent(unit: Unit, library_id: int, parent: Folder | None) -> None:
    """Raises NotFound, Denied where the actor may not add a folder here."""
    if parent is None:
        access.require(unit, library_id, Role.contributor)
    else:
        access.require_folder(unit, parent, Role.contributor)


def check_depth(lineage: str, height: int = 0) -> None:
    """Refuse a folder with so many levels below it where it would lie too deep.  Raises Conflict."""
    if lineage.count("/") - 1 + height > MOST_LEVELS:
        raise Conflict(f"Folders nest {MOST_LEVELS} levels deep at most.")


def find(unit: Unit, library_id: int, parent: Folder | None, name: str) -> Folder | None:
    """The folder with this name below `parent` (compared without case); None when there is none."""
    here = func.coalesce(Folder.parent_id, 0) == (parent.id if parent else 0)
    return unit.db.scalar(
        select(Folder).where(
            Folder.library_id == library_id, here, Folder.folded == names.fold(name), Folder.deleted_at.is_(None)
        )
    )


def ensure(unit: Unit, library_id: int, path: Iterable[str]) -> Folder:
    """The folder at this path of names, made as far as it lacks.  Raises Invalid for an empty path."""
    wanted = tuple(path)
    folder = _at(unit, library_id, wanted)
    if folder is not None:
        return folder
    for name in wanted:
        folder = find(unit, library_id, folder, name) or create(unit, library_id, folder, name)
    if folder is None:
        raise NotFound("A path has at least one folder.")
    return folder


def _at(unit: Unit, library_id: int, path: Sequence[str]) -> Folder | None:
    """The folder at a path of names, in one query; None where a part of it lacks."""
    if not 0 < len(path) <= _DEEPEST:
        return None
    names_at = {f"name_{depth}": names.fold(names.clean(name)) for depth, name in enumerate(path)}
    return unit.db.scalar(_chain(len(path)), {"library": library_id, **names_at})


@cache
def _chain(depth: int) -> Select[Folder]:
    """The folder `depth` levels down, each level found by its name in the one above."""
    levels = [aliased(Folder) for _ in range(depth - 1)] + [Folder]
    wanted = select(Folder)
    for number, level in enumerate(levels):
        above = levels[number - 1].id if number else 0
        wanted = wanted.where(
            level.library_id == bindparam("library"),
            level.deleted_at.is_(None),
            func.coalesce(level.parent_id, 0) == above,
            level.folded == bindparam(f"name_{number}"),
        )
    return wanted


def get(unit: Unit, library_id: int, folder_id: int) -> Folder:
    """A folder the actor may see.  Raises NotFound."""
    access.reach(unit, library_id)  # who writes has the library from here on: the folder is as it stays
    folder = unit.db.get(Folder, folder_id)
    if folder is None or folder.library_id != library_id or folder.deleted_at is not None:
        raise NotFound("There is no such folder.")
    access.require_folder(unit, folder, Role.reader)
    return folder


def below(unit: Unit, library_id: int, parent: Folder | None, *, limit: int, cursor: str | None) -> Page[Folder]:
    """The folders directly below `parent`, by name; without one, the highest that the actor may see.

    Raises NotFound, Invalid.
    """
    seen = access.folders_seen(unit, library_id)
    wanted = select(Folder).where(seen, _directly_below(unit, library_id, parent, seen))
    if cursor:
        wanted = wanted.where(tuple_(Folder.folded, Folder.id) > _place_in(cursor))
    found = unit.db.scalars(wanted.order_by(Folder.folded, Folder.id).limit(limit + 1)).all()
    return Page(found[:limit], to_cursor(found[limit - 1].folded, found[limit - 1].id) if len(found) > limit else None)


def _directly_below(
    unit: Unit, library_id: int, parent: Folder | None, seen: ColumnElement[bool]
) -> ColumnElement[bool]:
    above = func.coalesce(Folder.parent_id, 0)
    if parent is None and access.role_on(unit, library_id) is None:
        return above.not_in(select(Folder.id).where(seen))
    return above == (parent.id if parent else 0)


def _place_in(cursor: str) -> tuple[str, int]:
    match from_cursor(cursor):
        case [str() as folded, int() as folder_id]:
            return folded, folder_id
    raise Invalid("The cursor is not one that this list gave.")


def above(unit: Unit, folder: Folder) -> list[Folder]:
    """The ancestors of a folder that the actor may see, highest first, itself not included."""
    lineage = chain(folder)[:-1]
    wanted = select(Folder).where(access.folders_seen(unit, folder.library_id), Folder.id.in_(lineage))
    found = {each.id: each for each in unit.db.scalars(wanted)}
    return [found[each] for each in lineage if each in found]


def chain(folder: Folder) -> list[int]:
    """The ids of a folder and of all above it, root first."""
    return [ids.decode(word) for word in folder.lineage.strip("/").split("/")]


def paths(unit: Unit, of: Sequence[Folder]) -> dict[int, str]:
    """The path of names of each folder, by id, as far up as the actor may see, in one query."""
    chains = {folder.id: chain(folder) for folder in of}
    wanted = {each for chain in chains.values() for each in chain}
    rows = unit.db.execute(
        select(Folder.id, Folder.name, Folder.library_id, Folder.lineage).where(Folder.id.in_(wanted))
    )
    known = {row.id: row.name for row in rows if access.reach(unit, row.library_id).sees(row.lineage)}
    return {folder_id: "/".join(known[each] for each in chain if each in known) for folder_id, chain in chains.items()}
