"""ThumbHash: about 25 bytes that a browser turns into a blurred placeholder.

A port of the reference encoder by Evan Wallace (MIT): the average colour and the lowest cosine terms of
luminance, yellow–blue, red–green and alpha, each in a few bits.  The bytes are those of the reference, unless a
term falls exactly between two steps (flat or symmetrical drawings), where the order of the sums decides.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

type Plane = npt.NDArray[np.float64]

LONGEST: Final = 100


class Terms(NamedTuple):
    """One channel: its mean, its other terms scaled into 0…1, and that scale."""

    mean: float
    others: list[float]
    scale: float


def thumbhash(pixels: npt.NDArray[Any]) -> bytes:
    """The hash of a picture given as 8-bit RGB or straight RGBA of at most 100 pixels a side."""
    height, width = pixels.shape[:2]
    if max(height, width) > LONGEST:
        raise ValueError(f"{width}×{height} does not fit in {LONGEST}×{LONGEST}")
    l, p, q, alpha, has_alpha = _channels(pixels)  # noqa: E741  (the names of the reference)
    most = 5 if has_alpha else 7
    lx, ly = (max(1, _round(most * side / max(width, height))) for side in (width, height))
    channels = [_encode(l, max(3, lx), max(3, ly)), _encode(p, 3, 3), _encode(q, 3, 3)]
    if has_alpha:
        channels.append(_encode(alpha, 5, 5))
    shorter = ly if width > height else lx
    head = _head(channels, shorter, landscape=width > height)
    return head + _nibbles([term for channel in channels for term in channel.others])


def _channels(pixels: npt.NDArray[Any]) -> tuple[Plane, Plane, Plane, Plane, bool]:
    """Luminance, yellow–blue, red–green and alpha, laid over the average colour."""
    straight = pixels.astype(np.float64)
    alpha = straight[..., 3:] / 255 if pixels.shape[2] == 4 else np.ones((*pixels.shape[:2], 1))
    seen = alpha / 255 * straight[..., :3]
    opaque = float(alpha.sum())
    average = seen.sum(axis=(0, 1)) / opaque if opaque else np.zeros(3)
    r, g, b = np.moveaxis(average * (1 - alpha) + seen, 2, 0)
    return (r + g + b) / 3, (r + g) / 2 - b, r - g, alpha[..., 0], opaque < alpha.size


def _encode(channel: Plane, nx: int, ny: int) -> Terms:
    height, width = channel.shape
    table = _cosines(ny, height) @ channel @ _cosines(nx, width).T / (width * height)
    terms = [float(table[cy, cx]) for cy in range(ny) for cx in range(nx) if cx * ny < nx * (ny - cy)]
    mean, others = terms[0], terms[1:]
    scale = max(map(abs, others))
    return Terms(mean, [0.5 + 0.5 / scale * term for term in others] if scale else others, scale)


def _cosines(count: int, length: int) -> Plane:
    return np.cos(np.pi / length * np.arange(count)[:, None] * (np.arange(length) + 0.5))


def _head(channels: list[Terms], shorter: int, *, landscape: bool) -> bytes:
    l, p, q = channels[:3]  # noqa: E741  (the names of the reference)
    has_alpha = len(channels) == 4
    colour = _round(63 * l.mean) | _round(31.5 + 31.5 * p.mean) << 6 | _round(31.5 + 31.5 * q.mean) << 12
    colour |= _round(31 * l.scale) << 18 | has_alpha << 23
    shape = shorter | _round(63 * p.scale) << 3 | _round(63 * q.scale) << 9 | landscape << 15
    head = colour.to_bytes(3, "little") + shape.to_bytes(2, "little")
    if not has_alpha:
        return head
    return head + bytes([_round(15 * channels[3].mean) | _round(15 * channels[3].scale) << 4])


def _nibbles(terms: list[float]) -> bytes:
    values = [_round(15 * term) for term in terms] + [0]
    return bytes(low | high << 4 for low, high in zip(values[0::2], values[1::2], strict=False))


def _round(value: float) -> int:
    return math.floor(value + 0.5)
