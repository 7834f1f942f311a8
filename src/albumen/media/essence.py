"""What must not change when facts are written into a photo: its picture, and whatever stands behind it."""

import hashlib
import io
import struct
import zlib
from collections.abc import Buffer, Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from albumen.kernel.errors import Invalid

_PNG_WORDS: Final = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
_WEBP_WORDS: Final = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS: Final = 0x0C
"""Of a WebP's flags, those that tell of Exif and XMP."""
_WEBP_ALPHA: Final = 0x10
_MOST_PROFILE_BYTES: Final = 1 << 24
_START_OF_SCAN: Final = 0xDA
_APP2: Final = 0xE2


def essence(kind: str, data: bytes) -> bytes:
    """A digest of the picture in a photo of one of `guard.EMBEDDING`.  Raises Invalid where it cannot be found."""
    digest = hashlib.sha256()
    try:
        for part in _PARTS[kind](data):
            digest.update(part)
    except (struct.error, IndexError, ValueError, zlib.error) as fault:
        raise Invalid("This file is damaged.") from fault
    return digest.digest()


def _jpeg(data: bytes) -> Iterator[Buffer]:
    """Everything from the first scan on: the tables before it are proved by the size, and the film behind is in it.

    Also how far in front of it the list of further pictures stands (CIPA DC-007), which counts from where it is itself.
    """
    view, at, lists = memoryview(data), 2, []
    while data[at] == 0xFF and data[at + 1] != _START_OF_SCAN:
        if data[at + 1] == _APP2 and data[at + 4 : at + 8] == b"MPF\0":
            lists.append(at)
        at += 1 if data[at + 1] == 0xFF else 2 + struct.unpack_from(">H", data, at + 2)[0]
    if data[at] != 0xFF:
        raise Invalid("This file is damaged.")
    yield repr([at - each for each in lists]).encode()
    yield view[at:]


def _png(data: bytes) -> Iterator[Buffer]:
    """All chunks but those for words; the colour profile unpacked, since it may be packed anew."""
    view, at = memoryview(data), 8
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        body = view[at + 8 : at + 8 + size]
        if name == b"iCCP":
            yield zlib.decompressobj().decompress(body[bytes(body).index(b"\0") + 2 :], _MOST_PROFILE_BYTES)
        elif name not in _PNG_WORDS:
            yield view[at : at + 12 + size]
        at += 12 + size
        if name == b"IEND":
            yield view[at:]
            return


def _webp(data: bytes) -> Iterator[Buffer]:
    """All chunks but those for words; a plain file is given a head of its own, which must still tell of see-through."""
    view, at, flags = memoryview(data), 12, None
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"VP8X":
            flags = data[at + 8] & ~_WEBP_FLAGS
        elif name not in _WEBP_WORDS:
            yield view[at : at + 8 + size]
        if name == b"VP8L" and flags is None:
            flags = _WEBP_ALPHA if data[at + 12] & 0x10 else 0
        at += 8 + size + (size & 1)
    yield bytes([flags or 0])


def _tiff(data: bytes) -> Iterator[Buffer]:
    """The pixels of every page, because what holds them may be moved within the file."""
    import pyvips  # noqa: PLC0415  (under the lock, like all decoders)

    try:
        first: Any = pyvips.Image.tiffload_buffer(data, fail_on="error")
        pages = int(first.get("n-pages")) if first.get_typeof("n-pages") else 1
        for page in range(pages):
            picture: Any = pyvips.Image.tiffload_buffer(data, page=page, fail_on="error")
            yield repr((picture.width, picture.height, picture.bands, picture.format)).encode()
            for top in range(0, picture.height, _ROWS):
                yield picture.crop(0, top, picture.width, min(_ROWS, picture.height - top)).write_to_memory()
    except pyvips.Error as fault:
        raise Invalid("This file is damaged.") from fault


_ROWS: Final = 256


def _dng(data: bytes) -> Iterator[Buffer]:
    import rawpy  # noqa: PLC0415  (under the lock, like all decoders)

    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            yield repr((raw.raw_image.shape, raw.color_desc, raw.black_level_per_channel, raw.white_level)).encode()
            yield raw.raw_image.tobytes()
    except rawpy.LibRawError as fault:
        raise Invalid("This file is damaged.") from fault


_PARTS: Final[Mapping[str, Callable[[bytes], Iterable[Buffer]]]] = {
    "jpeg": _jpeg,
    "png": _png,
    "webp": _webp,
    "tiff": _tiff,
    "dng": _dng,
}
