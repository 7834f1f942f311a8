"""Stills become a picture in memory: upright, sRGB, 8 bit, decoded no larger than asked for."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import pyvips

from albumen.media.limits import Limits

pyvips.cache_set_max(0)

DAMAGED: Final = "The file is damaged: only part of the picture could be decoded."
UNREADABLE: Final = "The picture could not be decoded: the file is damaged."

NOTHING: Final = 0.5

_LOADERS: Final[dict[str, str]] = {
    "jpeg": "jpegload_source",
    "png": "pngload_source",
    "webp": "webpload_source",
    "gif": "gifload_source",
    "tiff": "tiffload_source",
    "avif": "heifload_source",
}


@dataclass(frozen=True)
class Picture:
    """A decoded picture of 3 or 4 bands.  `width` and `height` are the full size of the original as seen."""

    image: Any
    width: int
    height: int
    damage: str = ""


def load(file: int, kind: str, longest: int | None, limits: Limits) -> Picture:
    """Decode a still to at least `longest` pixels where it has them.  Raises `Invalid` and `TooLarge`."""
    limits.admit_size(os.fstat(file).st_size)
    picture = _forgive(lambda fail_on: _vips(file, kind, longest, limits, fail_on)) if kind in _LOADERS else None
    if picture:
        return picture
    from albumen.media import stills  # noqa: PLC0415  (it builds on this module)

    return stills.load(file, kind, longest, limits)


def _forgive(decode: Callable[[str], Picture]) -> Picture | None:
    """Decode strictly; when that fails take what can be had, for a truncated photo is still a photo."""
    try:
        return decode("error")
    except pyvips.Error as error:
        _not_for_memory(error)
    with contextlib.suppress(pyvips.Error):
        picture = decode("none")
        if shows_something(picture.image):
            return replace(picture, damage=DAMAGED)
    return None


def shows_something(image: Any) -> bool:
    """Whether more was decoded than the flat colour, or the few stray blocks, that stand for lost data."""
    return bool(max(band.deviate() for band in image.bandsplit()) > NOTHING)


def _not_for_memory(error: pyvips.Error) -> None:
    if "out of memory" in str(error):
        raise MemoryError from error


def _vips(file: int, kind: str, longest: int | None, limits: Limits, fail_on: str) -> Picture:
    image = _open(file, kind, fail_on)
    frames = image.get("n-pages") if image.get_typeof("n-pages") else 1
    limits.admit(image.width, image.height, frames)
    width, height = upright_size(image)
    if kind == "jpeg" and (shrink := _shrink(image, longest)) > 1:
        image = _open(file, kind, fail_on, shrink=shrink)
    return Picture(finish(image, longest), width, height)


def _open(file: int, kind: str, fail_on: str, **options: int) -> Any:
    os.lseek(file, 0, os.SEEK_SET)
    source = pyvips.Source.new_from_descriptor(file)
    return pyvips.Operation.call(_LOADERS[kind], source, access="sequential", fail_on=fail_on, **options)


def _shrink(image: Any, longest: int | None) -> int:
    """How far the JPEG decoder itself may shrink, at nearly no loss, so that `longest` is still reached."""
    ratio = max(image.width, image.height) / longest if longest else 1
    return next((factor for factor in (8, 4, 2) if ratio >= factor), 1)


def upright_size(image: Any) -> tuple[int, int]:
    """Width and height once the orientation tag is applied."""
    turned = image.get_typeof("orientation") and image.get("orientation") in (5, 6, 7, 8)
    return (image.height, image.width) if turned else (image.width, image.height)


def finish(image: Any, longest: int | None) -> Any:
    """Reduce to `longest`, turn upright, convert to 8-bit sRGB and put it into memory."""
    side = longest or max(image.width, image.height)
    options = {"output_profile": "srgb"} if _needs_profile(image) else {}
    try:
        reduced = image.thumbnail_image(side, height=side, size="down", **options)
    except pyvips.Error:
        if not options:
            raise
        # The embedded profile does not fit the picture; the numbers alone are the better guess.
        image = image.copy()
        image.remove("icc-profile-data")
        reduced = image.thumbnail_image(side, height=side, size="down")
    return _plain(reduced).copy_memory()


def fit(image: Any, longest: int) -> Any:
    """Reduce a finished picture so that its longer side is at most `longest`; never enlarge."""
    if max(image.width, image.height) <= longest:
        return image
    return image.thumbnail_image(longest, height=longest, size="down").copy_memory()


def _plain(image: Any) -> Any:
    """Exactly three bands of sRGB, and alpha where it means something."""
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    if image.bands > 4:
        image = image.extract_band(0, n=4)
    return image if image.format == "uchar" else image.cast("uchar")


def _needs_profile(image: Any) -> bool:
    if image.interpretation == "cmyk":
        return True
    if not image.get_typeof("icc-profile-data"):
        return False
    return not is_srgb(image.get("icc-profile-data"))


def is_srgb(profile: bytes) -> bool:
    """Whether an ICC profile calls itself sRGB, so that converting would cost time and change nothing."""
    count = int.from_bytes(profile[128:132], "big")
    for place in range(132, 132 + 12 * min(count, 64), 12):
        if profile[place : place + 4] == b"desc":
            start, size = (int.from_bytes(profile[at : at + 4], "big") for at in (place + 4, place + 8))
            return b"sRGB" in profile[start : start + size].replace(b"\0", b"")
    return False
