"""Searches in other orders than time: sorted where few are found, else walked in the order of an index."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_

from albumen.assets.search.walk import Budget, Plan, walk
from albumen.kernel.errors import Invalid
from albumen.kernel.pages import from_cursor, to_cursor
from albumen.libraries.attribute import plain_column
from albumen.libraries.criteria import Order
from albumen.libraries.models import File
from albumen.libraries.queries import millis, moment
from albumen.unit import Unit

_SORTED = 5000
"""How many candidates are read to be sorted; more are found densely enough to walk the index of the order."""
_AT_ONCE = 200


class Sort(StrEnum):
    """What search results can be sorted by."""

    taken = "taken"
    imported = "imported"
    name = "name"
    size = "size"
    rating = "rating"
    relevance = "relevance"


@dataclass(frozen=True)
class Asked:
    """Which page of what is found.  Names begin with A, all else with the newest, largest or best.

    `keys` stand for an order that is none of the `Sort`s, and count instead.
    """

    limit: int = 100
    cursor: str | None = None
    sort: Sort = Sort.taken
    is_descending: bool | None = None
    keys: tuple[Order, ...] = ()

    @property
    def descends(self) -> bool:
        """The direction that was asked for, or the usual one."""
        return self.sort is not Sort.name if self.is_descending is None else self.is_descending


Key = Any
Place = tuple[Key, int]


@dataclass(frozen=True)
class SearchOrder:
    """A column to sort by, of which there is an index within each library; files that lack it come last."""

    by: ColumnElement[Any]
    kind: type[str] | type[int] | type[datetime]
    may_lack: bool = False


ORDERS: Mapping[Sort, SearchOrder] = {
    Sort.imported: SearchOrder(plain_column(File.imported_at), datetime),
    Sort.name: SearchOrder(plain_column(File.folded), str),
    Sort.size: SearchOrder(plain_column(File.size_bytes), int),
    Sort.rating: SearchOrder(plain_column(File.rating), int, may_lack=True),
}


def page(unit: Unit, planned: Plan, order: SearchOrder, asked: Asked) -> tuple[list[int], str | None, int | None]:
    """The ids of a page, the cursor that goes on, and the total where it is known.  Raises Invalid."""
    after = _read(order, asked.cursor) if asked.cursor else None
    few = gathered(unit, [planned], order.by)
    if few is None:
        return *_walked(unit, planned, order, asked, after), None
    ordered = _ordered(few, is_descending=asked.descends)
    if after is not None:
        ordered = [each for each in ordered if _is_behind(each, after, is_descending=asked.descends)]
    shown = ordered[: asked.limit]
    more = _told(shown[-1]) if len(ordered) > asked.limit else None
    return [file_id for _, file_id in shown], more, None if after else len(few)


def gathered(unit: Unit, plans: Sequence[Plan], by: ColumnElement[Any]) -> list[Place] | None:
    """All that is found with its key; None where there is too much of it."""
    found: list[Place] = []
    budget = Budget(0.2)
    steps = chain.from_iterable(walk(unit, each, each.between, more=(by,)) for each in plans)
    for number, step in enumerate(steps):
        if number >= _SORTED or budget.is_spent():
            return None
        if step.fits:
            found.append((step.more[0], step.file_id))
    return found


def _ordered(found: list[Place], *, is_descending: bool) -> list[Place]:
    known = sorted((each for each in found if each[0] is not None), reverse=is_descending)
    return known + sorted((each for each in found if each[0] is None), reverse=is_descending)


def _is_behind(each: Place, after: Place, *, is_descending: bool) -> bool:
    if (each[0] is None) != (after[0] is None):
        return each[0] is None
    mine, other = (each[1:], after[1:]) if each[0] is None else (each, after)
    return mine < other if is_descending else mine > other


def _walked(
    unit: Unit, planned: Plan, order: SearchOrder, asked: Asked, after: Place | None
) -> tuple[list[int], str | None]:
    found: list[Place] = []
    budget = Budget(0.3)
    for place, fits in _in_order(unit, planned, order, asked.descends, after):
        if fits:
            found.append(place)
        if len(found) > asked.limit:
            return [file_id for _, file_id in found[:-1]], _told(found[-2])
        if budget.is_spent():
            return [file_id for _, file_id in found], _told(place)
    return [file_id for _, file_id in found], None


def _in_order(
    unit: Unit, planned: Plan, order: SearchOrder, is_descending: bool, after: Place | None
) -> Iterator[tuple[Place, bool]]:
    """All files of the library after a place: those that have the key, then those that lack it."""
    wanted = select(order.by, File.id, planned.whole).where(File.library_id == planned.library_id)
    keys = (order.by, plain_column(File.id))
    if after is None or after[0] is not None:
        known = wanted.where(order.by.is_not(None)) if order.may_lack else wanted
        yield from _rows(unit, _sorted(known, keys, after, descends=is_descending))
    if order.may_lack:
        begun = after[1:] if after and after[0] is None else None
        yield from _rows(unit, _sorted(wanted.where(order.by.is_(None)), keys[1:], begun, descends=is_descending))


def _sorted(
    wanted: Select[Any], keys: tuple[ColumnElement[Any], ...], after: tuple[Any, ...] | None, *, descends: bool
) -> Select[Any]:
    if after is not None:
        wanted = wanted.where(tuple_(*keys) < after if descends else tuple_(*keys) > after)
    return wanted.order_by(*(key.desc() if descends else key for key in keys))


def _rows(unit: Unit, wanted: Select[Any]) -> Iterator[tuple[Place, bool]]:
    with closing(unit.db.execute(wanted, execution_options={"yield_per": _AT_ONCE})) as rows:
        for key, file_id, fits in rows:
            yield (key, file_id), bool(fits)


def _told(place: Place) -> str:
    key, file_id = place
    return to_cursor(millis(key) if isinstance(key, datetime) else key, file_id)


def _read(order: SearchOrder, cursor: str) -> Place:
    keys = from_cursor(cursor)
    expected = int if order.kind is datetime else order.kind
    is_right = len(keys) == 2 and isinstance(keys[1], int)
    if not is_right or not (isinstance(keys[0], expected) or (order.may_lack and keys[0] is None)):
        raise Invalid("The cursor is not one that this list gave.")
    key: Key = moment(int(keys[0] or 0)) if order.kind is datetime else keys[0]
    return key, int(keys[1] or 0)
