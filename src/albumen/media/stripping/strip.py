"""Which kinds can be stripped, and how."""

import struct
from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from albumen.kernel.errors import Invalid
from albumen.kernel.pieces import Pieces
from albumen.media.stripping import chunks, films, gif, heif, jpeg, matroska, tiff
from albumen.media.stripping.assembly import Refused

RECIPE: Final = 2
"""Goes up when the pieces of a file become others, so that all are made anew."""
_STRIPPERS: Final[Mapping[str, Callable[[BinaryIO], Pieces]]] = {
    "jpeg": jpeg.strip,
    "png": chunks.strip_png,
    "webp": chunks.strip_webp,
    "gif": gif.strip,
    "tiff": tiff.strip,
    "heic": heif.strip,
    "avif": heif.strip,
    **dict.fromkeys(("mp4", "m4v", "mov", "3gp"), films.strip),
    **dict.fromkeys(("webm", "mkv"), matroska.strip),
}
KINDS: Final = frozenset(_STRIPPERS)
_FAULTS: Final = (Refused, Invalid, ValueError, LookupError, ArithmeticError, struct.error, OSError, EOFError)


def strip(file: BinaryIO, kind: str) -> Pieces | None:
    """The pieces of an open original of a kind that stand for it without place, device and people.

    None where it cannot be stripped: the kind is none of `KINDS`, or the file is not as it should be.
    """
    if kind not in _STRIPPERS:
        return None
    try:
        return _STRIPPERS[kind](file)
    except _FAULTS:
        return None
