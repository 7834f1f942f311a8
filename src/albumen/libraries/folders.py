"""Folders: a tree of names, unique within a parent, with counts kept by the write path."""

from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import aliased

from albumen.changes import feed
from albumen.changes.feed import Thing
from albumen.kernel import ids
from albumen.kernel.errors import Conflict, NotFound
from albumen.libraries import members, names
from albumen.libraries.models import Folder, Role
from albumen.unit import Unit

_DEEPEST = 8


def create(unit: Unit, library_id: int, parent: Folder | None, name: str) -> Folder:
    """Create a folder below `parent`, or a root.  Raises Invalid, Denied, NotFound, Conflict."""
    members.require(unit, library_id, Role.contributor)
    cleaned = names.plain(name)
    if find(unit, library_id, parent, cleaned) is not None:
        raise Conflict("There is a folder with this name already.")
    folder_id = ids.new_id()
    folder = Folder(
        id=folder_id,
        library_id=library_id,
        parent_id=parent.id if parent else None,
        name=cleaned,
        folded=names.fold(cleaned),
        lineage=f"{parent.lineage if parent else '/'}{ids.encode(folder_id)}/",
        created_at=unit.now,
    )
    unit.db.add(folder)
    unit.db.flush()
    feed.record(unit, library_id, Thing.folder, [folder.id])
    return folder


def find(unit: Unit, library_id: int, parent: Folder | None, name: str) -> Folder | None:
    """The folder with this name below `parent` (compared without case); None when there is none."""
    here = func.coalesce(Folder.parent_id, 0) == (parent.id if parent else 0)
    return unit.db.scalar(
        select(Folder).where(Folder.library_id == library_id, here, Folder.folded == names.fold(name))
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
            func.coalesce(level.parent_id, 0) == above,
            level.folded == bindparam(f"name_{number}"),
        )
    return wanted


def get(unit: Unit, library_id: int, folder_id: int) -> Folder:
    """A folder the actor may see.  Raises NotFound."""
    members.require(unit, library_id, Role.reader)
    folder = unit.db.get(Folder, folder_id)
    if folder is None or folder.library_id != library_id:
        raise NotFound("There is no such folder.")
    return folder


def below(unit: Unit, library_id: int, parent: Folder | None) -> Sequence[Folder]:
    """The folders directly below `parent`, or the roots, by name.  Raises NotFound."""
    members.require(unit, library_id, Role.reader)
    here = func.coalesce(Folder.parent_id, 0) == (parent.id if parent else 0)
    wanted = select(Folder).where(Folder.library_id == library_id, here).order_by(Folder.folded, Folder.id)
    return unit.db.scalars(wanted).all()


def above(unit: Unit, folder: Folder) -> list[Folder]:
    """The ancestors of a folder, root first, itself not included."""
    lineage = [ids.decode(word) for word in folder.lineage.strip("/").split("/")]
    found = {each.id: each for each in unit.db.scalars(select(Folder).where(Folder.id.in_(lineage[:-1])))}
    return [found[each] for each in lineage[:-1] if each in found]


def paths(unit: Unit, of: Sequence[Folder]) -> dict[int, str]:
    """The full path of names of each folder, by id, in one query."""
    chains = {folder.id: [ids.decode(word) for word in folder.lineage.strip("/").split("/")] for folder in of}
    wanted = {each for chain in chains.values() for each in chain}
    rows = unit.db.execute(select(Folder.id, Folder.name).where(Folder.id.in_(wanted)))
    known = {row.id: row.name for row in rows}
    return {folder_id: "/".join(known[each] for each in chain) for folder_id, chain in chains.items()}
