"""An object in a bucket as a file: a window of it at a time."""

import io
import os
from collections.abc import Callable

from albumen.blobs.sheets import STEP_BYTES, Sheet


class Windowed(io.RawIOBase):
    """Reads by `fetch`, which gives the bytes [start, end) of what `sheet` describes; the first window at once."""

    def __init__(self, sheet: Sheet, fetch: Callable[[int, int], bytes]) -> None:
        self._sheet, self._fetch = sheet, fetch
        self._at = self._start = 0
        self._data = b""
        self._fill(STEP_BYTES)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go there; nothing is fetched."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._sheet.size_bytes}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Where it is."""
        return self._at

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # what BufferedReader gives
        """What is left of the window, or of the next."""
        wanted = len(buffer)
        if not self._start <= self._at < self._start + len(self._data):
            self._fill(wanted)
        given = self._data[self._at - self._start :][:wanted]
        buffer[: len(given)] = given
        self._at += len(given)
        return len(given)

    def _fill(self, wanted: int) -> None:
        """Have the window in which the position lies."""
        end = min(self._at + max(wanted, STEP_BYTES), self._sheet.size_bytes)
        first, last = next(self._sheet.windows(self._at, end), (self._at, self._at))
        self._start = first
        self._data = self._fetch(first, last) if last > first else b""
