"""Listings as they stood at a number of their library's feed, so that a place in one still names the same photo.

A version is such a number and what is listed.  Of each chunk of 512 files a pin keeps where it begins and a sum over
its files' ids in their order.  What lies there now is compared with that: while photos come in or are corrected
elsewhere, a chunk is found again exactly; where it cannot be, the version is gone and the listing is read anew.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from sqlalchemy import BigInteger, and_, delete, func, select, tuple_, type_coerce

from albumen.assets.models import Pin
from albumen.assets.timelines.listings import Listing
from albumen.changes.feed import Thing
from albumen.changes.models import Change, ChangeHead
from albumen.db.statements import insert_for, table_of
from albumen.kernel import ids
from albumen.kernel.errors import Gone, NotFound
from albumen.libraries import feed_pages
from albumen.libraries.models import File
from albumen.libraries.queries import millis, moment
from albumen.unit import Unit

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

type Rows = npt.NDArray[np.int64]
type Starts = npt.NDArray[np.void]

CHUNK = 512
MOST_CHANGES = 20_000
"""How far behind the feed a version may be."""
KEPT = timedelta(days=1)
MOST_KEPT = 50
"""How many pins of one listing are kept."""
_AT_ONCE = 64
"""Chunks that are read in one go."""
_START: Final = [("millis", "<i8"), ("id", "<i8"), ("sum", "<u8")]

_OUTDATED = "The timeline has changed. Read its index anew."


@dataclass(frozen=True)
class Pinned:
    """A listing as it stood: how many files it had, and where each chunk began."""

    number: int
    count: int
    starts: Starts
    made_at: datetime

    @cached_property
    def keys(self) -> list[tuple[int, int]]:
        """The time and the id of the first file of each chunk."""
        return list(zip(self.starts["millis"].tolist(), self.starts["id"].tolist(), strict=True))

    def size(self, chunk: int) -> int:
        """How many files a chunk had."""
        return min(CHUNK, self.count - chunk * CHUNK)


def version_of(listing: Listing, number: int) -> str:
    """The word for a listing at a number of the feed."""
    return f"{ids.encode(number)}-{listing.mark}"


def begin(rows: Rows) -> Starts:
    """Where each chunk of a listing begins, of the times and ids of its files."""
    import numpy as np  # noqa: PLC0415 - a quarter of a second that most processes never need

    firsts = np.arange(0, len(rows), CHUNK)
    starts = np.zeros(len(firsts), _START)
    starts["millis"], starts["id"] = rows[firsts, 0], rows[firsts, 1]
    weights = (np.arange(len(rows)) % CHUNK + 1).astype(np.uint64)
    if len(rows):
        starts["sum"] = np.add.reduceat(rows[:, 1].astype(np.uint64) * weights, firsts)
    return starts


def keep(unit: Unit, listing: Listing, pinned: Pinned) -> None:
    """Remember a listing as it stood; forget the oldest of the same."""
    row = {"library_id": listing.library_id, "listing": listing.mark, "number": pinned.number}
    row |= {"count": pinned.count, "starts": pinned.starts.tobytes(), "made_at": pinned.made_at}
    unit.db.execute(insert_for(unit.db)(table_of(Pin)).on_conflict_do_nothing(), row)
    same = and_(Pin.library_id == listing.library_id, Pin.listing == listing.mark)
    kept = select(Pin.number).where(same).order_by(Pin.number.desc()).limit(MOST_KEPT).scalar_subquery()
    unit.db.execute(delete(Pin).where(same, Pin.number.not_in(kept)))


def kept_version(unit: Unit, listing: Listing) -> str:
    """The version at which a listing stands, if it is remembered so: its chunks are found at once; else empty."""
    number = feed_pages.newest(unit, listing.library_id)
    mine = and_(Pin.library_id == listing.library_id, Pin.listing == listing.mark, Pin.number == number)
    return version_of(listing, number) if unit.db.scalar(select(Pin.number).where(mine)) is not None else ""


def forget_old(unit: Unit) -> None:
    """Forget pins whose day is over."""
    unit.db.execute(delete(Pin).where(Pin.made_at < unit.now - KEPT))


def find(unit: Unit, listing: Listing, version: str) -> Pinned | None:
    """A listing as it stood at a version; None where it stands so still, but was not kept.  Raises Gone."""
    import numpy as np  # noqa: PLC0415 - a quarter of a second that most processes never need

    word, _, mark = version.partition("-")
    try:
        number = ids.decode(word)
    except NotFound:
        raise Gone(_OUTDATED) from None
    if mark != listing.mark:
        raise Gone(_OUTDATED)
    row = unit.db.get(Pin, (listing.library_id, listing.mark, number))
    if row is not None:
        return Pinned(number, row.count, np.frombuffer(row.starts, _START), row.made_at)
    if number != feed_pages.newest(unit, listing.library_id):
        raise Gone(_OUTDATED)
    return None


@dataclass(frozen=True)
class Chunk:
    """The ids of a chunk's files in order; `is_as_it_was` where none of them has changed since, either."""

    number: int
    file_ids: Sequence[int]
    is_as_it_was: bool


@dataclass(frozen=True)
class _Row:
    millis: int
    id: int
    imported_at: int


def chunks(unit: Unit, listing: Listing, pinned: Pinned, numbers: Sequence[int]) -> Iterator[Chunk]:
    """Chunks by their numbers, which ascend, as they stood.  Raises Gone where that cannot be told any more."""
    changed = _changed(unit, listing.library_id, pinned.number)
    for first, last in _runs(numbers):
        found: dict[int, list[_Row]] = {number: [] for number in range(first, last + 1)}
        for row in _between(unit, listing, pinned, (first, last), most=len(changed)):
            found[_chunk_of(pinned, row)].append(row)
        for number, rows in found.items():
            yield _as_it_stood(pinned, number, rows, changed)


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of numbers without a gap, none longer than is read in one go."""
    run: list[int] = []
    for number in numbers:
        if run and (number != run[-1] + 1 or len(run) == _AT_ONCE):
            yield run[0], run[-1]
            run = []
        run.append(number)
    if run:
        yield run[0], run[-1]


def _chunk_of(pinned: Pinned, row: _Row) -> int:
    """The chunk in whose stretch a file lies; keys descend."""
    return bisect_right(pinned.keys, (-row.millis, -row.id), key=lambda each: (-each[0], -each[1])) - 1


def _between(unit: Unit, listing: Listing, pinned: Pinned, stretch: tuple[int, int], *, most: int) -> Iterator[_Row]:
    """What lies now where some chunks were."""
    first, last = stretch
    place = tuple_(File.sorted_at, File.id)
    columns = (type_coerce(File.sorted_at, BigInteger), File.id, type_coerce(File.imported_at, BigInteger))
    wanted = select(*columns).where(listing.where, place <= _key(pinned, first))
    if last + 1 < len(pinned.keys):
        wanted = wanted.where(place > _key(pinned, last + 1))
    room = sum(pinned.size(number) for number in range(first, last + 1)) + most
    for row in unit.db.execute(wanted.order_by(File.sorted_at.desc(), File.id.desc()).limit(room + 1)):
        yield _Row(*row)


def _key(pinned: Pinned, chunk: int) -> tuple[datetime, int]:
    time, file_id = pinned.keys[chunk]
    return moment(time), file_id


def _as_it_stood(pinned: Pinned, number: int, rows: Sequence[_Row], changed: set[int]) -> Chunk:
    """Which of the files that lie there now are those that lay there: the first guess that adds up."""
    made_at = millis(pinned.made_at)
    older = [row.id for row in rows if row.id not in changed or row.imported_at < made_at]
    untouched = [row.id for row in rows if row.id not in changed]
    for guess in (older, untouched, [row.id for row in rows]):
        if len(guess) == pinned.size(number) and _sum(guess) == int(pinned.starts["sum"][number]):
            return Chunk(number, guess, changed.isdisjoint(guess))
    raise Gone(_OUTDATED)


def _sum(file_ids: Sequence[int]) -> int:
    return sum(place * file_id for place, file_id in enumerate(file_ids, 1)) % (1 << 64)


def _changed(unit: Unit, library_id: int, since: int) -> set[int]:
    """The files that have changed since.  Raises Gone where that cannot be told, or they are too many."""
    head = unit.db.get(ChangeHead, library_id)
    if head is None or head.number == since:
        return set()
    later = (Change.library_id == library_id, Change.number > since)
    if not head.forgotten <= since < head.number or head.number - since > MOST_CHANGES:
        raise Gone(_OUTDATED)
    return set(unit.db.scalars(select(func.distinct(Change.thing_id)).where(*later, Change.thing == Thing.file)))
