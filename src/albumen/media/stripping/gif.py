"""GIF: its frames, how long they show and how often; no comments, and nothing of other programs."""

from typing import BinaryIO, Final

from albumen.kernel.pieces import Pieces
from albumen.media.gif import MAX_STEPS
from albumen.media.stripping.assembly import Assembly, Refused

_EXTENSION: Final = 0x21
_PICTURE: Final = 0x2C
_TRAILER: Final = 0x3B
_CONTROL: Final = 0xF9
_APPLICATION: Final = 0xFF
_APPLICATIONS: Final = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"})
"""How often it plays, and its colours."""


def strip(file: BinaryIO) -> Pieces:
    """The pieces.  Raises Refused."""
    return _Walk(file).run()


class _Walk:
    """One pass over the blocks."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, 2)
        self._made = Assembly()
        self._steps = self._frames = 0

    def run(self) -> Pieces:
        """Walk to the trailer, or as far as the file makes sense."""
        self._file.seek(10)
        at = 13 + _table_bytes(self._byte())
        self._made.keep(0, min(at, self._size))
        while at < self._size:
            self._file.seek(at)
            kind = self._byte()
            is_kept = self._block_of(kind)
            end = min(self._file.tell(), self._size)
            if is_kept:
                self._made.keep(at, end)
            at = self._size if kind == _TRAILER else end
        if not self._frames:
            raise Refused("it has no picture")
        return self._made.pieces()

    def _block_of(self, kind: int) -> bool:
        """Pass over a block; whether it is kept.  What begins none is passed over byte by byte."""
        if kind == _PICTURE:
            return self._picture()
        if kind == _EXTENSION:
            return self._extension()
        self._step()
        return kind == _TRAILER

    def _picture(self) -> bool:
        self._frames += 1
        self._file.seek(8, 1)
        self._file.seek(_table_bytes(self._byte()) + 1, 1)
        self._skip()
        return True

    def _extension(self) -> bool:
        label = self._byte()
        name = self._block() if label == _APPLICATION else b""
        self._skip()
        return label == _CONTROL or name in _APPLICATIONS

    def _skip(self) -> None:
        while self._block():
            pass

    def _block(self) -> bytes:
        self._step()
        return self._file.read(self._byte())

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise Refused("it has too many blocks")

    def _byte(self) -> int:
        return int.from_bytes(self._file.read(1), "big")


def _table_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
