"""Putting a body together from pieces of an original, with a bound on how many there may be."""

from collections.abc import Iterable
from typing import Final

from albumen.kernel.pieces import Piece, Pieces

MOST_PIECES: Final = 100_000
MOST_OWN_BYTES: Final = 1 << 20

Edit = tuple[int, int, bytes]
"""The bytes [start, end) of an original become these, and zeros up to the same length."""


class Refused(Exception):
    """This file cannot be stripped so that nothing is lost or left."""


class Assembly:
    """Pieces in order; neighbours become one."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self._own_bytes = 0

    def keep(self, start: int, end: int) -> None:
        """Take over the bytes [start, end) of the original."""
        if end <= start:
            return
        last = self._last()
        if isinstance(last, tuple) and last[1] == start:
            self._pieces[-1] = (last[0], end)
        else:
            self._add((start, end))

    def put(self, own: bytes) -> None:
        """Append bytes."""
        self._own_bytes += len(own)
        if self._own_bytes > MOST_OWN_BYTES:
            raise Refused("too much would have to be written anew")
        last = self._last()
        if isinstance(last, bytes):
            self._pieces[-1] = last + own
        elif own:
            self._add(own)

    def blank(self, count: int) -> None:
        """Append zeros."""
        last = self._last()
        if isinstance(last, int):
            self._pieces[-1] = last + count
        elif count > 0:
            self._add(count)

    def pieces(self) -> Pieces:
        """What was put together."""
        return tuple(self._pieces)

    def _last(self) -> Piece | None:
        return self._pieces[-1] if self._pieces else None

    def _add(self, piece: Piece) -> None:
        if len(self._pieces) >= MOST_PIECES:
            raise Refused("it would fall into too many pieces")
        self._pieces.append(piece)


def edited(size_bytes: int, edits: Iterable[Edit]) -> Pieces:
    """The original with some ranges replaced in place.  Raises Refused where they overlap or lie outside."""
    made, at = Assembly(), 0
    for start, end, own in sorted(edits):
        if start < at or end < start + len(own) or end > size_bytes:
            raise Refused("what is to be removed lies in what is to be kept")
        made.keep(at, start)
        made.put(own)
        made.blank(end - start - len(own))
        at = end
    made.keep(at, size_bytes)
    return made.pieces()
