"""The shape of a picture in one byte: all that a grid has to know of it to be laid out."""

from math import log2

SQUARE = 128
STEPS = 48
"""How many steps double the width: one is 1.4 percent, which cropping to the cell hides."""


def byte(width: int, height: int) -> int:
    """The shape of so many pixels as 0 to 255, standing for width ÷ height = 2^((byte − 128) ÷ 48)."""
    if width < 1 or height < 1:
        return SQUARE
    return min(255, max(0, round(SQUARE + STEPS * log2(width / height))))
