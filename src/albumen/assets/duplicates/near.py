"""Groups of photos that look alike, each like each: a chain of look-alikes does not become one group."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import batched, combinations, product
from typing import Any, Final

from sqlalchemy import select

from albumen.app import App
from albumen.assets.duplicates import lookalikes
from albumen.assets.duplicates.shots import Shot, may_be_one
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Original
from albumen.unit import Unit

MOST_ALIKE: Final = 200
"""Files with one and the same hash; where there are more, it stands for blank pictures."""
SMALLEST: Final = 32
"""Pixels of the shorter side: what is smaller is an icon, and enlarged for its hash."""
PLAIN: Final = 28
"""Bits that are set: half of them, where the parts of a picture differ at all."""
_MOST_LIBRARIES: Final = 16
_MOST_NEW: Final = 2000
_BATCH: Final = 500
_WHOLE: Final = (1 << 64) - 1

type Group = tuple[int, ...]

_shots: Any = select(
    File.id,
    File.name,
    File.camera_make,
    File.camera_model,
    File.taken_local,
    File.signature,
    Original.pixel_hash,
    Original.phash,
).join(Original, Original.signature == File.signature)


@dataclass(frozen=True)
class Found:
    """What was found in a library: as of which change, among which hashes, in which pairs of them, in which groups."""

    number: int
    hashes: Any
    pairs: Any
    groups: Sequence[Group]


_kept: OrderedDict[int, Found] = OrderedDict()
_lock = threading.Lock()


def groups(unit: Unit, library_id: int) -> Sequence[Group]:
    """Files of a library that look alike, by their smallest id.  No check of access: whoever shows them does."""
    known = lookalikes.known(unit, library_id)
    had = _had(library_id)
    if had is None or had.number != known.number:
        pairs = _pairs(known.hashes, had, _nothing)
        had = _keep(library_id, _found(unit, known, pairs))
    return had.groups


def _nothing(_: float) -> None:
    """Nobody wants to know how far it is."""


def afresh(app: App, library_id: int, report: Callable[[float], None]) -> Found:
    """The same for a library of any size, without a transaction while it takes long; tells how far it is (0 to 1)."""
    with app.reading(SYSTEM) as unit:
        known = lookalikes.known(unit, library_id)
    pairs = _pairs(known.hashes, _had(library_id), report)
    with app.reading(SYSTEM) as unit:
        return _keep(library_id, _found(unit, known, pairs))


def _had(library_id: int) -> Found | None:
    with _lock:
        return _kept.get(library_id)


def _keep(library_id: int, found: Found) -> Found:
    with _lock:
        _kept[library_id] = found
        _kept.move_to_end(library_id)
        while len(_kept) > _MOST_LIBRARIES:
            _kept.popitem(last=False)
    return found


def _found(unit: Unit, known: lookalikes.Known, near: Any) -> Found:
    import numpy as np  # noqa: PLC0415 - a quarter of a second that most processes never need

    hashes, places, counts = np.unique(known.hashes, return_inverse=True, return_counts=True)
    alone = np.flatnonzero((counts > 1) & (counts <= MOST_ALIKE))
    wanted = np.isin(places, np.union1d(np.searchsorted(hashes, near.ravel()), alone))
    wanted &= ((counts <= MOST_ALIKE) & (np.bitwise_count(hashes) >= PLAIN))[places]
    shots = _read(unit, known.files[wanted].tolist())
    by_hash: dict[int, list[Shot]] = defaultdict(list)
    for shot in shots:
        by_hash[shot.phash & _WHOLE].append(shot)
    return Found(known.number, hashes, near, _grouped(by_hash, near.tolist()))


def _pairs(known: Any, had: Found | None, report: Callable[[float], None]) -> Any:
    """The near pairs (two columns of hashes), of which those of hashes that were known are taken over."""
    import numpy as np  # noqa: PLC0415 - a quarter of a second that most processes never need

    hashes = np.unique(known)
    fresh = hashes if had is None else np.setdiff1d(hashes, had.hashes, assume_unique=True)
    if had is None or len(fresh) > _MOST_NEW:
        return hashes[lookalikes.pairs(hashes, report)]
    found = [had.pairs[np.isin(had.pairs, hashes).all(axis=1)]]
    for one in fresh:
        at, _ = lookalikes.near(hashes, one.astype(np.int64))
        others = hashes[at[hashes[at] != one]]
        found.append(np.sort(np.stack([others, np.full_like(others, one)], axis=1), axis=1))
    return np.unique(np.concatenate(found), axis=0)


def _read(unit: Unit, file_ids: Sequence[int]) -> list[Shot]:
    is_photo = (Original.is_video.is_(False), Original.width >= SMALLEST, Original.height >= SMALLEST)
    photos = _shots.where(*is_photo, Original.phash.is_not(None))
    rows = (row for some in batched(file_ids, _BATCH) for row in unit.db.execute(photos.where(File.id.in_(some))))
    return [Shot(*row) for row in rows]


def _grouped(by_hash: dict[int, list[Shot]], near: Iterable[tuple[int, int]]) -> list[Group]:
    """The nearest join first; a file joins where it may be one with each that is there already."""
    links: dict[frozenset[int], int] = {}
    alike = [pair for shots in by_hash.values() for pair in combinations(shots, 2)]
    alike += [pair for a, b in near for pair in product(by_hash.get(a, ()), by_hash.get(b, ()))]
    for one, other in alike:
        if may_be_one(one, other):
            links[frozenset((one.file_id, other.file_id))] = ((one.phash ^ other.phash) & _WHOLE).bit_count()
    members: dict[int, set[int]] = {}
    for pair, _ in sorted(links.items(), key=lambda link: (link[1], sorted(link[0]))):
        one_id, other_id = pair
        mine, theirs = members.setdefault(one_id, {one_id}), members.setdefault(other_id, {other_id})
        if mine is not theirs and all(frozenset(each) in links for each in product(mine, theirs)):
            mine |= theirs
            members.update(dict.fromkeys(theirs, mine))
    whole = {min(each): tuple(sorted(each)) for each in members.values() if len(each) > 1}
    return [whole[first] for first in sorted(whole)]
