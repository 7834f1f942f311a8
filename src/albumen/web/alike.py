"""Duplicates as their page shows them: the files of a group side by side, with what sets them apart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from albumen.app import App
from albumen.assets.duplicates import resolving
from albumen.assets.duplicates.duplicates import Group, Kind, Member
from albumen.assets.models import Resolution
from albumen.kernel import ids
from albumen.libraries import access
from albumen.libraries.models import File, Folder, Original, Role
from albumen.unit import Unit
from albumen.web import grid, words
from albumen.web.grid import Source
from albumen.web.texts import gettext as _

MOST = 48
"""How many files of a group are shown; the others come when these are settled."""
_BITS = 64
_shape = select(Original.signature, Original.kind, Original.width, Original.height)


@dataclass(frozen=True)
class Trait:
    """Something about a file, whether that sets it apart from the others of its group, and whether it is the most."""

    name: str
    value: str
    differs: bool = False
    is_most: bool = False


@dataclass(frozen=True)
class Choice:
    """A file of a group.  The first is the best, and chosen beforehand."""

    id: str
    label: str
    picture: Source | None
    traits: Sequence[Trait]


@dataclass(frozen=True)
class Alike:
    """A group of duplicates; `word` names its files in forms."""

    choices: Sequence[Choice]
    more: int
    may_change: bool

    @property
    def word(self) -> str:
        """The files as forms send them."""
        return ",".join(each.id for each in self.choices)


@dataclass(frozen=True)
class _Known:
    """What is known of the files of some groups."""

    files: Mapping[int, File]
    originals: Mapping[str, Any]
    folders: Mapping[int, str]
    tiles: Mapping[str, grid.Tile]
    roles: Mapping[int, Role | None]


def groups(app: App, unit: Unit, library_id: int, found: Sequence[Group]) -> list[Alike]:
    """The groups that are there still, with pictures and differences."""
    wanted = [each.file_id for group in found for each in group.members[:MOST]]
    files = list(unit.db.scalars(select(File).where(access.files_seen(unit, library_id), File.id.in_(wanted))))
    signatures = {file.signature for file in files}
    seen = access.folders_seen(unit, library_id), Folder.id.in_({file.folder_id for file in files})
    known = _Known(
        {file.id: file for file in files},
        {row.signature: row for row in unit.db.execute(_shape.where(Original.signature.in_(signatures)))},
        {row.id: row.name for row in unit.db.execute(select(Folder.id, Folder.name).where(*seen))},
        {tile.id: tile for tile in grid.tiles(app, unit, files)},
        access.roles_on_files(unit, files),
    )
    told = (_alike(known, group) for group in found)
    return [each for each in told if len(each.choices) > 1]


def _alike(known: _Known, group: Group) -> Alike:
    members = [each for each in group.members[:MOST] if each.file_id in known.files]
    columns = [_column(known, each, group.kind) for each in members]
    choices = [
        _choice(known, member, [_trait(columns, name, at) for name in column])
        for at, (member, column) in enumerate(zip(members, columns, strict=True))
    ]
    may = all(access.is_enough(known.roles[each.file_id], Role.contributor) for each in members)
    return Alike(choices, len(group.members) - len(group.members[:MOST]), may)


def _choice(known: _Known, member: Member, traits: Sequence[Trait]) -> Choice:
    tile = known.tiles[ids.encode(member.file_id)]
    return Choice(
        tile.id, tile.label, tile.sources[-1] if tile.sources else None, [each for each in traits if each.value]
    )


type _Value = tuple[str, Any]
"""How a trait is written, and what of it is compared."""


def _column(known: _Known, member: Member, kind: Kind) -> dict[str, _Value]:
    file = known.files[member.file_id]
    original = known.originals[file.signature]
    taken = f"{words.plain_day(file.taken_local)}, {file.taken_local:%H:%M:%S}" if file.taken_local else _("unknown")
    alike = _("%(n)s %% alike") % {"n": round(100 * (_BITS - member.distance) / _BITS)}
    return {
        _("Resolution"): (words.frame(original.width, original.height), original.width * original.height),
        _("Size"): (words.size(file.size_bytes), file.size_bytes),
        _("Format"): (original.kind.upper(), original.kind),
        _("Taken"): (taken, taken),
        _("File"): (file.name, file.name),
        _("Folder"): (known.folders.get(file.folder_id, ""), file.folder_id),
        _("Look"): (alike if kind is Kind.near and not member.suggested_keep else "", ""),
    }


def _trait(columns: Sequence[Mapping[str, _Value]], name: str, at: int) -> Trait:
    value, compared = columns[at][name]
    every = [column[name][1] for column in columns]
    differs = len(set(every)) > 1
    is_most = differs and isinstance(compared, int) and name != _("Folder") and compared == max(every)
    return Trait(name, value, differs, is_most)


def keep(unit: Unit, library_id: int, files: Sequence[int], kept: Sequence[int]) -> int | None:
    """Keep some files of a group, put the others into the trash, and offer those kept together no more.

    What takes it back; None where all are kept.  The first kept one takes over what the others say.
    Raises NotFound, Denied, Invalid.
    """
    dropped = [each for each in files if each not in kept]
    made = resolving.resolve(unit, library_id, kept[0], dropped) if dropped else None
    if len(kept) > 1:
        resolving.dismiss(unit, library_id, kept)
    return made.id if made else None


def undo(unit: Unit, library_id: int, undo_id: int, lasts: timedelta) -> int:
    """Take back what `keep` did; how many photos are back.  Raises NotFound, Denied, Gone."""
    made = unit.db.get(Resolution, undo_id)
    many = len(made.dropped_ids) if made else 0
    resolving.undo(unit, library_id, undo_id, lasts)
    return many


def read(word: str, to_id: Callable[[str], int]) -> list[int]:
    """The files that a form names."""
    return [to_id(each) for each in word.split(",") if each]
