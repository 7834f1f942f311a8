"""Where JPEG, PNG, WebP, GIF, BMP and TIFF keep their size and their metadata; only headers are read."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from albumen.kernel.errors import Invalid
from albumen.media import tiff
from albumen.media.facts import Frame, decode, prose

MAX_PARTS: Final = 20_000
MAX_BLOCK_BYTES: Final = 4 * 1024 * 1024
MAX_UNPACKED_BYTES: Final = 16 * 1024 * 1024


@dataclass(slots=True)
class Blocks:
    """What a container holds: the frame, and the raw metadata blocks by kind."""

    frame: Frame
    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    texts: dict[str, str] = field(default_factory=dict)
    allowance: int = MAX_UNPACKED_BYTES


def _sized(width: int, height: int) -> Frame:
    if width <= 0 or height <= 0:
        raise Invalid("This picture says that it has no size")
    return Frame(width, height)


_SIZE_MARKERS: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_XMP_HEAD: Final = b"http://ns.adobe.com/xap/1.0/\0"


def jpeg(file: BinaryIO) -> Blocks:
    """A JPEG's segments up to the picture itself."""
    blocks = Blocks(Frame(0, 0))
    for marker, size in _segments(file):
        if marker in _SIZE_MARKERS and not blocks.frame.width:
            head = file.read(5)
            blocks.frame = Frame(int.from_bytes(head[3:5], "big"), int.from_bytes(head[1:3], "big"))
        elif marker in {0xE1, 0xED}:
            _application(blocks, file.read(size))
        elif marker == 0xFE:
            blocks.texts.setdefault("Comment", prose(decode(file.read(min(size, 4096)))) or "")
    blocks.frame = _sized(blocks.frame.width, blocks.frame.height)
    return blocks


def _segments(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Marker and content size of each segment, with the file standing at its content."""
    at = 2
    for _ in range(MAX_PARTS):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4 or head[1] in {0xD9, 0xDA}:
            return
        if head[0] != 0xFF:
            at = _next_marker(file, at)
        elif head[1] in {0xFF, 0x00, 0x01} or 0xD0 <= head[1] <= 0xD8:
            at += 1 if head[1] == 0xFF else 2
        else:
            size = int.from_bytes(head[2:4], "big")
            yield head[1], max(size - 2, 0)
            at += 2 + max(size, 2)


def _next_marker(file: BinaryIO, at: int) -> int:
    """Where the next segment may begin after a wrong length; the end if there is none near."""
    file.seek(at)
    near = file.read(4096)
    found = near.find(b"\xff")
    return at + found if found > 0 else file.seek(0, 2)


def _application(blocks: Blocks, data: bytes) -> None:
    if data[:6] in {b"Exif\0\0", b"Exif\0\xff"}:
        blocks.exif = blocks.exif or data
    elif data.startswith(_XMP_HEAD):
        blocks.xmp = blocks.xmp or data[len(_XMP_HEAD) :]
    elif data.startswith(b"Photoshop 3.0\0") and len(blocks.iptc) < MAX_BLOCK_BYTES:
        blocks.iptc += data[14:]


def png(file: BinaryIO) -> Blocks:
    """A PNG's chunks, before and behind the picture."""
    file.seek(8)
    head = file.read(25)
    if head[4:8] != b"IHDR" or len(head) < 25:
        raise Invalid("This PNG has no header")
    blocks = Blocks(_sized(int.from_bytes(head[8:12], "big"), int.from_bytes(head[12:16], "big")))
    at = 33
    for _ in range(MAX_PARTS):
        file.seek(at)
        head = file.read(8)
        size, name = int.from_bytes(head[:4], "big"), head[4:]
        if len(head) < 8 or name == b"IEND" or size > 1 << 31:
            break
        if name in _PNG_CHUNKS and size <= MAX_BLOCK_BYTES:
            _PNG_CHUNKS[name](blocks, file.read(size))
        at += 12 + size
    return blocks


def _png_exif(blocks: Blocks, data: bytes) -> None:
    blocks.exif = blocks.exif or data


def _png_frames(blocks: Blocks, data: bytes) -> None:
    count = int.from_bytes(data[:4], "big")
    blocks.frame = Frame(blocks.frame.width, blocks.frame.height, frames=min(max(count, 1), 1 << 20))


def _png_time(blocks: Blocks, data: bytes) -> None:
    if len(data) == 7:
        numbers = (int.from_bytes(data[:2], "big"), *data[2:])
        blocks.texts["ModifyDate"] = "{}:{:02}:{:02} {:02}:{:02}:{:02}Z".format(*numbers)


def _png_text(blocks: Blocks, data: bytes) -> None:
    name, _, text = data.partition(b"\0")
    _keep_text(blocks, name.decode("latin-1"), text)


def _png_packed_text(blocks: Blocks, data: bytes) -> None:
    name, _, packed = data.partition(b"\0")
    _keep_text(blocks, name.decode("latin-1"), _unpacked(blocks, packed[1:]))


def _png_wide_text(blocks: Blocks, data: bytes) -> None:
    name, _, rest = data.partition(b"\0")
    packed = rest[:1] == b"\x01"
    text = rest[2:].split(b"\0", 2)[-1]
    _keep_text(blocks, name.decode("latin-1"), _unpacked(blocks, text) if packed else text)


def _unpacked(blocks: Blocks, packed: bytes) -> bytes:
    """Unpack at most 4 MiB, and 16 MiB over all: small chunks may unfold to a thousand times their size."""
    most = min(MAX_BLOCK_BYTES, blocks.allowance)
    try:
        text = zlib.decompressobj().decompress(packed, most) if most > 0 else b""
    except zlib.error:
        return b""
    blocks.allowance -= len(text)
    return text


def _keep_text(blocks: Blocks, name: str, text: bytes) -> None:
    if name == "XML:com.adobe.xmp":
        blocks.xmp = blocks.xmp or text
    elif name.startswith("Raw profile type "):
        _keep_profile(blocks, name[17:], text)
    elif len(name) < 80 and len(blocks.texts) < 100 and (shown := prose(decode(text))):
        blocks.texts.setdefault(name, shown)


def _keep_profile(blocks: Blocks, kind: str, text: bytes) -> None:
    """ImageMagick writes blocks as hexadecimal text: a blank line, the name, the length, the digits."""
    lines = text.split(b"\n", 3)
    try:
        data = bytes.fromhex(lines[3].decode("ascii"))
    except (ValueError, IndexError):
        return
    if kind in {"exif", "APP1"} and data[:4] == b"Exif":
        blocks.exif = blocks.exif or data
    elif kind in {"xmp", "APP1"}:
        blocks.xmp = blocks.xmp or data.removeprefix(_XMP_HEAD)
    elif kind in {"iptc", "8bim"}:
        blocks.iptc = blocks.iptc or data


_PNG_CHUNKS: Final = {
    b"eXIf": _png_exif,
    b"acTL": _png_frames,
    b"tIME": _png_time,
    b"tEXt": _png_text,
    b"zTXt": _png_packed_text,
    b"iTXt": _png_wide_text,
}


def webp(file: BinaryIO) -> Blocks:
    """A WebP's chunks."""
    blocks = Blocks(Frame(0, 0))
    at, frames, milliseconds = 12, 0, 0
    for _ in range(MAX_PARTS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            break
        name, size = head[:4], int.from_bytes(head[4:], "little")
        if name in {b"VP8X", b"VP8 ", b"VP8L"} and not blocks.frame.width:
            blocks.frame = _sized(*_webp_size(name, file.read(10)))
        elif name == b"ANMF":
            frames += 1
            milliseconds += int.from_bytes(file.read(16)[12:15], "little")
        elif name == b"EXIF" and size <= MAX_BLOCK_BYTES:
            blocks.exif = blocks.exif or file.read(size)
        elif name == b"XMP " and size <= MAX_BLOCK_BYTES:
            blocks.xmp = blocks.xmp or file.read(size)
        at += 8 + size + (size & 1)
    blocks.frame = _playing(_sized(blocks.frame.width, blocks.frame.height), frames, milliseconds / 1000)
    return blocks


def _webp_size(name: bytes, head: bytes) -> tuple[int, int]:
    if name == b"VP8X":
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if name == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)) if head[:1] == b"\x2f" else (0, 0)
    started = head[3:6] == b"\x9d\x01\x2a"
    sides = int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
    return sides if started else (0, 0)


def _playing(frame: Frame, frames: int, seconds: float) -> Frame:
    if frames <= 1:
        return frame
    return Frame(frame.width, frame.height, frames=frames, duration_seconds=round(seconds, 3) or None)


def bmp(file: BinaryIO) -> Blocks:
    """A bitmap's header; a negative height means stored from the top."""
    file.seek(14)
    head = file.read(12)
    if head[:4] == b"\x0c\0\0\0":
        return Blocks(_sized(int.from_bytes(head[4:6], "little"), int.from_bytes(head[6:8], "little")))
    width, height = (int.from_bytes(head[at : at + 4], "little", signed=True) for at in (4, 8))
    return Blocks(_sized(width, abs(height)))


def tiff_pages(window: tiff.Window) -> Blocks:
    """A TIFF's first page and how many there are; Exif is read from the same directories elsewhere."""
    how = tiff.layout(window)
    pages = [page for page in tiff.directories(window, how) if page.number(256) and page.number(257)]
    if not pages:
        raise Invalid("This TIFF has no page with a size")
    first = pages[0]
    size = _sized(first.number(256) or 0, first.number(257) or 0)
    full = sum(1 for page in pages if not (page.number(254) or 0) & 1)
    blocks = Blocks(Frame(size.width, size.height, frames=max(full, 1)))
    blocks.xmp = first.blob(tiff.XMP_PACKET)
    blocks.iptc = first.blob(tiff.PHOTOSHOP_RESOURCES) or _bytes(first, how.order)
    return blocks


def _bytes(directory: tiff.Directory, order: str) -> bytes:
    """IPTC is often declared as LONGs; turned round, they are bytes again."""
    plain = directory.blob(tiff.IPTC_RECORDS)
    if plain:
        return plain
    numbers = directory.numbers(tiff.IPTC_RECORDS)
    return b"".join(struct.pack(order + "I", int(n)) for n in numbers if 0 <= n < 1 << 32)
