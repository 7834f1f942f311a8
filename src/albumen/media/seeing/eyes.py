"""Looking at one picture, inside a guarded child: pixels are decoded once, and networks loaded when first needed."""

import os
from collections.abc import Iterable

import numpy as np

from albumen.kernel.errors import Invalid
from albumen.media.limits import Limits
from albumen.media.seeing.facts import FACES, OBJECTS, TEXT, Seen
from albumen.media.seeing.networks import Pixels

LONGEST = 1440
"""The longer side that is looked at, in pixels: that of the `lg` rendition."""


def look(file: int, wanted: Iterable[str], limits: Limits) -> Seen:
    """What is to be seen in a rendition, which is upright and in sRGB.  Raises `Invalid` and `TooLarge`."""
    pixels, asked = _pixels(file, limits), set(wanted)
    text = objects = faces = None
    if TEXT in asked:
        from albumen.media.seeing import text as reader  # noqa: PLC0415  (a network that is not always wanted)

        text = reader.read(pixels)
    if OBJECTS in asked:
        from albumen.media.seeing import objects as namer  # noqa: PLC0415  (a network that is not always wanted)

        objects = namer.name(pixels)
    if FACES in asked:
        from albumen.media.seeing import faces as finder  # noqa: PLC0415  (networks that are not always wanted)

        faces = finder.find(pixels)
    return Seen(text, objects, faces)


def _pixels(file: int, limits: Limits) -> Pixels:
    from PIL import Image  # noqa: PLC0415  (under the lock, like all decoders)

    with os.fdopen(os.dup(file), "rb") as stream:
        stream.seek(0)
        try:
            with Image.open(stream, "r", ("JPEG", "WEBP")) as picture:
                limits.admit(*picture.size)
                picture.thumbnail((LONGEST, LONGEST))
                return np.array(picture.convert("RGB"))
        except (OSError, SyntaxError, ValueError) as error:
            raise Invalid("The picture could not be read.") from error
