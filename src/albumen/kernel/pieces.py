"""A body made of pieces of another: ranges of it, zeros, and a few bytes of its own in between."""

from collections.abc import Iterable, Iterator

Piece = tuple[int, int] | int | bytes
"""The bytes [start, end) of the other, so many zeros, or these bytes."""
Pieces = tuple[Piece, ...]


def length(piece: Piece) -> int:
    """How many bytes it stands for."""
    if isinstance(piece, tuple):
        return piece[1] - piece[0]
    return piece if isinstance(piece, int) else len(piece)


def size_of(pieces: Iterable[Piece]) -> int:
    """How many bytes they stand for together."""
    return sum(map(length, pieces))


def within(pieces: Iterable[Piece], start: int, end: int) -> Iterator[Piece]:
    """What stands for the bytes [start, end) of the body."""
    at = 0
    for piece in pieces:
        size = length(piece)
        first, last = max(start - at, 0), min(end - at, size)
        if first < last:
            yield _part(piece, first, last)
        at += size
        if at >= end:
            return


def _part(piece: Piece, first: int, last: int) -> Piece:
    if isinstance(piece, tuple):
        return piece[0] + first, piece[0] + last
    return last - first if isinstance(piece, int) else piece[first:last]
