"""Search: the files of a library that meet a query, a page at a time, and hardly ever for longer than a moment.

A search walks the index in the order in which it shows files, asks each what the index cannot say, and stops when the
page is full.  When its time is up before, the page is short, and `next` goes on from where it stopped.  Only what no
index orders (`keyed`) is sorted whole, however long that takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from albumen.assets.search import keyed, orders, ranks
from albumen.assets.search.orders import Asked, Sort
from albumen.assets.search.walk import Budget, Plan, Step, plan, walk
from albumen.kernel.pages import from_cursor, numbers_in, to_cursor
from albumen.libraries.criteria import Criteria
from albumen.libraries.models import File
from albumen.unit import Unit

_ALL = -(2**62)
"""The last slot of a ranking that has everything in it."""
_COUNTED = 40
"""How many files a search looks at beyond a full page to tell the total: those that were read with it anyway."""


@dataclass(frozen=True)
class Found:
    """A page of files, where to go on, and how many there are in all where that is known."""

    files: Sequence[File]
    next: str | None = None
    total: int | None = None


def find(unit: Unit, library_id: int, query: Criteria, asked: Asked) -> Found:
    """The files that a query finds among those the actor may see.  Raises NotFound, Denied, Invalid."""
    planned = plan(unit, library_id, query)
    if asked.keys:
        shown, total = keyed.page(unit, planned, asked)
        return Found(shown.items, shown.next, total)
    if asked.sort is Sort.taken:
        return _by_time(unit, planned, asked)
    if asked.sort is Sort.relevance:
        return _by_relevance(unit, planned, asked)
    order = orders.ORDERS[asked.sort]
    ids, more, total = orders.page(unit, planned, order, asked)
    return Found(_loaded(unit, ids), more, total)


def _by_time(unit: Unit, planned: Plan, asked: Asked) -> Found:
    low, high = planned.between
    if asked.cursor:
        [slot] = numbers_in(asked.cursor, 1)
        low, high = (low, min(high, slot - 1)) if asked.descends else (max(low, slot + 1), high)
    budget, last, found, counted = Budget(), None, list[Step](), 0
    for step in walk(unit, planned, (low, high), newest_first=asked.descends):
        last = step
        if step.fits:
            found.append(step)
        if len(found) > asked.limit:
            counted += 1
            if asked.cursor or counted > _COUNTED:
                break
        if budget.is_spent():
            break
    else:
        last = None
    more = _more(found, asked.limit, last)
    total = len(found) if last is None and not asked.cursor else None
    return Found(_loaded(unit, [step.file_id for step in found[: asked.limit]]), more, total)


def _more(found: Sequence[Step], limit: int, last: Step | None) -> str | None:
    if len(found) > limit:
        return to_cursor(found[limit - 1].slot)
    return to_cursor(last.slot) if last else None


def _by_relevance(unit: Unit, planned: Plan, asked: Asked) -> Found:
    """The newest found are ranked by where their words stand; older ones follow by time.

    A cursor among the ranked tells the last of them too, so that every page is cut from the same ones.
    """
    keys = from_cursor(asked.cursor) if asked.cursor else []
    if len(keys) == 1:
        return _by_time(unit, planned, Asked(asked.limit, asked.cursor))
    score, slot, last = numbers_in(asked.cursor, 3) if asked.cursor else (0, 0, None)
    ranked, beyond = ranks.ranked(unit, planned, last=last)
    if keys:
        ranked = [each for each in ranked if (each.score, each.slot) < (score, slot)]
    page = ranked[: asked.limit]
    more = to_cursor(beyond) if beyond is not None else None
    if len(ranked) > asked.limit:
        more = to_cursor(page[-1].score, page[-1].slot, _ALL if beyond is None else beyond)
    total = len(ranked) if beyond is None and not keys else None
    return Found(_loaded(unit, [each.file_id for each in page]), more, total)


def _loaded(unit: Unit, file_ids: Sequence[int]) -> list[File]:
    rows = {file.id: file for file in unit.db.scalars(select(File).where(File.id.in_(file_ids)))}
    return [rows[file_id] for file_id in file_ids]
