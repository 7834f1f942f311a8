"""Aspect ratios as one small number each, and a style rule for every number.

The pages' policy admits no style attributes, so that a photo names its ratio by a class.  The steps are 1.4 %.
"""

import math

STEPS = 48
NARROWEST, WIDEST = -STEPS * 3 // 2, STEPS * 5 // 2


def step(width: int, height: int) -> int:
    """The number of the ratio width / height: 0 is square, 48 more is twice as wide; the extremes are cut."""
    if width <= 0 or height <= 0:
        return 0
    return min(WIDEST, max(NARROWEST, round(STEPS * math.log2(width / height))))


def ratio(number: int) -> float:
    """The ratio that a number stands for."""
    return float(2 ** (number / STEPS))


def name(number: int) -> str:
    """The class that has this ratio: `r24`, and `r-24` for tall ones."""
    return f"r{number}"


def stylesheet() -> str:
    """A rule for each ratio, which sets `--r`."""
    return "".join(f".{name(each)}{{--r:{ratio(each):.4g}}}\n" for each in range(NARROWEST, WIDEST + 1))
