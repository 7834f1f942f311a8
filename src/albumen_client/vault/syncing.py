"""A new file that is brought to the disk while it is written, so that little of it is left to wait for at the end."""

import errno
import fcntl
import io
import mmap
import os
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

ORDINARY_BYTES = 32 << 20
"""So much is written in the ordinary way; a file that is smaller is only waited for at its end."""
ORDINARY_STEP_BYTES = 512 << 10
"""How much of that is written at once.  Linux takes ten times as long for blocks of 2 MiB."""
STEP_BYTES = 4 << 20
"""What comes after that is brought to the disk in steps of this size, past the memory in which the system keeps files:
to have it there first costs more than to encrypt it."""
ROOMS = 3
"""So many steps are being filled or written."""
_STRAIGHT = getattr(os, "O_DIRECT", 0)
"""Where the system has no such thing, steps are written in the ordinary way, and then brought to the disk."""
_NO_FOLDERS = frozenset({errno.EINVAL, errno.ENOTSUP})
"""What shares say that bring files to their disk, but no folders."""


@contextmanager
def synced(path: Path) -> Iterator[BinaryIO]:
    """A file that is not there yet; it is on the disk when the block has ended well.  Raises OSError."""
    raw = _Syncing(path)
    with io.BufferedWriter(raw) as target:
        try:
            yield target
            target.flush()
        finally:
            raw.rest()
        os.fsync(raw.fileno())


def put_in_place(part: Path, to: Path) -> None:
    """Give a file that is on the disk its place, so that no power cut takes it away again.  Raises OSError."""
    part.replace(to)
    folder = os.open(to.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in _NO_FOLDERS:
            raise
    finally:
        os.close(folder)


class _Syncing(io.FileIO):
    """Has large files written by a thread, a step after the other."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "x")
        self._ordinary, self._straight = ORDINARY_BYTES, _STRAIGHT
        self._pool: ThreadPoolExecutor | None = None
        self._begun: deque[Future[None]] = deque()
        self._rooms: list[memoryview] = []
        self._filled = 0

    def write(self, content: "ReadableBuffer", /) -> int:
        """Write some of this; how much.  Raises what the writing of an earlier part raised."""
        part = memoryview(content)
        if self._ordinary:
            count = super().write(part[: min(self._ordinary, ORDINARY_STEP_BYTES)])
            self._ordinary -= count
            return count
        part = part[: STEP_BYTES - self._filled]
        self._room()[self._filled : self._filled + len(part)] = part
        self._filled += len(part)
        if self._filled == STEP_BYTES:
            self._hand_over()
        return len(part)

    def _room(self) -> memoryview:
        """Where the next step is put together: memory of its own pages, as writing straight to the disk wants it."""
        if not self._rooms:
            self._rooms = [memoryview(mmap.mmap(-1, STEP_BYTES)) for _ in range(ROOMS)]
            self._pool = ThreadPoolExecutor(1)
            self._set_straight(self._straight)
        return self._rooms[0]

    def _hand_over(self) -> None:
        """Begin to write what was put together, and wait until the next room is free."""
        assert self._pool
        self._begun.append(self._pool.submit(self._bring, self._rooms[0]))
        self._rooms.append(self._rooms.pop(0))
        self._filled = 0
        if len(self._begun) == ROOMS:
            self._begun.popleft().result()

    def _bring(self, step: memoryview) -> None:
        """To the disk with it."""
        while step:
            try:
                step = step[os.write(self.fileno(), step) :]
            except OSError:
                if not self._straight:
                    raise
                # Some file systems take the wish and then no bytes; what else is wrong shows at the second attempt.
                self._set_straight(0)
            if len(step) % mmap.PAGESIZE:
                self._set_straight(0)
        if not self._straight:
            os.fsync(self.fileno())

    def _set_straight(self, straight: int) -> None:
        try:
            flags = fcntl.fcntl(self.fileno(), fcntl.F_GETFL) & ~_STRAIGHT
            fcntl.fcntl(self.fileno(), fcntl.F_SETFL, flags | straight)
        except OSError:
            straight = 0
        self._straight = straight

    def rest(self) -> None:
        """Write what is left, and wait for all of it; what comes then goes the ordinary way.  Raises as `write`."""
        if not self._pool:
            return
        try:
            for each in self._begun:
                each.result()
        finally:
            self._pool.shutdown()
            self._set_straight(0)
            self._ordinary = sys.maxsize
        self._bring(self._rooms[0][: self._filled])
