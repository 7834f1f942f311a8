"""PNG and WebP: the chunks that their pictures need."""

import struct
import zlib
from typing import BinaryIO, Final

from albumen.kernel.pieces import Pieces, size_of
from albumen.media import containers
from albumen.media.stripping import minimal
from albumen.media.stripping.assembly import Assembly, Refused

_PNG_NEEDED: Final = frozenset(
    (
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"acTL", b"fcTL", b"fdAT"),
        *(b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"mDCv", b"cLLi", b"bKGD", b"pHYs"),
    )
)
_WEBP_NEEDED: Final = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ICCP"})
_HAS_EXIF: Final = 0x08
_HAS_XMP: Final = 0x04
_FRAME_HEAD: Final = 16


def strip_png(file: BinaryIO) -> Pieces:
    """The pieces of a PNG, still or moving.  Raises Refused."""
    exif = minimal.exif(containers.png(file).exif)
    size, made, at = file.seek(0, 2), Assembly(), 8
    made.keep(0, 8)
    for _ in range(containers.MAX_PARTS):
        file.seek(at)
        head = file.read(8)
        name, end = head[4:], at + 12 + int.from_bytes(head[:4], "big")
        if len(head) < 8 or (end > size and name not in {b"IDAT", b"fdAT"}):
            return made.pieces()
        if name in _PNG_NEEDED:
            made.keep(at, min(end, size))
        if name == b"IHDR" and exif:
            body = b"eXIf" + exif
            made.put(struct.pack(">I", len(exif)) + body + struct.pack(">I", zlib.crc32(body)))
        if name == b"IEND" or end > size:
            return made.pieces()
        at = end
    raise Refused("it has too many chunks")


def strip_webp(file: BinaryIO) -> Pieces:
    """The pieces of a WebP, still or moving.  Raises Refused."""
    exif = minimal.exif(containers.webp(file).exif)
    file.seek(0)
    head = file.read(12)
    end = min(8 + int.from_bytes(head[4:8], "little"), file.seek(0, 2))
    body, is_extended = _webp_body(file, end, has_exif=bool(exif))
    if exif and is_extended:
        body.put(b"EXIF" + struct.pack("<I", len(exif)) + exif + bytes(len(exif) & 1))
    pieces = body.pieces()
    return b"RIFF" + struct.pack("<I", 4 + size_of(pieces)) + b"WEBP", *pieces


def _webp_body(file: BinaryIO, limit: int, *, has_exif: bool) -> tuple[Assembly, bool]:
    """The chunks, and whether there is the one that lets them tell of more than the picture."""
    made, at, is_extended = Assembly(), 12, False
    for _ in range(containers.MAX_PARTS):
        file.seek(at)
        head = file.read(18) if at + 8 <= limit else b""
        if len(head) < 8:
            return made, is_extended
        name, size = head[:4], int.from_bytes(head[4:8], "little")
        end = at + 8 + size + (size & 1)
        if name == b"VP8X" and size == 10 and not is_extended:
            is_extended = True
            flags = head[8] & ~(_HAS_EXIF | _HAS_XMP) | (_HAS_EXIF if has_exif else 0)
            made.put(head[:8] + bytes([flags]) + head[9:18])
        elif name == b"ANMF":
            _frame(file, made, at, min(end, limit))
        elif name in _WEBP_NEEDED:
            made.keep(at, min(end, limit))
        at = end
    raise Refused("it has too many chunks")


def _frame(file: BinaryIO, made: Assembly, at: int, end: int) -> None:
    """A frame; what else than its picture is in it becomes zeros, because its length is not ours to change."""
    made.keep(at, min(at + 8 + _FRAME_HEAD, end))
    at += 8 + _FRAME_HEAD
    for _ in range(16):
        file.seek(at)
        head = file.read(8)
        size = int.from_bytes(head[4:], "little")
        inner = min(at + 8 + size + (size & 1), end)
        if at + 8 > end or head[:4] in _WEBP_NEEDED:
            made.keep(at, inner)
        else:
            made.keep(at, at + 8)
            made.blank(inner - at - 8)
        at = inner
        if at >= end:
            return
    raise Refused("one of its frames has too many chunks")
