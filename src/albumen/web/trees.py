"""The folders of a library as one tree, and what goes along when one of them is deleted."""

from dataclasses import dataclass

from sqlalchemy import func, select

from albumen.libraries import access, lineages
from albumen.libraries.models import File, Folder, Role
from albumen.unit import Unit

MOST = 500


@dataclass(frozen=True)
class Branch:
    """A folder in the tree: `depth` counts from the highest that the visitor sees."""

    depth: int
    folder: Folder
    may_add: bool


@dataclass(frozen=True)
class Load:
    """What lies in and below a folder, itself not counted."""

    photos: int
    folders: int


def branches(unit: Unit, library_id: int) -> list[Branch]:
    """The folders that the visitor sees, in reading order; of more than `MOST` the highest.  Raises NotFound."""
    wanted = select(Folder).where(access.folders_seen(unit, library_id))
    depth = func.length(Folder.lineage) - func.length(func.replace(Folder.lineage, "/", ""))
    found = unit.db.scalars(wanted.order_by(depth, Folder.folded).limit(MOST)).all()
    known = {each.id for each in found}
    below: dict[int | None, list[Folder]] = {}
    for each in found:
        below.setdefault(each.parent_id if each.parent_id in known else None, []).append(each)
    listed: list[Branch] = []
    waiting = [(0, each) for each in reversed(below.get(None, []))]
    while waiting:
        level, each = waiting.pop()
        may_add = access.is_enough(access.role_on_folder(unit, each), Role.contributor)
        listed.append(Branch(level, each, may_add))
        waiting += [(level + 1, child) for child in reversed(below.get(each.id, []))]
    return listed


def targets(unit: Unit, folder: Folder) -> list[Branch]:
    """Where a folder may be moved to: not into itself, and only where the visitor may add to."""
    found = branches(unit, folder.library_id)
    return [each for each in found if each.may_add and not each.folder.lineage.startswith(folder.lineage)]


def load(unit: Unit, folder: Folder) -> Load:
    """What is deleted with a folder."""
    here = (
        Folder.library_id == folder.library_id,
        Folder.deleted_at.is_(None),
        lineages.below(Folder.lineage, folder.lineage),
    )
    folders = unit.db.scalar(select(func.count()).select_from(Folder).where(*here)) or 0
    filed = File.folder_id.in_(select(Folder.id).where(*here))
    photos = unit.db.scalar(select(func.count()).select_from(File).where(filed, access.LISTED)) or 0
    return Load(photos, folders - 1)
