"""The little Exif that a stripped photo keeps: which way up it is, when it was taken, and how its colours are meant."""

import io
import re
import struct
from collections.abc import Mapping
from typing import Final

from albumen.kernel.errors import Invalid
from albumen.media import tiff
from albumen.media.tiff import Directory

_ORIENTATION: Final = 274
_EXPOSURE: Final = 34665
_COLOR_SPACE: Final = 40961
_INTEROPERABILITY: Final = 40965
_VERSION: Final = 36864
_TEXTS: Final = {
    36867: re.compile(rb"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d"),
    36880: re.compile(rb"[+-]\d\d:\d\d"),
    36881: re.compile(rb"[+-]\d\d:\d\d"),
    37521: re.compile(rb"\d{1,9}"),
}
"""When it was taken, the offsets from UTC, and the fraction of the second: only where written as they should be."""
_COLOURS: Final = re.compile(rb"R03|R98")
_LETTERS: Final = {2: "", 3: "H", 4: "I", 7: ""}

Values = Mapping[int, tuple[int, bytes | int]]
"""Types and values by tag."""


def exif(block: bytes) -> bytes:
    """From an Exif block, with or without its name before it, one that tells no more; empty where nothing is told."""
    if block[:6] in {b"Exif\0\0", b"Exif\0\xff"}:
        block = block[6:]
    try:
        window = tiff.Window(io.BytesIO(block))
        how = tiff.layout(window)
        image = tiff.directory(window, how, how.first)
        exposure = tiff.directory(window, how, image.number(_EXPOSURE) or len(block))
        colours = tiff.directory(window, how, exposure.number(_INTEROPERABILITY) or len(block))
    except (Invalid, struct.error):
        return b""
    return written(image.number(_ORIENTATION), *kept(exposure, colours))


def kept(exposure: Directory, colours: Directory) -> tuple[Values, Values]:
    """What may stay of the directory of the exposure, and of the one that says which colours these are."""
    told: dict[int, tuple[int, bytes | int]] = {}
    for tag, form in _TEXTS.items():
        text = exposure.blob(tag).rstrip(b"\0 ")
        if form.fullmatch(text):
            told[tag] = (2, text + b"\0")
    space, index = exposure.number(_COLOR_SPACE), colours.blob(1)[:3]
    if space in {1, 2, 0xFFFF}:
        told[_COLOR_SPACE] = (3, space)
    return told, {1: (2, index + b"\0"), 2: (7, b"0100")} if _COLOURS.fullmatch(index) else {}


def written(orientation: int | None, exposure: Values, colours: Values) -> bytes:
    """A block that says these, or nothing."""
    image: dict[int, tuple[int, bytes | int]] = {}
    if orientation is not None and 1 <= orientation <= 8:
        image[_ORIENTATION] = (3, orientation)
    if not image and not exposure and not colours:
        return b""
    at = 8 + _bytes({**image, _EXPOSURE: (4, 0)})
    below = {**exposure, _VERSION: (7, b"0232")}
    if colours:
        below[_INTEROPERABILITY] = (4, 0)
        below[_INTEROPERABILITY] = (4, at + _bytes(below))
    image[_EXPOSURE] = (4, at)
    block = b"II*\0\x08\0\0\0" + _directory(image, 8) + _directory(below, at)
    return block + (_directory(colours, len(block)) if colours else b"")


def _bytes(values: Values) -> int:
    return len(_directory(values, 0))


def _directory(values: Values, at: int) -> bytes:
    """A directory that stands at `at`, with what does not fit into its entries behind it."""
    entries, behind = b"", b""
    start = at + 2 + 12 * len(values) + 4
    for tag, (kind, value) in sorted(values.items()):
        data = value if isinstance(value, bytes) else struct.pack(f"<{_LETTERS[kind]}", value)
        count = len(data) if isinstance(value, bytes) else 1
        if len(data) > 4:
            place = struct.pack("<I", start + len(behind))
            behind += data + bytes(len(data) & 1)
        else:
            place = data.ljust(4, b"\0")
        entries += struct.pack("<HHI", tag, kind, count) + place
    return struct.pack("<H", len(values)) + entries + bytes(4) + behind
