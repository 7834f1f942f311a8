"""TIFF directories, the frame that Exif and most raw formats share, read with a bound on all it may claim."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from albumen.kernel.errors import Invalid

Number = int | float
Value = bytes | tuple[Number, ...] | tuple[tuple[int, int], ...]

MAX_ENTRIES: Final = 1000
MAX_VALUE_BYTES: Final = 64 * 1024
MAX_PACKET_BYTES: Final = 4 * 1024 * 1024
MAX_NUMBERS: Final = 256
MAX_DIRECTORIES: Final = 40
HEAD_BYTES: Final = 64 * 1024
# A few bytes can point at the same megabytes again and again, so the sum is bounded too.
MAX_TAKEN_BYTES: Final = 16 * 1024 * 1024

SUB_DIRECTORIES: Final = 330
XMP_PACKET: Final = 700
IPTC_RECORDS: Final = 33723
PHOTOSHOP_RESOURCES: Final = 34377
PACKETS: Final = frozenset({XMP_PACKET, IPTC_RECORDS, PHOTOSHOP_RESOURCES})

SIZES: Final = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8)
LETTERS: Final = {3: "H", 4: "I", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q"}
OPAQUE: Final = frozenset({1, 2, 6, 7})
RATIONALS: Final = {5: "I", 10: "i"}


class Window:
    """A file seen through bounded reads at absolute offsets; directories mostly lie in the head."""

    def __init__(self, file: BinaryIO, base: int = 0) -> None:
        self.file = file
        self.base = base
        self.end = file.seek(0, 2) - base
        file.seek(base)
        self.head = file.read(HEAD_BYTES)
        self.left = MAX_TAKEN_BYTES

    def take(self, offset: int, size: int) -> bytes:
        """The bytes there are of `size` at `offset`: fewer at the end of the file, none before its start."""
        self.left -= min(size, self.end)
        if size <= 0 or self.left < 0 or not 0 <= offset < self.end:
            return b""
        if offset + size <= len(self.head):
            return self.head[offset : offset + size]
        self.file.seek(self.base + offset)
        return self.file.read(size)


@dataclass(frozen=True, slots=True)
class Layout:
    """Byte order (`<` or `>`), whether offsets have 64 bits (BigTIFF), and where the first directory is."""

    order: str
    big: bool
    first: int


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory: its values by tag, and where the next one is (0 = none)."""

    values: dict[int, Value]
    following: int
    offsets: dict[int, int] = field(default_factory=dict)

    def number(self, tag: int) -> int | None:
        """The first number of a tag, whole."""
        value = self.values.get(tag)
        if isinstance(value, tuple) and value and isinstance(value[0], int):
            return value[0]
        return value[0] if isinstance(value, bytes) and value else None

    def numbers(self, tag: int) -> tuple[Number, ...]:
        """All plain numbers of a tag."""
        value = self.values.get(tag, ())
        return tuple(n for n in value if isinstance(n, int | float))

    def blob(self, tag: int) -> bytes:
        """A tag's bytes as they are, if it is text or opaque."""
        value = self.values.get(tag)
        return value if isinstance(value, bytes) else b""


def layout(window: Window) -> Layout:
    """Read the header; cousins of TIFF (`IIRO`, `IIU\\0`) count.  Raises `Invalid` if it is none."""
    head = window.take(0, 16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        raise Invalid("This has no TIFF header")
    if struct.unpack(order + "H", head[2:4])[0] == 43 and len(head) == 16:
        return Layout(order, big=True, first=struct.unpack(order + "Q", head[8:])[0])
    return Layout(order, big=False, first=struct.unpack(order + "I", head[4:8])[0])


def directory(window: Window, how: Layout, offset: int) -> Directory:
    """Read the directory at `offset`; what is cut off or absurd is left out."""
    count_size, entry_size = (8, 20) if how.big else (2, 12)
    start = window.take(offset, count_size)
    if len(start) < count_size:
        return Directory({}, 0)
    count = int.from_bytes(start, "little" if how.order == "<" else "big")
    if count > MAX_ENTRIES:
        return Directory({}, 0)
    body = window.take(offset + count_size, count * entry_size + (8 if how.big else 4))
    values: dict[int, Value] = {}
    offsets: dict[int, int] = {}
    parse = struct.Struct(how.order + ("HHQ8s" if how.big else "HHI4s"))
    for at in range(0, min(len(body) - entry_size + 1, count * entry_size), entry_size):
        tag, kind, length, inline = parse.unpack_from(body, at)
        value, where = _value(window, how, (tag, kind, length, inline))
        if value is not None and tag not in values:
            values[tag] = value
            offsets[tag] = where or offset + count_size + at
    tail = body[count * entry_size :]
    return Directory(values, int.from_bytes(tail, "little" if how.order == "<" else "big"), offsets)


def _value(window: Window, how: Layout, entry: tuple[int, int, int, bytes]) -> tuple[Value | None, int]:
    tag, kind, length, inline = entry
    if not 1 <= kind < len(SIZES) or not SIZES[kind] or not length:
        return None, 0
    size = SIZES[kind] * length
    if kind not in OPAQUE:
        size = min(size, SIZES[kind] * MAX_NUMBERS)
    if size <= len(inline):
        return _decode(how.order, kind, inline[:size]) or None, 0
    where = struct.unpack(how.order + ("Q" if how.big else "I"), inline)[0]
    if size > (MAX_PACKET_BYTES if tag in PACKETS else MAX_VALUE_BYTES):
        return None, where
    return _decode(how.order, kind, window.take(where, size)) or None, where


def _decode(order: str, kind: int, raw: bytes) -> Value:
    if kind in OPAQUE:
        return raw
    count = len(raw) // SIZES[kind]
    raw = raw[: count * SIZES[kind]]
    letter = RATIONALS.get(kind)
    if letter:
        flat = struct.unpack(f"{order}{2 * count}{letter}", raw)
        return tuple(zip(flat[::2], flat[1::2], strict=True))
    return struct.unpack(f"{order}{count}{LETTERS[kind]}", raw)


def directories(window: Window, how: Layout) -> Iterator[Directory]:
    """The main chain of directories and, right after each, its sub-directories; none twice, at most forty."""
    seen: set[int] = set()
    waiting = [how.first]
    while waiting and len(seen) < MAX_DIRECTORIES:
        offset = waiting.pop(0)
        if not offset or offset in seen:
            continue
        seen.add(offset)
        found = directory(window, how, offset)
        yield found
        subs = [n for n in found.numbers(SUB_DIRECTORIES)[:10] if isinstance(n, int)]
        waiting = [*subs, *waiting, found.following]
