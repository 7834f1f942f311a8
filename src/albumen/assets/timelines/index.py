"""The binary form of a timeline: an index with a byte a photo, and chunks of 512 with what a grid shows of them.

All numbers are little endian.  The index: `TLI1`, how many files and runs of days (u32 each), the length of the
version (u32); for each run its day (i32, days since 1970) and how many files it has (u32); the shape of each file
(`kernel.shapes`); and the version.  A chunk: for each file its id (u64), the minute of its day (u16), flags (u8), whole
seconds of a film (u8, 255 also for longer ones), the length of its thumbhash (u8), and that.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, select, type_coerce

from albumen.app import App
from albumen.assets.timelines import listings, pins
from albumen.assets.timelines.listings import Listing
from albumen.assets.timelines.pins import Pinned, Rows
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import NotFound, OverQuota, Unavailable
from albumen.libraries import feed_pages
from albumen.libraries.models import File, Original
from albumen.unit import Unit

FAVORITE, VIDEO, WAITING, FAILED, UNDATED = 1, 2, 4, 8, 16
"""Flags of a file: not developed yet, cannot be shown, listed by when it was added."""
_HEAD = struct.Struct("<4sIII")
_ENTRY = struct.Struct("<QHBBB")
_FLAGS_AT = 10
_DAY = 86_400_000
_READ_AT_ONCE = 20_000


@dataclass(frozen=True)
class Asked:
    """Which timeline is asked for."""

    library_id: int
    of: str = ""


@dataclass(frozen=True)
class Index:
    """An index; its body is None where the caller has this version already."""

    version: str
    body: bytes | None


def index(app: App, actor: Actor, asked: Asked, known: str = "") -> Index:
    """The index of a timeline, which is kept for a while as it stands.  Raises NotFound, Denied, Invalid.

    `known` may name versions that the caller has.
    """
    return of_listing(app, actor, lambda unit: listings.listing(unit, asked.library_id, asked.of), known)


def of_listing(app: App, actor: Actor, find: Callable[[Unit], Listing], known: str = "") -> Index:
    """The same of any listing.  Raises what finding it raises."""
    with app.reading(actor) as unit:
        listing = find(unit)
        version = pins.version_of(listing, feed_pages.newest(unit, listing.library_id))
        if f'"{version}"' in known:
            return Index(version, None)
        rows = _rows(unit, listing)
        pinned = _pinned(unit, listing, rows)
    try:
        with app.writing(SYSTEM) as unit:
            pins.keep(unit, listing, pinned)
    except (Unavailable, OverQuota):  # chunks are found without it for as long as nothing changes
        pass
    return Index(version, _body(rows, version.encode()))


def _pinned(unit: Unit, listing: Listing, rows: Rows) -> Pinned:
    return Pinned(feed_pages.newest(unit, listing.library_id), len(rows), pins.begin(rows), unit.now)


def _rows(unit: Unit, listing: Listing) -> Rows:
    """Time, id and shape of all files, a row each; an index of the table answers this alone."""
    import numpy as np  # noqa: PLC0415 - a quarter of a second that most processes never need

    wanted = select(type_coerce(File.sorted_at, BigInteger), File.id, File.shape).where(listing.where)
    found = unit.db.execute(wanted.order_by(File.sorted_at.desc(), File.id.desc()))
    numbers = chain.from_iterable(chain.from_iterable(found.partitions(_READ_AT_ONCE)))
    return np.fromiter(numbers, np.int64).reshape(-1, 3)  # many times as fast as from the rows themselves


def _body(rows: Rows, version: bytes) -> bytes:
    import numpy as np  # noqa: PLC0415 - a quarter of a second that most processes never need

    days = rows[:, 0] // _DAY
    firsts = np.flatnonzero(np.diff(days, prepend=days[:1] - 1))
    runs = np.zeros(len(firsts), np.dtype([("day", "<i4"), ("count", "<u4")]))
    runs["day"], runs["count"] = days[firsts], np.diff(firsts, append=len(rows))
    head = _HEAD.pack(b"TLI1", len(rows), len(runs), len(version))
    return b"".join((head, runs.tobytes(), rows[:, 2].astype(np.uint8).tobytes(), version))


def find(unit: Unit, listing: Listing, version: str) -> Pinned:
    """A listing as it stood at a version.  Raises Gone."""
    return pins.find(unit, listing, version) or _pinned(unit, listing, _rows(unit, listing))


@dataclass(frozen=True)
class Details:
    """The bytes of a chunk; they may be kept for ever where `is_final`."""

    body: bytes
    is_final: bool


def chunk(unit: Unit, asked: Asked, version: str, number: int) -> Details:
    """What a grid shows of 512 files.  Raises NotFound, Denied, Invalid, and Gone where the listing has changed."""
    return chunk_of(unit, listings.listing(unit, asked.library_id, asked.of), version, number)


def chunk_of(unit: Unit, listing: Listing, version: str, number: int) -> Details:
    """The same of any listing.  Raises NotFound, and Gone where it has changed."""
    pinned = find(unit, listing, version)
    if not 0 <= number < len(pinned.keys):
        raise NotFound("There is no such chunk.")
    [found] = pins.chunks(unit, listing, pinned, [number])
    return Details(_entries(unit, found.file_ids), found.is_as_it_was)


def _entries(unit: Unit, file_ids: Sequence[int]) -> bytes:
    columns = (
        File.id,
        type_coerce(File.sorted_at, BigInteger).label("millis"),
        File.taken_at,
        File.favorite,
        Original.is_video,
        Original.duration_seconds,
        Original.developed_at,
        Original.failure,
        Original.thumbhash,
    )
    wanted = select(*columns).join(Original, Original.signature == File.signature).where(File.id.in_(file_ids))
    entries = {row.id: _entry(row) for row in unit.db.execute(wanted)}
    return b"".join(entries[file_id] for file_id in file_ids)


def _entry(row: Any) -> bytes:
    flags = (
        (FAVORITE if row.favorite else 0)
        | (VIDEO if row.is_video else 0)
        | (WAITING if row.developed_at is None and row.failure is None else 0)
        | (FAILED if row.failure is not None else 0)
        | (UNDATED if row.taken_at is None else 0)
    )
    minute, seconds = row.millis % _DAY // 60_000, min(255, round(row.duration_seconds or 0))
    hashed = row.thumbhash or b""
    return _ENTRY.pack(row.id, minute, flags, seconds, len(hashed)) + hashed


def without_favorites(body: bytes) -> bytes:
    """A chunk that does not tell what its owner likes."""
    told, place = bytearray(body), 0
    while place < len(told):
        told[place + _FLAGS_AT] &= ~FAVORITE
        place += _ENTRY.size + told[place + _ENTRY.size - 1]
    return bytes(told)
