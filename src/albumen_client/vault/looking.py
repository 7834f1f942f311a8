"""What a device sees in a photo before it is sealed: size, date, place, two thumbnails, a blurred preview."""

import base64
import io
import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.ExifTags import GPS, IFD, Base

from albumen_client.vault.photos import Portrait
from albumen_client.vault.sealing import Plain

VIDEOS = frozenset({".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mts", ".3gp"})
PHOTOS = frozenset(
    {".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".heif", ".avif", ".jxl", ".tif", ".tiff", ".bmp"}
    | {".dng", ".nef", ".cr2", ".cr3", ".arw", ".orf", ".rw2", ".raf"}
)
_HEIF = frozenset({".heic", ".heif"})
EDGES = (512, 2048)
_PREVIEW_EDGE = 16
_WRONG = (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError)


def kind_of(path: Path) -> str | None:
    """Photo, video, or neither, by the ending of its name: a vault keeps any bytes."""
    ending = path.suffix.lower()
    return "photo" if ending in PHOTOS else "video" if ending in VIDEOS else None


def photos_below(paths: list[Path]) -> Iterator[Path]:
    """All photos and videos in these files and folders, by name."""
    for path in paths:
        if path.is_dir():
            yield from (each for each in sorted(path.rglob("*")) if each.is_file() and kind_of(each) and _is_seen(each))
        else:
            yield path


def _is_seen(path: Path) -> bool:
    return not any(part.startswith(".") for part in path.parts)


def look(path: Path) -> Portrait:
    """What can be seen; nothing where this device cannot open it."""
    if kind_of(path) != "photo":
        return Portrait()
    try:
        if path.suffix.lower() in _HEIF:
            _read_heif()
        with Image.open(path) as image:
            fields = _facts(image)
            upright = ImageOps.exif_transpose(image.convert("RGB"))
            thumbnails = tuple(
                _thumbnail(upright, edge) for edge in EDGES if edge == EDGES[0] or max(upright.size) > edge
            )
            return Portrait({**fields, "preview": _preview(upright)}, thumbnails)
    except _WRONG:
        return Portrait()


@cache
def _read_heif() -> None:
    import pi_heif  # noqa: PLC0415 - a large library that most photos do not need

    pi_heif.register_heif_opener(thumbnails=False)


def _thumbnail(image: Image.Image, edge: int) -> Plain:
    small = image.copy()
    small.thumbnail((edge, edge))
    content = io.BytesIO()
    small.save(content, "JPEG", quality=82)
    return Plain(content, "thumbnail", f"{edge}.jpg", small.size)


def _preview(image: Image.Image) -> str:
    small = image.copy()
    small.thumbnail((_PREVIEW_EDGE, _PREVIEW_EDGE))
    content = io.BytesIO()
    small.save(content, "WEBP", quality=30)
    return base64.b64encode(content.getvalue()).decode()


def _facts(image: Image.Image) -> dict[str, Any]:
    exif = image.getexif()
    details = exif.get_ifd(IFD.Exif)
    taken = str(details.get(Base.DateTimeOriginal) or exif.get(Base.DateTime) or "")
    offset = str(details.get(Base.OffsetTimeOriginal) or "")
    found: dict[str, Any] = {"pixelSize": list(image.size)}
    if match := re.fullmatch(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)", taken):
        found["takenAt"] = f"{match[1]}-{match[2]}-{match[3]}T{match[4]}{offset}"
    gps = exif.get_ifd(IFD.GPSInfo)
    latitude = _degrees(gps.get(GPS.GPSLatitude), gps.get(GPS.GPSLatitudeRef) == "S")
    longitude = _degrees(gps.get(GPS.GPSLongitude), gps.get(GPS.GPSLongitudeRef) == "W")
    if latitude is not None and longitude is not None:
        found["place"] = {"latitude": latitude, "longitude": longitude}
    return found


def _degrees(parts: Any, is_negative: bool) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    value = sum(float(part) / 60**power for power, part in enumerate(parts))
    return None if math.isnan(value) else round(-value if is_negative else value, 6)
