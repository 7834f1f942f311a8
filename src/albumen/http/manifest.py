"""What a ZIP will hold, settled beforehand: its length, its entity tag and any part of it follow from the list alone.

Members are stored as they are (photos do not shrink), with sizes and CRC-32s known, so there are no data descriptors.
Source of the layout: APPNOTE.TXT 6.3.10; the extra field with the time is Info-ZIP's "UT".
"""

import hashlib
import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import PurePath

import msgspec

from albumen.blobs.layout import safe_name
from albumen.kernel.pieces import Pieces

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR = struct.Struct("<4sIQI")
_UT = struct.Struct("<2HBi")

_VERSION = 1
_LIMIT = 0xFFFFFFFF
_MOST_ENTRIES = 0xFFFF
_UNIX = 3 << 8
_PLAIN, _WIDE = 10, 45
_UTF_8 = 1 << 11
_MODE = 0o100644 << 16
_FIRST, _LAST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC)
_PIECE_BYTES = 1 << 16


class Member(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """A file in the ZIP: its name there, the key of its bytes, and what is known of them.

    With `pieces` it is what these make of the blob, and size and CRC-32 are of that.
    """

    name: str
    key: str
    size_bytes: int
    crc32: int
    modified_at: datetime
    pieces: Pieces | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes [start, end) of a member."""

    member: Member
    start: int
    end: int


class Manifest:
    """A ZIP of `members`, in their order and by their names, which `distinct` has made fit for it."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = members
        self._offsets = _sums(_local_bytes(each) + each.size_bytes for each in members)
        entries = (_central_bytes(*each) for each in zip(members, self._offsets, strict=False))
        self._entries = _sums(entries)
        self._directory_at = self._offsets[-1]
        self._end = _end(len(members), self._entries[-1], self._directory_at)
        self.size_bytes = self._directory_at + self._entries[-1] + len(self._end)

    @property
    def etag(self) -> str:
        """The name of exactly these bytes: it follows from keys, which name contents, and from this layout's number."""
        return hashlib.blake2b(msgspec.msgpack.encode((_VERSION, self.members)), digest_size=18).hexdigest()

    def segments(self, start: int = 0, end: int | None = None) -> Iterator[bytes | Span]:
        """The bytes [start, end): what is to be sent itself, and the spans of blobs in between."""
        end = self.size_bytes if end is None else min(end, self.size_bytes)
        yield from self._contents(start, min(end, self._directory_at))
        end -= self._directory_at
        if end > 0:
            start, directory_bytes = max(0, start - self._directory_at), self._entries[-1]
            yield from self._directory(start, min(end, directory_bytes))
            if tail := self._end[max(0, start - directory_bytes) : max(0, end - directory_bytes)]:
                yield tail

    def directory(self) -> Iterator[bytes]:
        """All that stands behind the members."""
        yield from self._directory(0, self._entries[-1])
        yield self._end

    def _contents(self, start: int, end: int) -> Iterator[bytes | Span]:
        """The local headers and the blobs, as far as they lie in [start, end)."""
        index = bisect_right(self._offsets, start) - 1
        while start < end:
            member, at = self.members[index], self._offsets[index]
            head = header(member)
            if head_part := head[start - at : end - at]:
                yield head_part
            data_at = at + len(head)
            span = Span(member, max(0, start - data_at), min(end - data_at, member.size_bytes))
            if span.start < span.end:
                yield span
            index += 1
            start = self._offsets[index]

    def _directory(self, start: int, end: int) -> Iterator[bytes]:
        """The central directory, as far as it lies in [start, end), in pieces."""
        index = bisect_right(self._entries, start) - 1
        piece = bytearray()
        while start < end:
            at = self._entries[index]
            piece += _central(self.members[index], self._offsets[index])[start - at : end - at]
            index += 1
            start = self._entries[index]
            if len(piece) >= _PIECE_BYTES or start >= end:
                yield bytes(piece)
                piece.clear()


def distinct(names: Iterable[str]) -> Iterator[str]:
    """The names as every system can unpack them, no two equal (ignoring case): a taken one gets ` (2)`, ` (3)`, …"""
    taken: set[str] = set()
    last_number: dict[str, int] = {}
    for name in map(safe_name, names):
        chosen, number = name, last_number.get(name.casefold(), 1)
        while chosen.casefold() in taken:
            number += 1
            path = PurePath(name)
            chosen = f"{path.stem} ({number}){path.suffix}"
        last_number[name.casefold()] = number
        taken.add(chosen.casefold())
        yield chosen


def _sums(lengths: Iterable[int]) -> "array[int]":
    """Where each begins, and behind them where the last one ends."""
    return array("Q", accumulate(lengths, initial=0))


def header(member: Member) -> bytes:
    """What stands before a member's bytes."""
    name, is_wide = member.name.encode(), member.size_bytes >= _LIMIT
    extra = _ut(member) + (_wide(member.size_bytes, member.size_bytes) if is_wide else b"")
    size = _LIMIT if is_wide else member.size_bytes
    needed = _WIDE if is_wide else _PLAIN
    clock, day = _dos(member.modified_at)
    sizes = (member.crc32, size, size, len(name), len(extra))
    return _LOCAL.pack(b"PK\x03\x04", needed, _UTF_8, 0, clock, day, *sizes) + name + extra


def _local_bytes(member: Member) -> int:
    return _LOCAL.size + len(member.name.encode()) + _UT.size + (20 if member.size_bytes >= _LIMIT else 0)


def _central(member: Member, offset: int) -> bytes:
    """The entry of a member in the directory at the end."""
    name, fields = member.name.encode(), _wide_fields(member, offset)
    extra = _ut(member) + (_wide(*fields) if fields else b"")
    size, place = min(member.size_bytes, _LIMIT), min(offset, _LIMIT)
    needed = _WIDE if fields else _PLAIN
    clock, day = _dos(member.modified_at)
    sizes = (member.crc32, size, size, len(name), len(extra), 0, 0, 0, _MODE, place)
    return _CENTRAL.pack(b"PK\x01\x02", _UNIX | needed, needed, _UTF_8, 0, clock, day, *sizes) + name + extra


def _central_bytes(member: Member, offset: int) -> int:
    fields = _wide_fields(member, offset)
    wide_bytes = 4 + 8 * len(fields) if fields else 0
    return _CENTRAL.size + len(member.name.encode()) + _UT.size + wide_bytes


def _wide_fields(member: Member, offset: int) -> list[int]:
    """What does not fit into 32 bits, in the order in which the extra field has it."""
    sizes = [member.size_bytes] * 2 if member.size_bytes >= _LIMIT else []
    return [*sizes, offset] if offset >= _LIMIT else sizes


def _wide(*fields: int) -> bytes:
    return struct.pack(f"<2H{len(fields)}Q", 1, 8 * len(fields), *fields)


def _end(count: int, directory_bytes: int, directory_at: int) -> bytes:
    """What stands behind the directory."""
    plain = (min(count, _MOST_ENTRIES),) * 2 + (min(directory_bytes, _LIMIT), min(directory_at, _LIMIT), 0)
    end = _END.pack(b"PK\x05\x06", 0, 0, *plain)
    if count < _MOST_ENTRIES and max(directory_bytes, directory_at) < _LIMIT:
        return end
    wide = (_END_64.size - 12, _UNIX | _WIDE, _WIDE, 0, 0, count, count, directory_bytes, directory_at)
    locator = _LOCATOR.pack(b"PK\x06\x07", 0, directory_at + directory_bytes, 1)
    return _END_64.pack(b"PK\x06\x06", *wide) + locator + end


def _ut(member: Member) -> bytes:
    """The time as seconds since 1970: exact, where the field of old has two-second steps and no zone."""
    seconds = int(member.modified_at.timestamp())
    return _UT.pack(0x5455, 5, 1, max(-(1 << 31), min(seconds, (1 << 31) - 1)))


def _dos(moment: datetime) -> tuple[int, int]:
    at = max(_FIRST, min(moment.astimezone(UTC), _LAST))
    return at.hour << 11 | at.minute << 5 | at.second // 2, (at.year - 1980) << 9 | at.month << 5 | at.day
