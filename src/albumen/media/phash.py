"""A perceptual hash: 64 bits that stay nearly the same when a photo is resized, recompressed or brightened."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

SIDE: Final = 32
KEPT: Final = 8
LUMA: Final = np.array([0.299, 0.587, 0.114])


def _cosines() -> npt.NDArray[np.float64]:
    """The DCT-II as a matrix, of which the hash needs the lowest frequencies only."""
    frequency, place = np.mgrid[:KEPT, :SIDE]
    return np.asarray(np.cos(np.pi * frequency * (2 * place + 1) / (2 * SIDE)))


_COSINES: Final = _cosines()


def phash(pixels: npt.NDArray[Any]) -> int:
    """The hash of a picture already reduced to 32×32 RGB, as a signed 64-bit number, highest bit first.

    Two pictures are near duplicates when at most about 10 bits differ.
    """
    grey = pixels[..., :3].astype(np.float64) @ LUMA
    low = _COSINES @ grey @ _COSINES.T
    bits = np.packbits((low > np.median(low)).ravel())
    return int.from_bytes(bits.tobytes(), "big", signed=True)
