"""Deeds that change where many files lie: in another folder, in the trash, in an album."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from albumen.albums import albums, queries
from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.db.statements import table_of
from albumen.kernel import ids
from albumen.kernel.errors import Conflict
from albumen.libraries import access, folders, names, rows, tally, trash
from albumen.libraries.models import AlbumItem, File, Folder, Rendition, Role
from albumen.operations import deeds
from albumen.operations.deeds import Args, Before, Deed, Done
from albumen.unit import Unit

_SUMS = ("file_count", "file_bytes", *dict.fromkeys(tally.COLUMNS.values()))


class Move:
    """Into another folder of the library, together with their moving parts; a taken name gets a number."""

    def check(self, unit: Unit, library_id: int, args: Args) -> Args:
        """What was told, as it is kept.  Raises NotFound, Denied."""
        self._target(unit, library_id, args)
        return args

    def _target(self, unit: Unit, library_id: int, args: Args) -> Folder:
        folder = folders.get(unit, library_id, ids.decode(args["folder"]))
        access.require_folder(unit, folder, Role.contributor)
        return folder

    def apply(self, unit: Unit, library_id: int, args: Args, file_ids: Sequence[int]) -> Done:
        """Move them; where each lay, and its name there, is kept."""
        files = deeds.changeable(unit, library_id, file_ids)
        target = self._target(unit, library_id, args)
        moving = [each for each in _with_parts(unit, files) if each.folder_id != target.id]
        before = [{"id": file.id, "folder": file.folder_id, "name": file.name} for file in moving]
        _put(unit, library_id, [(file, target, file.name) for file in moving])
        return Done(len(files), before)

    def undo(self, unit: Unit, library_id: int, args: Args, before: Sequence[Before]) -> int:
        """Move those back that still lie where they were moved to, while the folder is there.

        A moving part whose own folder is not goes where its photo does.
        """
        target_id = ids.decode(args["folder"])
        kept = {each["id"]: each for each in before}
        homes = _homes(unit, library_id, before)
        there = [file for file in deeds.changeable(unit, library_id, list(kept)) if file.folder_id == target_id]
        back = [file for file in there if file.id in homes]
        all_back = [each for each in _with_parts(unit, back) if each.id in kept and each.folder_id == target_id]
        moves = [(each, homes.get(each.id) or homes[each.part_of or 0], kept[each.id]["name"]) for each in all_back]
        _put(unit, library_id, moves)
        return len(back)


def _homes(unit: Unit, library_id: int, before: Sequence[Before]) -> dict[int, Folder]:
    """Where each file lay, by its id, if that folder is there and the actor may add to it."""
    lay = Folder.id.in_({each["folder"] for each in before})
    found = unit.db.scalars(select(Folder).where(lay, access.folders_seen(unit, library_id)))
    open_ = {folder.id: folder for folder in found if _may_add(unit, folder)}
    return {each["id"]: open_[each["folder"]] for each in before if each["folder"] in open_}


def _may_add(unit: Unit, folder: Folder) -> bool:
    return access.is_enough(access.role_on_folder(unit, folder), Role.contributor)


def _with_parts(unit: Unit, files: Sequence[File]) -> list[File]:
    """Files, and the moving parts of those that have some."""
    parts = select(File).where(File.part_of.in_([file.id for file in files]), File.deleted_at.is_(None))
    return [*files, *unit.db.scalars(parts.order_by(File.id).execution_options(populate_existing=True))]


def _put(unit: Unit, library_id: int, moves: Sequence[tuple[File, Folder, str]]) -> None:
    """Let files lie in these folders under these names, or the next free ones; counted, and told."""
    files = [file for file, _, _ in moves]
    before = deeds.lineages(unit, files)
    weights = _weights(unit, files)
    _count(unit, files, weights, -1)
    told: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for file, folder, name in moves:
        told[folder.lineage, before[file.folder_id]].append(file.id)
        file.name = rows.free_name(unit, folder.id, name)
        file.folded, file.folder_id = names.fold(file.name), folder.id
        unit.db.flush()  # the next one must see this name as taken
    _count(unit, files, weights, 1)
    for (lineage, old), file_ids in told.items():
        feed.record(unit, library_id, Happening(Thing.file, lineage=lineage, before=old), file_ids)


def _weights(unit: Unit, files: Sequence[File]) -> Mapping[str, Mapping[str, int]]:
    """The bytes of the renditions that folders count, by content and variant."""
    wanted = select(Rendition.signature, Rendition.variant, Rendition.size_bytes).where(
        Rendition.signature.in_({file.signature for file in files}), Rendition.variant.in_(tally.COLUMNS)
    )
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for signature, variant, size_bytes in unit.db.execute(wanted):
        found[signature][variant] = size_bytes
    return found


def _count(unit: Unit, files: Sequence[File], weights: Mapping[str, Mapping[str, int]], sign: int) -> None:
    """Count files in their folders, or (-1) no longer: one statement a folder."""
    sums: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for file in files:
        here = sums[file.folder_id]
        here["file_count"] += 0 if file.part_of else sign
        here["file_bytes"] += sign * file.size_bytes
        for variant, size_bytes in weights.get(file.signature, {}).items():
            here[tally.COLUMNS[variant]] += sign * size_bytes
    table = table_of(Folder)
    for folder_id, more in sums.items():
        grown: dict[str, Any] = {name: table.c[name] + more[name] for name in _SUMS}
        unit.db.execute(update(table).where(table.c.id == folder_id).values(grown))


class Trash:
    """Into the trash, together with their moving parts."""

    def check(self, unit: Unit, library_id: int, args: Args) -> Args:
        """Raises NotFound, Denied."""
        trash.reached(unit, library_id, Role.contributor)
        return args

    def apply(self, unit: Unit, library_id: int, args: Args, file_ids: Sequence[int]) -> Done:
        """Put them there; when, is kept."""
        files = deeds.changeable(unit, library_id, file_ids)
        everything = _with_parts(unit, files)
        _count(unit, everything, _weights(unit, everything), -1)
        months = Counter((file.sorted_at.year, file.sorted_at.month) for file in files)
        for (year, month), count in months.items():
            tally.count_month(unit, library_id, datetime(year, month, 1, tzinfo=UTC), -count)
        for file in everything:
            file.deleted_at, file.deleted_by = unit.now, unit.actor.user_id
        unit.db.flush()
        deeds.tell(unit, library_id, files, gone=True)
        return Done(len(files), [{"id": file.id, "at": deeds.as_kept(unit.now)} for file in files])

    def undo(self, unit: Unit, library_id: int, args: Args, before: Sequence[Before]) -> int:
        """Restore those that have lain in the trash ever since."""
        at = {each["id"]: each["at"] for each in before}
        may = trash.reached(unit, library_id, Role.contributor)
        wanted = select(File.id, File.deleted_at).where(File.id.in_(at), may, trash.HERE)
        still = [row.id for row in unit.db.execute(wanted) if row.deleted_at == at[row.id]]
        if still:
            trash.restore(unit, library_id, still)
        return len(still)


class AddToAlbum:
    """Into an album made by hand, at its end."""

    def check(self, unit: Unit, library_id: int, args: Args) -> Args:
        """What was told, as it is kept.  Raises NotFound, Denied, Conflict."""
        album = queries.get(unit, library_id, ids.decode(args["album"]))
        access.require_album(unit, album, Role.contributor)
        if album.query is not None:
            raise Conflict("What is in this album is said by its query.")
        return args

    def apply(self, unit: Unit, library_id: int, args: Args, file_ids: Sequence[int]) -> Done:
        """Put those in that the actor sees; which were not in it before, is kept."""
        album = queries.get(unit, library_id, ids.decode(args["album"]))
        seen = select(File.id).where(access.files_seen(unit, library_id), File.id.in_(file_ids))
        there = set(unit.db.scalars(seen))
        held = select(AlbumItem.file_id).where(AlbumItem.album_id == album.id, AlbumItem.file_id.in_(file_ids))
        known = set(unit.db.scalars(held))
        wanted = [file_id for file_id in file_ids if file_id in there]
        new = [file_id for file_id in wanted if file_id not in known]
        if new:
            albums.add(unit, album, new)
        return Done(len(wanted), [{"id": file_id} for file_id in new])

    def undo(self, unit: Unit, library_id: int, args: Args, before: Sequence[Before]) -> int:
        """Take those out that were put in."""
        album = queries.get(unit, library_id, ids.decode(args["album"]))
        file_ids = [each["id"] for each in before]
        held = select(AlbumItem.file_id).where(AlbumItem.album_id == album.id, AlbumItem.file_id.in_(file_ids))
        there = list(unit.db.scalars(held))
        if there:
            albums.remove(unit, album, there)
        return len(there)


class RemoveFromAlbum(AddToAlbum):
    """Out of an album made by hand; the files stay where they lie."""

    def apply(self, unit: Unit, library_id: int, args: Args, file_ids: Sequence[int]) -> Done:
        """Take those out that are in it; which place each had, is kept."""
        album = queries.get(unit, library_id, ids.decode(args["album"]))
        held = select(AlbumItem.file_id, AlbumItem.position).where(
            AlbumItem.album_id == album.id, AlbumItem.file_id.in_(file_ids)
        )
        before = [{"id": row.file_id, "place": row.position} for row in unit.db.execute(held)]
        if before:
            albums.remove(unit, album, [each["id"] for each in before])
        return Done(len(file_ids), before)

    def undo(self, unit: Unit, library_id: int, args: Args, before: Sequence[Before]) -> int:
        """Put those in again that the actor still sees, each where it was."""
        album = queries.get(unit, library_id, ids.decode(args["album"]))
        places = {each["id"]: each["place"] for each in before}
        seen = select(File.id).where(access.files_seen(unit, library_id), File.id.in_(places))
        back = {file_id: places[file_id] for file_id in unit.db.scalars(seen)}
        if back:
            albums.put_back(unit, album, back)
        return len(back)


PLACINGS: Mapping[str, Deed] = {
    "move": Move(),
    "trash": Trash(),
    "add-to-album": AddToAlbum(),
    "remove-from-album": RemoveFromAlbum(),
}
