"""JPEG: the segments that its picture needs, up to its end.

What stands behind that end goes: the films of motion photos, further pictures.
"""

import re
from typing import BinaryIO, Final

from albumen.kernel.pieces import Pieces
from albumen.media import containers
from albumen.media.stripping import minimal
from albumen.media.stripping.assembly import Assembly, Refused

_END: Final = 0xD9
_SCAN: Final = 0xDA
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_NEEDED: Final = frozenset(range(0xC0, 0xE0)) - {0xC8} - frozenset(range(0xD0, 0xDA))
"""Frames, tables and scans; no words, and nothing of any one program."""
_ANY: Final = re.compile(rb"\xff[^\x00\xff]")
_AFTER_SCAN: Final = re.compile(rb"\xff(?<!\xff\xff)\xff*+[^\x00\xd0-\xd7]")
"""Several 0xFF before a zero are data; each run of them is looked at once."""
_DATA: Final = b"\xff\0"
"""A byte 0xFF of a scan.  There is one in a hundred bytes, which are gone through faster without them."""
_JFIF_BYTES: Final = 14
_NEAR_BYTES: Final = 1 << 12
_BLOCK_BYTES: Final = 1 << 20


def strip(file: BinaryIO) -> Pieces:
    """The pieces.  Raises Refused."""
    return _Walk(file).run()


class _Walk:
    """One pass over a JPEG as decoders make it: what is between segments, or where none can be, is passed over."""

    def __init__(self, file: BinaryIO) -> None:
        self._exif = minimal.exif(containers.jpeg(file).exif)
        self._file, self._size = file, file.seek(0, 2)
        self._made = Assembly()
        self._has_told = self._has_scan = False

    def run(self) -> Pieces:
        """Walk to the end of the picture, or of the file."""
        self._made.keep(0, 2)
        at = 2
        for _ in range(containers.MAX_PARTS):
            at = self._found(at, _ANY)
            marker = self._read(at, 2)[1:]
            if not marker or marker[0] == _END:
                return self._ended(at)
            at = at + 2 if marker[0] in _ALONE else self._segment(at, marker[0])
        raise Refused("it has too many segments")

    def _ended(self, at: int) -> Pieces:
        if not self._has_scan:
            raise Refused("it has no picture")
        self._made.keep(at, min(at + 2, self._size))
        return self._made.pieces()

    def _segment(self, at: int, marker: int) -> int:
        """Take over a segment, or not; where it ends."""
        size = int.from_bytes(self._read(at + 2, 2), "big")
        end = at + 2 + size
        if marker == 0xD8 or size < 2 or end > self._size:
            raise Refused("its segments make no sense")
        if marker == 0xE0:
            self._application(at)
            return end
        if not self._has_told:
            self._tell()
        if marker in _NEEDED or self._is_kept(marker, self._read(at + 4, min(size - 2, 16))):
            self._made.keep(at, end)
        if marker == _SCAN:
            self._has_scan = True
            start, end = end, self._found(end, _AFTER_SCAN)
            self._made.keep(start, end)
        return end

    def _application(self, at: int) -> None:
        """The first words of all: without the thumbnail that may be in them."""
        data = self._read(at + 4, _JFIF_BYTES)
        if len(data) == _JFIF_BYTES and data.startswith(b"JFIF\0"):
            self._made.put(b"\xff\xe0\0\x10" + data[:12] + b"\0\0")

    @staticmethod
    def _is_kept(marker: int, data: bytes) -> bool:
        is_profile = marker == 0xE2 and data.startswith(b"ICC_PROFILE\0")
        return is_profile or (marker == 0xEE and data.startswith(b"Adobe"))

    def _tell(self) -> None:
        self._has_told = True
        if self._exif:
            size = 2 + 6 + len(self._exif)
            self._made.put(b"\xff\xe1" + size.to_bytes(2, "big") + b"Exif\0\0" + self._exif)

    def _found(self, at: int, form: re.Pattern[bytes]) -> int:
        """Where a marker stands at or behind `at`; the end of the file where there is none."""
        block = self._read(at, _NEAR_BYTES)
        while len(block) > 1:
            if found := form.search(block.replace(_DATA, b"\0\0")):
                return at + found.start()
            at += len(block) - 1
            block = self._read(at, _BLOCK_BYTES)
        return self._size

    def _read(self, at: int, count: int) -> bytes:
        self._file.seek(at)
        return self._file.read(count)
