"""The CRC-32 of a body made of pieces, from that of the original and what was left out or moved: the rest is not read.

A CRC is linear: without its inversions at both ends, that of A followed by B is that of A, moved by the length of B,
plus that of B.  So what was kept at one distance is known as soon as all the rest of the original is.
"""

import zlib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO, Final

from albumen.kernel.pieces import Piece, Pieces, length, size_of

_ONES: Final = 0xFFFFFFFF
_POLYNOMIAL: Final = 0xEDB88320
_ORDER: Final = _ONES
"""After so many steps a register is what it was, so going back is going on."""
_BLOCK_BYTES: Final = 1 << 20

Place = tuple[Piece, int]
"""A piece, and how many bytes of the body stand behind it."""


def crc32(file: BinaryIO, original_crc32: int, pieces: Pieces) -> int:
    """The CRC-32 of what the pieces of an open original stand for."""
    size_bytes = file.seek(0, 2)
    places = list(_placed(pieces))
    whole = size_of(pieces)
    distance = _most_kept(places, size_bytes)
    register, at = 0, 0
    for piece, behind in places:
        if not isinstance(piece, tuple):
            register ^= _moved(_register(piece), behind) if isinstance(piece, bytes) else 0
        elif size_bytes - piece[1] - behind != distance:
            register ^= _moved(_read(file, *piece), behind)
    kept = original_crc32 ^ _ONES ^ _moved(_ONES, size_bytes)
    for start, end in [*_at_distance(places, size_bytes, distance), (size_bytes, size_bytes)]:
        kept ^= _moved(_read(file, at, start), size_bytes - start)
        at = end
    return register ^ _moved(kept, -distance) ^ _moved(_ONES, whole) ^ _ONES


def _placed(pieces: Pieces) -> Iterator[Place]:
    behind = size_of(pieces)
    for piece in pieces:
        behind -= length(piece)
        yield piece, behind


def _most_kept(places: list[Place], size_bytes: int) -> int:
    """By how many bytes most of what is kept has come nearer to the end."""
    kept: Counter[int] = Counter()
    for piece, behind in places:
        if isinstance(piece, tuple):
            kept[size_bytes - piece[1] - behind] += length(piece)
    return max(kept, key=lambda each: kept[each], default=0)


def _at_distance(places: list[Place], size_bytes: int, distance: int) -> list[tuple[int, int]]:
    ranges = [(piece, behind) for piece, behind in places if isinstance(piece, tuple)]
    return [piece for piece, behind in ranges if size_bytes - piece[1] - behind == distance]


def _read(file: BinaryIO, start: int, end: int) -> int:
    register = 0
    file.seek(start)
    while start < end and (block := file.read(min(_BLOCK_BYTES, end - start))):
        register = _register(block, register)
        start += len(block)
    return register


def _register(block: bytes, register: int = 0) -> int:
    return zlib.crc32(block, register ^ _ONES) ^ _ONES


def _moved(register: int, count: int) -> int:
    """The register after `count` zero bytes, or before them where it is negative."""
    return _times(register, _power(8 * count % _ORDER)) if register and count else register


@lru_cache(1024)
def _power(exponent: int) -> int:
    """The register that stands for x to some power."""
    power, base = 1 << 31, 1 << 30
    while exponent:
        if exponent & 1:
            power = _times(power, base)
        base = _times(base, base)
        exponent >>= 1
    return power


def _times(one: int, other: int) -> int:
    product, bit = 0, 1 << 31
    while bit:
        if one & bit:
            product ^= other
        other = other >> 1 ^ (_POLYNOMIAL if other & 1 else 0)
        bit >>= 1
    return product
