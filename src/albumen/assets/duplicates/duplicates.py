"""Files of a library that are there twice: the same bytes, the same pixels, or nearly the same look."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import batched, islice
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from albumen.app import App
from albumen.assets.duplicates import grouping
from albumen.assets.duplicates.grouping import Standing
from albumen.assets.models import Dismissal
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Invalid
from albumen.kernel.pages import Page, from_cursor, to_cursor
from albumen.libraries import access
from albumen.libraries.models import File, Original
from albumen.unit import Unit

_BATCH = 200
_WHOLE = (1 << 64) - 1


class Kind(StrEnum):
    """What the files of a group have in common, the strictest first."""

    exact = "exact"
    pixels = "pixels"
    near = "near"


@dataclass(frozen=True)
class Member:
    """A file of a group, and how many bits of its look differ from the one that is suggested to be kept."""

    file_id: int
    distance: int
    suggested_keep: bool


@dataclass(frozen=True)
class Group:
    """Files that are one photo, the best first."""

    kind: Kind
    members: list[Member]


type _Key = str | int
type _Candidate = tuple[_Key, Sequence[int]]


@dataclass(frozen=True)
class Asked:
    """Which duplicates are asked for, and which page of them."""

    kind: Kind
    limit: int
    cursor: str | None


def offer(app: App, actor: Actor, library_id: int, asked: Asked) -> tuple[Page[Group], Standing]:
    """A page of groups, and how they stand; where that is not as of now, a job begins to find them.

    Raises NotFound, Denied, Invalid.
    """
    with app.reading(actor) as unit:
        found = page(unit, library_id, asked.kind, limit=asked.limit, cursor=asked.cursor)
        stands = grouping.standing(unit, library_id) if asked.kind is Kind.near else Standing()
    if not stands.is_current:
        grouping.ask(app, library_id)
    return found, stands


def page(unit: Unit, library_id: int, kind: Kind, *, limit: int, cursor: str | None) -> Page[Group]:
    """Groups of files that the actor may see, but for those that were dismissed.  Raises NotFound, Denied, Invalid."""
    access.check_seen(unit, library_id)
    found = list(islice(_offered(unit, library_id, kind, _after(kind, cursor)), limit + 1))
    more = to_cursor(found[limit - 1][0]) if len(found) > limit else None
    return Page([group for _, group in found[:limit]], more)


def _after(kind: Kind, cursor: str | None) -> _Key:
    first: _Key = 0 if kind is Kind.near else ""
    if not cursor:
        return first
    keys = from_cursor(cursor)
    if len(keys) != 1 or not isinstance(keys[0], type(first)) or (kind is Kind.pixels and not _is_hash(str(keys[0]))):
        raise Invalid("The cursor is not one that this list gave.")
    return keys[0] or first


def _is_hash(word: str) -> bool:
    return re.fullmatch(r"[0-9a-f]*", word) is not None and len(word) % 2 == 0


def _offered(unit: Unit, library_id: int, kind: Kind, after: _Key) -> Iterator[tuple[_Key, Group]]:
    dismissed = _dismissed(unit, library_id)
    candidates = _near(unit, library_id, after) if kind is Kind.near else _same(unit, library_id, kind, after)
    for some in batched(candidates, _BATCH):
        rows = _rows(unit, library_id, [file_id for _, file_ids in some for file_id in file_ids])
        for key, file_ids in some:
            seen = {file_id for file_id in file_ids if file_id in rows}
            if len(seen) > 1 and not any(seen <= each for each in dismissed[min(seen)]):
                yield key, _group(kind, [rows[file_id] for file_id in seen])


def _dismissed(unit: Unit, library_id: int) -> dict[int, list[frozenset[int]]]:
    """The sets of files that are to be left alone, by each of their files."""
    found: dict[int, list[frozenset[int]]] = defaultdict(list)
    for file_ids in unit.db.scalars(select(Dismissal.file_ids).where(Dismissal.library_id == library_id)):
        together = frozenset(map(int, file_ids))
        for file_id in together:
            found[file_id].append(together)
    return found


def _near(unit: Unit, library_id: int, after: _Key) -> Iterator[_Candidate]:
    yield from ((group[0], group) for group in grouping.groups(unit, library_id, int(after)))


def _same(unit: Unit, library_id: int, kind: Kind, after: _Key) -> Iterator[_Candidate]:
    """Files that share a signature, or pixels under several signatures, by that."""
    wanted = _shared(unit, library_id, kind)
    key: Any = File.signature if kind is Kind.exact else Original.pixel_hash
    last = after if kind is Kind.exact else bytes.fromhex(str(after))
    while shared := unit.db.scalars(wanted.where(key > last).order_by(key).limit(_BATCH)).all():
        members = select(key, File.id).join(Original, Original.signature == File.signature)
        found: dict[Any, list[int]] = {each: [] for each in shared}
        for value, file_id in unit.db.execute(members.where(access.files_seen(unit, library_id), key.in_(shared))):
            found[value].append(file_id)
        yield from ((value.hex() if isinstance(value, bytes) else value, found[value]) for value in shared)
        last = shared[-1]


def _shared(unit: Unit, library_id: int, kind: Kind) -> Select[Any]:
    here = access.files_seen(unit, library_id)
    if kind is Kind.exact:
        return select(File.signature).where(here).group_by(File.signature).having(func.count() > 1)
    several = select(Original.pixel_hash).group_by(Original.pixel_hash).having(func.count() > 1)
    wanted = select(Original.pixel_hash).join(File, File.signature == Original.signature)
    wanted = wanted.where(here, Original.pixel_hash.in_(several), Original.pixel_hash != b"")
    return wanted.group_by(Original.pixel_hash).having(func.count(File.signature.distinct()) > 1)


def _rows(unit: Unit, library_id: int, file_ids: Sequence[int]) -> dict[int, Any]:
    """What decides which file is kept, for those that the actor may see."""
    columns = (File.id, File.size_bytes, File.favorite, File.rating, File.tags, File.taken_local, File.imported_at)
    half = aliased(File)
    moves = select(half.id).where(half.part_of == File.id, half.deleted_at.is_(None)).exists().label("moves")
    wanted = select(*columns, Original.width, Original.height, Original.phash, moves).join(
        Original, Original.signature == File.signature
    )
    here = wanted.where(access.files_seen(unit, library_id))
    rows = (row for some in batched(file_ids, 500) for row in unit.db.execute(here.where(File.id.in_(some))))
    return {row.id: row for row in rows}


def _group(kind: Kind, rows: Sequence[Any]) -> Group:
    best, *others = sorted(rows, key=_merit, reverse=True)
    members = [Member(row.id, 0 if kind is not Kind.near else _distance(best, row), row is best) for row in others]
    return Group(kind, [Member(best.id, 0, suggested_keep=True), *members])


def _merit(row: Any) -> tuple[Any, ...]:
    """Most pixels, what moves, most bytes, what somebody cared for, what tells its date, and what came first."""
    cared = (row.favorite, row.rating or 0, len(row.tags))
    return (
        row.width * row.height,
        row.moves,
        row.size_bytes,
        *cared,
        row.taken_local is not None,
        -row.imported_at.timestamp(),
        row.id,
    )


def _distance(one: Any, other: Any) -> int:
    return ((int(one.phash) ^ int(other.phash)) & _WHOLE).bit_count()
