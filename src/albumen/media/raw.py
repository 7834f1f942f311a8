"""RAW becomes a picture: from the preview that the camera embedded where it is large enough, else developed."""

import io
import os
from typing import Any, Final

import pyvips

from albumen.kernel.errors import Invalid, Problem
from albumen.media.limits import Limits
from albumen.media.picture import Picture, finish

UNREADABLE: Final = "The RAW photo could not be decoded."
TURNS: Final = {3: "d180", 5: "d270", 6: "d90"}


def load(file: int, longest: int | None, limits: Limits) -> Picture:
    """Decode a RAW photo to at least `longest` pixels, or in full.  Raises `Invalid` and `TooLarge`."""
    import rawpy  # noqa: PLC0415  (a large library that only raw files need)

    limits.admit_size(os.fstat(file).st_size)
    body = io.BytesIO(os.pread(file, limits.max_still_bytes, 0))
    try:
        with rawpy.imread(body) as raw:
            limits.admit(raw.sizes.raw_width, raw.sizes.raw_height)
            size = _upright(raw)
            image = (_preview(raw, longest, limits) if longest else None) or _demosaic(raw, longest)
            return Picture(finish(image, longest), *size)
    except (Problem, MemoryError):
        raise
    except (rawpy.LibRawError, pyvips.Error, ValueError, OSError) as error:
        raise Invalid(UNREADABLE) from error


def _upright(raw: Any) -> tuple[int, int]:
    width, height = raw.sizes.width, raw.sizes.height
    return (height, width) if raw.sizes.flip in (5, 6) else (width, height)


def _preview(raw: Any, longest: int, limits: Limits) -> Any:
    """The embedded JPEG, upright, or None when there is none of at least `longest` pixels."""
    import rawpy  # noqa: PLC0415  (a large library that only raw files need)

    try:
        thumb = raw.extract_thumb()
    except rawpy.LibRawError:
        return None
    if thumb.format != rawpy.ThumbFormat.JPEG:
        return None
    try:
        image = pyvips.Image.jpegload_buffer(thumb.data, fail_on="error")
        limits.admit(image.width, image.height)
        image = image.copy_memory() if _fits(image, raw, longest) else None
    except (pyvips.Error, Problem):
        return None
    return image and _turn(image, raw)


def _fits(image: Any, raw: Any, longest: int) -> bool:
    """Large enough, and not cut to another shape than the photo."""
    if max(image.width, image.height) < min(longest, max(raw.sizes.width, raw.sizes.height)):
        return False
    ratio = max(image.width, image.height) / min(image.width, image.height)
    wanted = max(raw.sizes.width, raw.sizes.height) / min(raw.sizes.width, raw.sizes.height)
    return bool(abs(ratio / wanted - 1) < 0.05)


def _turn(image: Any, raw: Any) -> Any:
    """Upright.  Some cameras store the preview turned already, and tags of previews are not to be trusted."""
    image.remove("orientation")
    turn = TURNS.get(raw.sizes.flip)
    lies = (image.width > image.height) == (raw.sizes.width > raw.sizes.height)
    return image.rot(turn) if turn and (turn == "d180" or lies) else image


def _demosaic(raw: Any, longest: int | None) -> Any:
    half = longest is not None and max(raw.sizes.width, raw.sizes.height) >= 2 * longest
    pixels = raw.postprocess(use_camera_wb=True, half_size=half, output_bps=8)
    return pyvips.Image.new_from_array(pixels, interpretation="srgb")
