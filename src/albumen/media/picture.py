"""A picture in memory: upright, sRGB, 8 bit; and the ways to bring one there."""

from dataclasses import dataclass
from typing import Any, Final

import pyvips

pyvips.cache_set_max(0)

DAMAGED: Final = "The file is damaged: only part of the picture could be decoded."
UNREADABLE: Final = "The picture could not be decoded: the file is damaged."
NOTHING: Final = 0.5


@dataclass(frozen=True)
class Picture:
    """A decoded picture of 3 or 4 bands.  `width` and `height` are the full size of the original as seen."""

    image: Any
    width: int
    height: int
    damage: str = ""


def shows_something(image: Any) -> bool:
    """Whether more was decoded than the flat colour, or the few stray blocks, that stand for lost data."""
    return bool(max(band.deviate() for band in image.bandsplit()) > NOTHING)


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
