"""QR codes in photos: what a guarded child does with a picture that may show a card."""

from typing import Any, Final

import zxingcpp

from albumen.media.develop import decode
from albumen.media.finders import shows_corners
from albumen.media.limits import Limits
from albumen.media.wire import Codes

LOOKED_AT: Final = 2400
"""The longer side that every picture is looked at in, in pixels: a card of 9 % of its width can be read."""
LOOKED_AT_AGAIN: Final = 4800
"""The longer side for a second look at a picture that shows a code too small or too blurred to be read."""
MOST: Final = 8
LONGEST: Final = 600
_QR: Final = zxingcpp.barcode_formats_from_str("QRCode")


def codes(file: int, kind: str, limits: Limits) -> Codes:
    """The QR codes that a still shows, and whether one is seen that cannot be read.

    `kind` is a name of `kinds.KINDS`.  Raises `Unsupported`, `Invalid`, `TooLarge`.
    """
    picture = decode(file, kind, LOOKED_AT, limits)
    grey = _grey(picture.image)
    found = _read(grey)
    if found.is_unread and not found.texts and max(picture.width, picture.height) > LOOKED_AT:
        return Codes(_read(_grey(decode(file, kind, LOOKED_AT_AGAIN, limits).image)).texts, is_unread=True)
    return found if found.texts or found.is_unread else Codes(is_unread=shows_corners(grey))


def _grey(image: Any) -> Any:
    flat = image.flatten(background=255) if image.hasalpha() else image
    return flat.colourspace("b-w").copy_memory()


def _read(grey: Any) -> Codes:
    seen = zxingcpp.read_barcodes(grey.numpy(), formats=_QR, return_errors=True)
    texts = dict.fromkeys(code.text for code in seen if code.valid and len(code.text) <= LONGEST)
    return Codes(tuple(texts)[:MOST], is_unread=any(not code.valid for code in seen))
