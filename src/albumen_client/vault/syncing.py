"""A new file that is brought to the disk while it is written, so that little of it is left to wait for at the end."""

import io
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STEP_BYTES = 32 << 20
"""How much is written before the disk is asked to take it; a file with less is only waited for at its end."""


@contextmanager
def synced(path: Path) -> Iterator[BinaryIO]:
    """A file that is not there yet; it is on the disk when the block has ended well.  Raises OSError."""
    raw = _Syncing(path, "x")
    with io.BufferedWriter(raw) as target:
        try:
            yield target
            target.flush()
        finally:
            raw.rest()
        os.fsync(raw.fileno())


class _Syncing(io.FileIO):
    """Has what was written taken to the disk by a thread, a step after the other."""

    _left = STEP_BYTES
    _pool: ThreadPoolExecutor | None = None
    _begun: Future[None] | None = None

    def write(self, content: "ReadableBuffer", /) -> int:
        """Write, and begin the next step where the last one has ended.  Raises what that raised."""
        count = super().write(content)
        self._left -= count
        if self._left <= 0 and (self._begun is None or self._begun.done()):
            self._pool = self._pool or ThreadPoolExecutor(1)
            if self._begun:
                self._begun.result()
            self._begun, self._left = self._pool.submit(os.fdatasync, self.fileno()), STEP_BYTES
        return count

    def rest(self) -> None:
        """Wait for the last step.  Raises what it raised."""
        if self._pool:
            self._pool.shutdown()
        if self._begun:
            self._begun.result()
