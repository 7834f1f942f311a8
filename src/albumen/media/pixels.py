"""A digest of decoded pixels: the same for copies of a photo that differ in what is written beside the picture only."""

import hashlib
from typing import Any, Final

KEPT_BYTES: Final = 16
_FORM: Final = b"albumen pixels 1"
"""Changes whenever the same file would come to other pixels, so that old digests match nothing."""


def pixel_hash(picture: Any, size: tuple[int, int]) -> bytes:
    """The digest of a decoded picture, upright and in sRGB, of an original of this size (as seen)."""
    shape = (*size, picture.width, picture.height, picture.bands)
    digest = hashlib.sha256(_FORM + b"".join(number.to_bytes(4, "big") for number in shape))
    digest.update(picture.write_to_memory())
    return digest.digest()[:KEPT_BYTES]
