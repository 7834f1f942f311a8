"""Searches in all libraries at once, by id: a few are gathered from the index, many are found by looking at each."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import chain
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select

from albumen.assets.search import language, orders
from albumen.assets.search.walk import Budget, Plan, plans
from albumen.kernel.clock import Span
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.libraries import access, queries
from albumen.libraries.attribute import plain_column
from albumen.libraries.models import File, Library
from albumen.unit import Unit

_AT_ONCE = 1000


def images(unit: Unit, text: str, span: Span, *, limit: int, cursor: str | None) -> Page[int]:
    """The ids of the files that a search finds among all that the actor may see, taken within the span, by id.

    A page ends early where its time is up.  Raises Denied, Invalid.
    """
    if not text.strip():
        return queries.images(unit, span, limit=limit, cursor=cursor)
    ways = _ways(unit, text, span)
    after = numbers_in(cursor, 1)[0] if cursor else None
    few = orders.gathered(unit, list(chain.from_iterable(ways)), plain_column(File.id))
    if few is None:
        fits = or_(*(_in_these(planned) for planned in ways if planned))
        return _walked(unit, fits, span, limit=limit, cursor=cursor)
    found = sorted(file_id for _, file_id in few if after is None or file_id > after)
    return _page(found, limit, None)


def _ways(unit: Unit, text: str, span: Span) -> list[list[Plan]]:
    """Plans for all libraries, together where the query means the same: only `today` goes by a library's zone."""
    days: dict[date, tuple[datetime, list[int]]] = {unit.now.date(): (unit.now, [])}
    for library_id, zone in unit.db.execute(select(Library.id, Library.time_zone).where(access.libraries_seen(unit))):
        now = unit.now.astimezone(ZoneInfo(zone))
        days.setdefault(now.date(), (now, []))[1].append(library_id)
    seen = and_(access.files_anywhere(unit), queries.within(span))
    return [plans(unit, library_ids, language.read(text, now), seen) for now, library_ids in days.values()]


def _in_these(planned: Sequence[Plan]) -> ColumnElement[bool]:
    """What is found in libraries where the query means the same."""
    return and_(File.library_id.in_([each.library_id for each in planned]), planned[0].whole)


def _walked(unit: Unit, fits: ColumnElement[bool], span: Span, *, limit: int, cursor: str | None) -> Page[int]:
    """The files of the plain list, of which those are kept that the search finds."""
    budget, found = Budget(), list[int]()
    while True:
        listed = queries.images(unit, span, limit=_AT_ONCE, cursor=cursor)
        found += unit.db.scalars(select(File.id).where(File.id.in_(listed.items), fits).order_by(File.id))
        if len(found) > limit or listed.next is None or budget.is_spent(len(listed.items)):
            return _page(found, limit, listed.next)
        cursor = listed.next


def _page(found: list[int], limit: int, beyond: str | None) -> Page[int]:
    """`beyond` is where there is more to look at."""
    return Page(found[:limit], to_cursor(found[limit - 1]) if len(found) > limit else beyond)
