"""The corners of QR codes: squares in squares, found also where a code is cut off, dirty or out of focus."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from albumen.media.picture import fit

Grey = npt.NDArray[np.uint8]
Lines = npt.NDArray[np.float64]

_PARTS: Final = np.array([1, 1, 3, 1, 1])
"""What dark and light measure along any line through the middle of a corner."""
_UNITS: Final = 7
_LEAST_MODULE: Final = 1.4
_MOST_LINES: Final = 20_000
_BLOCK: Final = 20
_CONTRAST: Final = 8
_LEAST_DIFFERENCE: Final = 12
_INNER, _RING = 0.9, 2.3
"""How far from the middle it is dark, and light, however the corner is turned; in modules."""
LOOKED_AT: Final = 1600


@dataclass(frozen=True)
class Corner:
    """The middle and the size of a corner in a picture."""

    row: float
    column: float
    wide: float
    high: float


def shows_corners(image: Any) -> bool:
    """Whether two or more corners that belong together are seen: a QR code, or what is left of it.

    `image` is grey, of one band.
    """
    grey = fit(image, LOOKED_AT).numpy()
    dark = _dark(grey)
    across, down = _lines(dark), _lines(dark.T)[:, [1, 0, 2]]
    if not len(across) or not len(down) or len(across) > _MOST_LINES or len(down) > _MOST_LINES:
        return False
    return any(_belong_together(*pair) for pair in combinations(_corners(grey, across, down), 2))


def _dark(grey: Grey) -> npt.NDArray[np.bool_]:
    """What is clearly darker than the mean round it, block by block."""
    high, wide = grey.shape
    padded = np.pad(grey, ((0, -high % _BLOCK), (0, -wide % _BLOCK)), mode="edge")
    rows, columns = padded.shape[0] // _BLOCK, padded.shape[1] // _BLOCK
    means = padded.reshape(rows, _BLOCK, columns, _BLOCK).mean(axis=(1, 3))
    around = np.lib.stride_tricks.sliding_window_view(np.pad(means, 2, mode="edge"), (5, 5)).mean(axis=(2, 3))
    limit = (around - _CONTRAST).clip(0, 255).astype(np.uint8)
    return grey < limit.repeat(_BLOCK, axis=0).repeat(_BLOCK, axis=1)[:high, :wide]


def _lines(dark: npt.NDArray[np.bool_]) -> Lines:
    """Where rows run through corners: the middle (row, column) and the size of each such place."""
    high, wide = dark.shape
    flat = np.zeros((high, wide + 2), dtype=np.int8)
    flat[:, 1:-1] = dark
    flat[:, -1] = 2  # no run goes on in the next row
    ends = np.flatnonzero(np.diff(flat.ravel())) + 1
    runs = np.diff(ends)
    if len(runs) < len(_PARTS):
        return np.empty((0, 3))
    five = np.lib.stride_tricks.sliding_window_view(runs, len(_PARTS))
    starts = ends[: len(five)]
    sizes = five.sum(axis=1)
    module = sizes / _UNITS
    near = np.abs(five - module[:, None] * _PARTS) <= module[:, None] * np.array([0.6, 0.6, 1.1, 0.6, 0.6]) + 0.3
    row, column = np.divmod(starts, wide + 2)
    good = near.all(axis=1) & (module >= _LEAST_MODULE) & (flat.ravel()[starts] == 1) & (column + sizes <= wide + 1)
    found: Lines = np.stack((row, column - 1 + sizes / 2, sizes), axis=1)[good].astype(np.float64)
    return found


def _corners(grey: Grey, across: Lines, down: Lines) -> list[Corner]:
    """Where rows and columns run through one middle with about the same size, printed on paper, each place once."""
    found: list[Corner] = []
    for row, column, size in across:
        if any(abs(row - each.row) < each.wide and abs(column - each.column) < each.wide for each in found):
            continue
        off = np.abs(down[:, :2] - (row, column))
        near = down[(off < size * 0.25).all(axis=1) & (np.abs(down[:, 2] - size) < size * 0.4)]
        if len(near):
            corner = Corner(float(np.median(near[:, 0])), column, size, float(np.median(near[:, 2])))
            found += [corner] if _is_printed(grey, corner) else []
    return found


def _is_printed(grey: Grey, corner: Corner) -> bool:
    """Whether it is evenly dark in the middle and evenly light round that, as on paper."""
    inner, ring = _samples(grey, corner, _INNER), _samples(grey, corner, _RING)
    dark, light = float(np.median(inner)), float(np.median(ring))
    between = (dark + light) / 2
    if dark > light * 0.7 or light - dark < _LEAST_DIFFERENCE:
        return False
    return bool((inner < between).all() and (ring > between).mean() >= 0.85)


def _samples(grey: Grey, corner: Corner, radius: float) -> npt.NDArray[np.float64]:
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rows = np.rint(corner.row + np.sin(turns) * radius * corner.high / _UNITS).astype(int)
    columns = np.rint(corner.column + np.cos(turns) * radius * corner.wide / _UNITS).astype(int)
    inside: npt.NDArray[np.float64] = grey[rows.clip(0, len(grey) - 1), columns.clip(0, grey.shape[1] - 1)].astype(
        float
    )
    return inside


def _belong_together(one: Corner, other: Corner) -> bool:
    """Whether they are of about one size, and as far apart as in a code that a card has."""
    smaller, larger = sorted((one.wide + one.high, other.wide + other.high))
    apart = np.hypot(one.row - other.row, one.column - other.column) / (larger / 2)
    return bool(larger <= smaller * 1.5 and 1.5 <= apart <= 9)
