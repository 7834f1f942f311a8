"""What is in a guest's download, frozen when it is asked for: which photos, in which form, under which names."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import batched
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Select, select

from albumen.assets.stripped import sending, stripping
from albumen.assets.stripped.stripping import Form
from albumen.events import sight
from albumen.events.called import names_of
from albumen.events.contributions import State
from albumen.events.guest_models import Contribution
from albumen.events.visits import Visit
from albumen.http.manifest import Member, distinct
from albumen.kernel.errors import Invalid, NotFound
from albumen.libraries.models import AlbumItem, File, Original, Rendition
from albumen.unit import Unit

MOST_FILES: Final = 50_000
_BATCH: Final = 500


class Sizes(StrEnum):
    """In which sizes photos are wanted."""

    original = "original"
    web = "web"
    both = "both"


FOLDERS: Final[Mapping[Sizes, str]] = {Sizes.original: "Originals/", Sizes.web: "Web/"}


class Kept(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A download as it is kept: its photos, in which sizes and how they were promised, and the members."""

    photo_ids: list[int]
    sizes: Sizes
    is_stripped: bool
    members: list[Member]


@dataclass(frozen=True)
class Wish:
    """Which photos (None: all that the guest sees), in which sizes, without place and device or as they are."""

    file_ids: Sequence[int] | None
    sizes: Sizes
    is_stripped: bool


@dataclass(frozen=True)
class Content:
    """A file that goes in: its names and times, and what is kept of its original."""

    file_id: int
    part_of: int | None
    name: str
    signature: str
    moment: datetime
    key: str
    kind: str
    is_video: bool
    size_bytes: int
    crc32: int


@dataclass
class Frozen:
    """The members in order, and of which photo each is.

    `unknown` are the contents whose stripped form has to be found out first, with their sizes.
    """

    file_ids: Sequence[int]
    members: list[Member] = field(default_factory=list)
    photo_ids: list[int] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    left_out: int = 0


def freeze(unit: Unit, visit: Visit, wish: Wish) -> Frozen:
    """What a download holds, a few hundred files at a time.  Raises NotFound where a file is not seen, Invalid."""
    frozen = Frozen(_chosen(unit, visit, wish.file_ids))
    folders: dict[Sizes, list[tuple[int, Member]]] = {Sizes.original: [], Sizes.web: []}
    for batch in batched(frozen.file_ids, _BATCH):
        forms = _Forms(unit, list(_contents(unit, sight.shown(unit, visit), batch)), wish)
        for size, members in folders.items():
            if wish.sizes in (size, Sizes.both):
                members.extend(forms.members(frozen, size))
    for size, members in folders.items():
        folder = FOLDERS[size] if wish.sizes is Sizes.both else ""
        names = distinct(member.name for _, member in members)
        for (photo_id, member), name in zip(members, names, strict=True):
            frozen.members.append(msgspec.structs.replace(member, name=folder + name))
            frozen.photo_ids.append(photo_id)
    return frozen


def _chosen(unit: Unit, visit: Visit, file_ids: Sequence[int] | None) -> Sequence[int]:
    """The files in order.  Raises Invalid."""
    chosen = list(dict.fromkeys(file_ids)) if file_ids is not None else list(unit.db.scalars(_all(unit, visit)))
    if len(chosen) > MOST_FILES:
        raise Invalid(f"A download has at most {MOST_FILES:,} photos; choose a part of them.")
    if not chosen:
        raise NotFound("There is nothing to download.")
    return chosen


def _all(unit: Unit, visit: Visit) -> Select[int]:
    wanted = select(File.id).where(sight.shown(unit, visit))
    if visit.album.query is None:
        here = (AlbumItem.file_id == File.id) & (AlbumItem.album_id == visit.album.id)
        wanted = wanted.join(AlbumItem, here).order_by(AlbumItem.position, File.id)
    else:
        wanted = wanted.order_by(File.sorted_at, File.id)
    return wanted.limit(MOST_FILES + 1)


def _contents(unit: Unit, shown: ColumnElement[bool], file_ids: Collection[int]) -> Iterator[Content]:
    """Some files in their order, moving parts behind their photos.  Raises NotFound."""
    photos = {each.file_id: each for each in _rows(unit, File.id.in_(file_ids) & shown)}
    if len(photos) < len(file_ids):
        raise NotFound("A photo of this selection is not there.")
    films: dict[int | None, list[Content]] = {}
    unshown = select(Contribution.file_id).where(Contribution.state != State.shown, Contribution.file_id == File.id)
    for film in _rows(unit, File.part_of.in_(file_ids) & File.deleted_at.is_(None) & ~unshown.exists()):
        films.setdefault(film.part_of, []).append(film)
    for file_id in file_ids:
        yield photos[file_id]
        yield from films.get(file_id, ())


def _rows(unit: Unit, which: ColumnElement[bool]) -> Iterator[Content]:
    columns = (File.id, File.part_of, File.name, File.signature, File.taken_at, File.imported_at)
    kept = (Original.key, Original.kind, Original.is_video, Original.size_bytes, Original.crc32)
    wanted = select(*columns, *kept).join(Original, Original.signature == File.signature).where(which).order_by(File.id)
    rows = unit.db.execute(wanted).all()
    called = names_of(unit, {row.id: row.name for row in rows})
    for row in rows:
        moment = row.taken_at or row.imported_at
        kept_as = (row.key, row.kind, row.is_video, row.size_bytes, row.crc32)
        yield Content(row.id, row.part_of, called[row.id], row.signature, moment, *kept_as)


class _Forms:
    """In which forms some files can be given."""

    def __init__(self, unit: Unit, contents: Sequence[Content], wish: Wish) -> None:
        self._contents, self._is_stripped = contents, wish.is_stripped
        signatures = {each.signature for each in contents}
        self._known: dict[str, Form] = stripping.forms(unit, signatures) if wish.is_stripped else {}
        self._largest = sending.best(unit, signatures) if wish.is_stripped else {}
        self._web = sending.best(unit, signatures, sending.WEB) if wish.sizes is not Sizes.original else {}

    def members(self, frozen: Frozen, size: Sizes) -> Iterator[tuple[int, Member]]:
        """The files in one size, each with its photo's id; what can be given in no form at all is counted."""
        for content in self._contents:
            if size is Sizes.web and content.part_of is not None:
                continue
            web = self._web.get(content.signature) if size is Sizes.web else None
            member = _rendered(content, web) if web is not None else self._original(frozen, content)
            if member is None:
                frozen.left_out += 1
            else:
                yield content.part_of or content.file_id, member

    def _original(self, frozen: Frozen, content: Content) -> Member | None:
        """The original as it is, or stripped; or a rendition, where it cannot be stripped."""
        if not self._is_stripped:
            return Member(content.name, content.key, content.size_bytes, content.crc32, content.moment)
        form = self._known.get(content.signature)
        if form is None and stripping.can_be(content.kind):
            frozen.unknown[content.signature] = content.size_bytes
            return None
        if form is not None and form.pieces is not None:
            known = (form.size_bytes, form.crc32, content.moment, form.pieces)
            return Member(content.name, content.key, *known)
        largest = self._largest.get(content.signature)
        return None if largest is None else _rendered(content, largest)


def _rendered(content: Content, row: Rendition) -> Member:
    return Member(sending.named(content.name, row.mime), row.key, row.size_bytes, row.crc32, content.moment)


def all_seen(unit: Unit, visit: Visit, photo_ids: Iterable[int]) -> bool:
    """Whether the guest still sees every one of these photos."""
    shown = sight.shown(unit, visit)
    for batch in batched(dict.fromkeys(photo_ids), _BATCH):
        there = select(File.id).where(File.id.in_(batch), shown)
        if len(unit.db.scalars(there).all()) < len(batch):
            return False
    return True
