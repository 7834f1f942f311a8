"""The perceptual hashes of libraries in memory, kept up to date by the change feed, and which of them are near."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import batched, chain, combinations
from typing import Any, Final

from sqlalchemy import bindparam, select

from albumen.changes.feed import Thing
from albumen.changes.models import Change, ChangeHead
from albumen.libraries.access import LISTED
from albumen.libraries.models import File, Original
from albumen.unit import Unit

FARTHEST: Final = 10
"""Bits of 64 that may differ: re-encoding moves 0 to 2, brightness up to 10, unrelated photos 24 and more."""
MOST_BYTES: Final = 64 << 20
_MOST_CHANGES: Final = 20_000
_MOST_AT_ONCE: Final = 1 << 16
_BATCH: Final = 500
_READ_AT_ONCE: Final = 20_000
_BLOCK: Final = 1 << 15
_BANDS: Final = 4
_TOLD: Final = 16
_MASKS: Final = tuple(sum(1 << bit for bit in bits) for count in range(3) for bits in combinations(range(16), count))
"""All changes of up to two bits of sixteen: where ten bits of four bands differ, in one band no more than two do."""

_head = select(ChangeHead.number).where(ChangeHead.library_id == bindparam("library"))
_hashes = (
    select(File.id, Original.phash)
    .join(Original, Original.signature == File.signature)
    .where(LISTED, Original.phash.is_not(None))
)


@dataclass(frozen=True)
class Known:
    """The files of a library that have a hash, as of a number of its feed: two arrays of 64-bit numbers."""

    number: int
    files: Any
    hashes: Any


_kept: OrderedDict[int, Known] = OrderedDict()
_lock = threading.Lock()


def known(unit: Unit, library_id: int) -> Known:
    """The hashes of a library as they are now; only what changed since the last time is read.  No check of access."""
    number = unit.db.scalar(_head, {"library": library_id}) or 0
    with _lock:
        had = _kept.get(library_id)
        if had is not None:
            _kept.move_to_end(library_id)
    if had is None or had.number != number:
        had = _read(unit, library_id, number, had)
        _keep(library_id, had)
    return had


def _keep(library_id: int, had: Known) -> None:
    """Keep it, and drop what was used longest ago where that is too much."""
    with _lock:
        _kept[library_id] = had
        _kept.move_to_end(library_id)
        while len(_kept) > 1 and sum(each.files.nbytes + each.hashes.nbytes for each in _kept.values()) > MOST_BYTES:
            _kept.popitem(last=False)


def _read(unit: Unit, library_id: int, number: int, had: Known | None) -> Known:
    import numpy as np  # noqa: PLC0415 - a quarter of a second that most processes never need

    changed = None if had is None else _changed(unit, library_id, had.number, number)
    if had is None or changed is None:
        found = unit.db.execute(_hashes.where(File.library_id == library_id))
        return Known(number, *_columns(chain.from_iterable(found.partitions(_READ_AT_ONCE))))
    rows: list[Any] = []
    for some in batched(changed, _BATCH):
        rows += unit.db.execute(_hashes.where(File.library_id == library_id, File.id.in_(some)))
    files, hashes = _columns(rows)
    stays = ~np.isin(had.files, np.array(changed, dtype=np.int64))
    return Known(number, np.concatenate([had.files[stays], files]), np.concatenate([had.hashes[stays], hashes]))


def _changed(unit: Unit, library_id: int, since: int, until: int) -> list[int] | None:
    """The files that changed in between; None where that cannot be told, or is no longer worth it."""
    if not 0 <= until - since <= _MOST_CHANGES:
        return None
    between = (Change.library_id == library_id, Change.number > since, Change.number <= until)
    rows = unit.db.execute(select(Change.thing, Change.thing_id).where(*between)).all()
    whole = len(rows) == until - since
    return list({row.thing_id for row in rows if row.thing == Thing.file}) if whole else None


def _columns(rows: Iterable[Any]) -> tuple[Any, Any]:
    import numpy as np  # noqa: PLC0415 - a quarter of a second that most processes never need

    pairs = np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy().view(np.uint64)


def near(hashes: Any, phash: int) -> tuple[Any, Any]:
    """Where hashes are near to one (as it is stored), and how near; in blocks that stay in the processor's cache."""
    import numpy as np  # noqa: PLC0415 - a quarter of a second that most processes never need

    one = np.int64(phash).view(np.uint64)
    differing, bits = np.empty(_BLOCK, np.uint64), np.empty(_BLOCK, np.uint8)
    places, distances = [np.empty(0, np.int64)], [np.empty(0, np.uint8)]
    for start in range(0, len(hashes), _BLOCK):
        block = hashes[start : start + _BLOCK]
        np.bitwise_xor(block, one, out=differing[: len(block)])
        counted = np.bitwise_count(differing[: len(block)], out=bits[: len(block)])
        at = np.flatnonzero(counted <= FARTHEST)
        if len(at):
            places.append(at + start)
            distances.append(counted[at])
    return np.concatenate(places), np.concatenate(distances)


def pairs(hashes: Any, report: Callable[[float], None] = lambda _: None) -> Any:
    """All pairs of places (two columns, the smaller first) in an array of distinct hashes that are near.

    Hashes are sorted by each of their four bands; near ones differ in two bits at most of one.  They are compared in
    that order, a cacheful at a time.  `report` is told how far it is (0 to 1).
    """
    import numpy as np  # noqa: PLC0415 - a quarter of a second that most processes never need

    found = [np.empty((0, 2), np.int64)]
    for band in range(_BANDS):
        values = ((hashes >> np.uint64(16 * band)) & np.uint64(0xFFFF)).astype(np.int64)
        order = np.argsort(values, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(values, minlength=1 << 16))])
        ordered, levels = hashes[order], values[order]
        for number, mask in enumerate(_MASKS):
            if number % _TOLD == 0:
                report((band + number / len(_MASKS)) / _BANDS)
            found += [order[pair] for pair in _matches(ordered, levels, starts, mask)]
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)


def _matches(hashes: Any, values: Any, starts: Any, mask: int) -> list[Any]:
    """The near ones among hashes, sorted by a band, of which one's band is the other's with these bits turned round."""
    import numpy as np  # noqa: PLC0415 - a quarter of a second that most processes never need

    others = values ^ mask
    asking = np.flatnonzero(values <= others)
    counts = (starts[others + 1] - starts[others])[asking]
    asking, counts = asking[counts > 0], counts[counts > 0]
    found = []
    for part in np.split(np.arange(len(asking)), np.flatnonzero(np.diff(np.cumsum(counts) // _MOST_AT_ONCE)) + 1):
        one = np.repeat(asking[part], counts[part])
        steps = np.arange(len(one)) - np.repeat(np.cumsum(counts[part]) - counts[part], counts[part])
        two = np.repeat(starts[others[asking[part]]], counts[part]) + steps
        close = (np.bitwise_count(hashes[one] ^ hashes[two]) <= FARTHEST) & (one != two)
        found.append(np.stack([one[close], two[close]], axis=1))
    return found
