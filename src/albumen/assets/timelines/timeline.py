"""Timelines as JSON: months with their counts, and what a grid shows of each month."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, and_, select, tuple_

from albumen.assets.timelines.listings import Listing
from albumen.kernel.errors import NotFound
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.libraries import queries
from albumen.libraries.models import File, Original
from albumen.unit import Unit

_READ_AT_ONCE = 10_000


@dataclass(frozen=True)
class Cell:
    """What a grid shows of a photo, and what it needs to lay it out."""

    id: int
    width: int
    height: int
    taken_at: datetime | None
    sorted_at: datetime
    is_video: bool
    duration_seconds: float | None
    thumbhash: bytes | None
    favorite: bool
    is_waiting: bool


def months(unit: Unit, listing: Listing) -> list[tuple[int, int]]:
    """How many files there are in each month (year * 100 + month), newest first."""
    if listing.name == "library":
        return queries.months(unit, listing.library_id)
    counts: Counter[int] = Counter()
    found = unit.db.scalars(select(File.sorted_at).where(listing.where).execution_options(yield_per=_READ_AT_ONCE))
    for some in found.partitions():
        counts.update(moment.year * 100 + moment.month for moment in some)
    return sorted(counts.items(), reverse=True)


def cells(unit: Unit, listing: Listing, month: tuple[int, int], *, limit: int, cursor: str | None) -> Page[Cell]:
    """The files of one month (year, month), the newest first.  Raises NotFound, Invalid."""
    wanted = _cells().where(listing.where, within(month))
    if cursor:
        millis, file_id = numbers_in(cursor, 2)
        wanted = wanted.where(tuple_(File.sorted_at, File.id) < (queries.moment(millis), file_id))
    rows = unit.db.execute(wanted.order_by(File.sorted_at.desc(), File.id.desc()).limit(limit + 1)).all()
    found = [Cell(*row) for row in rows[:limit]]
    return Page(found, _place_after(found) if len(rows) > limit else None)


def _place_after(found: Sequence[Cell]) -> str:
    return to_cursor(queries.millis(found[-1].sorted_at), found[-1].id)


def within(month: tuple[int, int]) -> ColumnElement[bool]:
    """Which files are listed in a month.  Raises NotFound where there is no such month."""
    year, number = month
    try:
        begin = datetime(year, number, 1, tzinfo=UTC)
        end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC) if month < (9999, 12) else None
    except ValueError:
        raise NotFound("There is no such month.") from None
    since = File.sorted_at >= begin
    return since if end is None else and_(since, File.sorted_at < end)


def _cells() -> Select[int, int, int, datetime | None, datetime, bool, float | None, bytes | None, bool, bool]:
    return select(
        File.id,
        Original.width,
        Original.height,
        File.taken_at,
        File.sorted_at,
        Original.is_video,
        Original.duration_seconds,
        Original.thumbhash,
        File.favorite,
        and_(Original.developed_at.is_(None), Original.failure.is_(None)),
    ).join(Original, Original.signature == File.signature)
