"""Stills of the kinds that libvips reads become a picture, decoded no larger than asked for."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pyvips

from albumen.media.limits import Limits
from albumen.media.picture import DAMAGED, Picture, finish, shows_something, upright_size

_LOADERS: Final[dict[str, str]] = {
    "jpeg": "jpegload_source",
    "png": "pngload_source",
    "webp": "webpload_source",
    "gif": "gifload_source",
    "tiff": "tiffload_source",
    "avif": "heifload_source",
}


def load(file: int, kind: str, longest: int | None, limits: Limits) -> Picture:
    """Decode a still to at least `longest` pixels where it has them.  Raises `Invalid` and `TooLarge`."""
    limits.admit_size(os.fstat(file).st_size)
    picture = _forgive(lambda fail_on: _vips(file, kind, longest, limits, fail_on)) if kind in _LOADERS else None
    if picture:
        return picture
    from albumen.media import stills  # noqa: PLC0415  (most children never need it)

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
