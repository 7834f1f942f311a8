"""Stills that libvips from a wheel does not read: HEIC by libheif, BMP and what is left by Pillow."""

import os
import warnings
from typing import Any, BinaryIO, Final, NoReturn

import numpy as np
import pyvips

from albumen.kernel.errors import Invalid, Problem, TooLarge
from albumen.media.limits import Limits
from albumen.media.picture import DAMAGED, UNREADABLE, Picture, finish, shows_something, upright_size

PILLOW_FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "jpeg": ("JPEG", "MPO"),
    "png": ("PNG",),
    "webp": ("WEBP",),
    "gif": ("GIF",),
    "tiff": ("TIFF",),
    "avif": ("AVIF",),
    "bmp": ("BMP", "DIB"),
}


def load(file: int, kind: str, longest: int | None, limits: Limits) -> Picture:
    """Decode a still of one of these kinds.  Raises `Invalid` and `TooLarge`."""
    with os.fdopen(os.dup(file), "rb") as stream:
        stream.seek(0)
        try:
            if kind == "heic":
                return _heif(stream, longest, limits)
            return _pillow(stream, PILLOW_FORMATS[kind], longest, limits)
        except (Problem, MemoryError):
            raise
        except Exception as error:  # these decoders raise whatever their parsers meet
            _refuse(error)


def _refuse(error: Exception) -> NoReturn:
    if "security limit" in str(error).lower():
        raise TooLarge("The picture is larger than its decoder admits.") from error
    raise Invalid(UNREADABLE) from error


def _heif(stream: BinaryIO, longest: int | None, limits: Limits) -> Picture:
    import pi_heif  # noqa: PLC0415  (a large library that most files never need)

    pi_heif.options.DECODE_THREADS = 1
    heif = pi_heif.open_heif(stream)
    (width, height), bands = heif.size, len(heif.mode)
    limits.admit(width, height, len(heif))
    body = heif.data
    # `heif` owns the memory that is read here, so it must live until the picture is finished.
    stored = pyvips.Image.new_from_memory(body, heif.stride // bands, height, bands, "uchar")
    image = _tagged(stored.crop(0, 0, width, height), heif.info.get("icc_profile"))
    return Picture(finish(image, longest), width, height)


def _pillow(stream: BinaryIO, formats: tuple[str, ...], longest: int | None, limits: Limits) -> Picture:
    from PIL import Image  # noqa: PLC0415  (a library that most files never need)

    Image.MAX_IMAGE_PIXELS = None  # the header is compared with our own limits
    with warnings.catch_warnings(action="ignore"), Image.open(stream, "r", formats) as picture:
        limits.admit(*picture.size)
        damage = _read(picture)
        mode = "RGBA" if picture.has_transparency_data else "RGB"
        profile = picture.info.get("icc_profile") if picture.mode in ("RGB", "RGBA") else None
        pixels = np.asarray(_whole(picture).convert(mode))
        image = _tagged(pyvips.Image.new_from_array(pixels), profile)
        image = _turned(image, picture.getexif().get(0x0112))
        finished = finish(image, longest)
        if damage and not shows_something(finished):
            raise Invalid(UNREADABLE)
        return Picture(finished, *upright_size(image), damage)


def _read(picture: Any) -> str:
    """Decode the pixels, as far as they go; what is wrong is returned."""
    from PIL import ImageFile  # noqa: PLC0415  (a library that most files never need)

    try:
        picture.load()
    except OSError:
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            picture.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        return DAMAGED
    return ""


def _whole(picture: Any) -> Any:
    """16-bit grey reduced to 8 bit: Pillow's own conversion clips it to white."""
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value / 256).convert("L")
    return picture


def _tagged(image: Any, profile: bytes | None) -> Any:
    image = image.copy(interpretation="srgb" if image.bands > 2 else "b-w")
    if profile:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image


def _turned(image: Any, orientation: Any) -> Any:
    if orientation in range(2, 9):
        image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    return image
