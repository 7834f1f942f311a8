"""ISO base media boxes: the still pictures of HEIC, AVIF and CR3, as far as their facts go."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from albumen.kernel.errors import Invalid
from albumen.media.facts import Frame

MAX_BOXES: Final = 2000
MAX_META_BYTES: Final = 8 * 1024 * 1024
MAX_ITEM_BYTES: Final = 2 * 1024 * 1024
CANON: Final = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
CANON_PARTS: Final = {b"CMT1": "image", b"CMT2": "photo", b"CMT4": "gps"}


@dataclass(frozen=True, slots=True)
class Box:
    """A box inside a buffer or a file: its four letters, and where its content lies."""

    kind: bytes
    start: int
    end: int


def top_boxes(file: BinaryIO) -> Iterator[Box]:
    """The boxes of a file, one after the other, without their content."""
    size = file.seek(0, 2)
    at = 0
    for _ in range(MAX_BOXES):
        file.seek(at)
        box = _box(file.read(16), at, size)
        if box is None:
            return
        yield box
        at = box.end


def inner_boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes within a box that was read into memory."""
    at = start
    for _ in range(MAX_BOXES):
        box = _box(data[at : min(at + 16, end)], at, end)
        if box is None:
            return
        yield box
        at = box.end


def _box(head: bytes, at: int, limit: int) -> Box | None:
    if len(head) < 8:
        return None
    length, begin = int.from_bytes(head[:4], "big"), 8
    if length == 1:
        length, begin = int.from_bytes(head[8:16], "big"), 16
    elif length == 0:
        length = limit - at
    if length < begin:
        return None
    return Box(head[4:8], at + begin, min(at + length, limit)) if at + begin <= limit else None


@dataclass(slots=True)
class Still:
    """What the `meta` box says of the primary picture."""

    primary: int = 0
    kinds: dict[int, bytes] = field(default_factory=dict)
    types: dict[int, bytes] = field(default_factory=dict)
    places: dict[int, tuple[int, list[tuple[int, int]]]] = field(default_factory=dict)
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    belongings: dict[int, list[int]] = field(default_factory=dict)
    inside: bytes = b""


def still(file: BinaryIO) -> Still:
    """Read the description of a HEIC or AVIF.  Raises `Invalid` if there is none."""
    for box in top_boxes(file):
        if box.kind == b"meta" and box.end - box.start <= MAX_META_BYTES:
            file.seek(box.start)
            data = file.read(box.end - box.start)
            return _meta(data)
    raise Invalid("This picture has no description of what is in it")


def _meta(data: bytes) -> Still:
    found = Still()
    for box in inner_boxes(data, 4, len(data)):
        part = data[box.start : box.end]
        reader = _READERS.get(box.kind)
        if reader:
            try:
                reader(found, part)
            except (struct.error, IndexError):
                continue
    return found


def _primary(found: Still, part: bytes) -> None:
    found.primary = int.from_bytes(part[4:8] if part[:1] == b"\x01" else part[4:6], "big")


def _items(found: Still, part: bytes) -> None:
    for box in inner_boxes(part, 8 if part[:1] != b"\0" else 6, len(part)):
        entry = part[box.start : box.end]
        if entry[:1] == b"\x02":
            number, rest = int.from_bytes(entry[4:6], "big"), entry[8:]
        elif entry[:1] == b"\x03":
            number, rest = int.from_bytes(entry[4:8], "big"), entry[10:]
        else:
            continue
        found.kinds[number] = rest[:4]
        texts = rest[4:].split(b"\0")
        found.types[number] = texts[1] if len(texts) > 1 else b""


def _places(found: Still, part: bytes) -> None:
    """Item locations: per item how to find it (0 in the file, 1 in `idat`) and its extents."""
    version = part[0]
    sizes = part[4] >> 4, part[4] & 15, part[5] >> 4, part[5] & 15 if version else 0
    cursor = Cursor(part, 6)
    for _ in range(min(cursor.take(2 if version < 2 else 4), MAX_BOXES)):
        number = cursor.take(2 if version < 2 else 4)
        method = cursor.take(2) & 15 if version else 0
        cursor.take(2)
        base = cursor.take(sizes[2])
        extents = []
        for _ in range(min(cursor.take(2), 256)):
            cursor.take(sizes[3])
            offset = cursor.take(sizes[0])
            extents.append((base + offset, cursor.take(sizes[1])))
        found.places[number] = (method, extents)


class Cursor:
    """Numbers read one after the other; IndexError at the end."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def take(self, size: int) -> int:
        """The next number of `size` bytes."""
        if self.at + size > len(self.data):
            raise IndexError
        self.at += size
        return int.from_bytes(self.data[self.at - size : self.at], "big")


def _properties(found: Still, part: bytes) -> None:
    for box in inner_boxes(part, 0, len(part)):
        if box.kind == b"ipco":
            for one in inner_boxes(part, box.start, box.end):
                found.properties.append((one.kind, part[one.start : one.end][:256]))
        elif box.kind == b"ipma":
            _belongings(found, part[box.start : box.end])


def _belongings(found: Still, part: bytes) -> None:
    wide_items, wide_numbers = part[0] >= 1, part[3] & 1
    cursor = Cursor(part, 4)
    for _ in range(min(cursor.take(4), MAX_BOXES)):
        number = cursor.take(4 if wide_items else 2)
        count = cursor.take(1)
        entries = [cursor.take(2 if wide_numbers else 1) & (0x7FFF if wide_numbers else 0x7F) for _ in range(count)]
        found.belongings.setdefault(number, []).extend(entries)


def _inside(found: Still, part: bytes) -> None:
    found.inside = part


_READERS: Final = {
    b"pitm": _primary,
    b"iinf": _items,
    b"iloc": _places,
    b"iprp": _properties,
    b"idat": _inside,
}


def frame(found: Still) -> Frame:
    """Size of the primary picture as stored and as seen, after clipping, turning and mirroring."""
    mine = [found.properties[n - 1] for n in found.belongings.get(found.primary, ()) if 0 < n <= len(found.properties)]
    size = next((data for kind, data in mine if kind == b"ispe" and len(data) >= 12), None)
    if size is None:
        raise Invalid("This picture does not say how large it is")
    stored = struct.unpack(">II", size[4:12])
    width, height = stored
    for kind, data in mine:
        if kind == b"clap":
            width, height = _clipped(data, (width, height))
        elif kind == b"irot" and data and data[0] & 1:
            width, height = height, width
    return Frame(stored[0], stored[1], upright=(width, height))


def _clipped(data: bytes, size: tuple[int, int]) -> tuple[int, int]:
    if len(data) < 16:
        return size
    wn, wd, hn, hd = struct.unpack(">4I", data[:16])
    width, height = (wn // wd if wd else 0), (hn // hd if hd else 0)
    return (width, height) if 0 < width <= size[0] and 0 < height <= size[1] else size


def motion_film(file: BinaryIO) -> int | None:
    """Bytes from the end of a HEIC to where the film begins that Google keeps in it (`mpvd`); None without one."""
    found = next((box for box in top_boxes(file) if box.kind == b"mpvd"), None)
    return None if found is None else file.seek(0, 2) - found.start


def item(file: BinaryIO, found: Still, kind: bytes, content_type: bytes = b"") -> bytes:
    """The bytes of the first item of a kind (`Exif`, or `mime` with its content type), at most 2 MiB."""
    for number, its in found.kinds.items():
        if its == kind and found.types.get(number, b"").startswith(content_type) and number in found.places:
            method, extents = found.places[number]
            data = b""
            for extent in extents:
                most = MAX_ITEM_BYTES - len(data)
                data += _extent(file, found.inside if method == 1 else None, extent, most)
            return data
    return b""


def _extent(file: BinaryIO, inside: bytes | None, extent: tuple[int, int], most: int) -> bytes:
    offset, size = extent[0], min(extent[1], most)
    if inside is not None:
        return inside[offset : offset + size]
    if offset >= file.seek(0, 2):
        return b""
    file.seek(offset)
    return file.read(size)


def canon_parts(file: BinaryIO) -> dict[str, bytes]:
    """The Exif directories that a CR3 keeps as TIFFs of their own."""
    for box in top_boxes(file):
        if box.kind == b"moov" and box.end - box.start <= MAX_META_BYTES:
            file.seek(box.start)
            data = file.read(box.end - box.start)
            for one in inner_boxes(data, 0, len(data)):
                if one.kind == b"uuid" and data[one.start : one.start + 16] == CANON:
                    parts = inner_boxes(data, one.start + 16, one.end)
                    return {CANON_PARTS[p.kind]: data[p.start : p.end] for p in parts if p.kind in CANON_PARTS}
    return {}
