"""Boxes in an open file, strictly: where one makes no sense, so does the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from albumen.media.stripping.assembly import Edit, Refused

MOST_BOXES: Final = 4000
PADDING: Final = frozenset({b"free", b"skip", b"wide"})


@dataclass(frozen=True, slots=True)
class Atom:
    """A box: its letters, where it begins, where its content begins, and where it ends."""

    kind: bytes
    at: int
    start: int
    end: int


def top(file: BinaryIO) -> Iterator[Atom]:
    """The boxes of a file.  The last may be cut off if it is data; what follows and is none is passed over."""
    size, at = file.seek(0, 2), 0
    for _ in range(MOST_BOXES):
        found = _atom(file, at, size)
        if found is None:
            return
        if found.end > size:
            if found.kind == b"mdat":
                yield Atom(found.kind, found.at, found.start, size)
            return
        yield found
        at = found.end
    raise Refused("it has too many boxes")


def inside(file: BinaryIO, start: int, end: int) -> Iterator[Atom]:
    """The boxes within a box; a few bytes too short for one may stand last, or zeros as QuickTime ends a list."""
    at = start
    for _ in range(MOST_BOXES):
        found = _atom(file, at, end)
        if found is None:
            return
        if found.end > end:
            raise Refused("one of its boxes is longer than what holds it")
        yield found
        at = found.end
    raise Refused("it has too many boxes")


def _atom(file: BinaryIO, at: int, limit: int) -> Atom | None:
    file.seek(at)
    head = file.read(min(16, limit - at)) if at < limit else b""
    if len(head) < 8 or not any(head[:8]):
        return None
    length, begin = int.from_bytes(head[:4], "big"), 8
    if length == 1 and len(head) == 16:
        length, begin = int.from_bytes(head[8:16], "big"), 16
    elif length == 0:
        length = limit - at
    if length < begin:
        raise Refused("one of its boxes is shorter than its head")
    return Atom(head[4:8], at, at + begin, at + length)


def erased(atom: Atom) -> list[Edit]:
    """The box as padding of the same length, so that nothing behind it moves."""
    return [(atom.at + 4, atom.at + 8, b"free"), (atom.start, atom.end, b"")]


def unnamed(atom: Atom) -> list[Edit]:
    """A box that says who handles a track, without the maker and the name of what wrote it."""
    return [(atom.start + 12, atom.end, b"")] if atom.end > atom.start + 12 else []


def content(file: BinaryIO, atom: Atom, most_bytes: int) -> bytes:
    """What is in a box.  Raises Refused where that is more."""
    if atom.end - atom.start > most_bytes:
        raise Refused("one of its boxes is too long")
    file.seek(atom.start)
    return file.read(atom.end - atom.start)
