"""Small real media, made for the test that asks: each call gives other content unless it is told a seed."""

import io
import struct
import zlib
from fractions import Fraction
from itertools import count
from typing import Any

import av
import numpy as np
from PIL import Image

_seeds = count(1)
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "tiff": "TIFF", "gif": "GIF", "bmp": "BMP"}


def photo(
    *,
    taken: str | None = None,
    offset: str | None = None,
    camera: tuple[str, str] | None = None,
    gps: tuple[float, float] | None = None,
    size: tuple[int, int] = (64, 48),
    kind: str = "jpeg",
    seed: int | None = None,
    exif: Image.Exif | None = None,
) -> bytes:
    """A photo.  `taken` is the camera's own clock (`2021-07-01 12:00:00`), `offset` its zone (`+02:00`).

    With `exif` of its own it says that and nothing else.
    """
    out = io.BytesIO()
    exif = exif or _exif(taken, offset, camera, gps)
    options: dict[str, Any] = {"exif": exif} if exif is not None and kind in ("jpeg", "png", "webp", "tiff") else {}
    picture(size, next(_seeds) if seed is None else seed).save(out, _FORMATS[kind], **options)
    return out.getvalue()


def picture(size: tuple[int, int], seed: int) -> Image.Image:
    """Soft blots of colour that no other seed has."""
    blots = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(blots).resize(size, Image.Resampling.BICUBIC)


def _exif(
    taken: str | None, offset: str | None, camera: tuple[str, str] | None, gps: tuple[float, float] | None
) -> Image.Exif | None:
    exif = Image.Exif()
    if camera:
        exif[0x010F], exif[0x0110] = camera
    if taken:
        exposure = exif.get_ifd(0x8769)
        exposure[0x9003] = taken.replace("-", ":")
        if offset:
            exposure[0x9011] = offset
    if gps:
        place = exif.get_ifd(0x8825)
        for tag, value, signs in ((1, gps[0], "NS"), (3, gps[1], "EW")):
            place[tag] = signs[value < 0]
            place[tag + 1] = (Fraction(abs(value)).limit_denominator(10**6), Fraction(0), Fraction(0))
    return exif if taken or camera or gps else None


def film(*, kind: str = "mp4", size: tuple[int, int] = (64, 48), frames: int = 10, codec: str = "mpeg4") -> bytes:
    """A short film; browsers play `libx264`, and not the older `mpeg4`."""
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=Fraction(25))
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        seed = next(_seeds)
        for number in range(frames):
            pixels = np.asarray(picture(size, seed * 1000 + number))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that would unfold to gigabytes."""
    row = zlib.compressobj(9)
    line = b"\0" + bytes(width // 8)
    packed = b"".join(row.compress(line) for _ in range(height)) + row.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def garbled(seed: int = 1) -> bytes:
    """A JPEG whose header is whole and whose pixels are rubbish, so that it is filed but cannot be developed."""
    whole = photo(size=(640, 480), seed=seed)
    start = whole.index(b"\xff\xda")
    return whole[:start] + b"\xff\xda\x00\x0c"


def form(*parts: tuple[str, str | None, bytes], boundary: str = "the-boundary", closed: bool = True) -> bytes:
    """A multipart body of (name, file name, content), as a browser writes it."""
    body = b""
    for name, filename, content in parts:
        named = f'; filename="{filename}"' if filename is not None else ""
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + (f"--{boundary}--\r\n".encode() if closed else b"")
