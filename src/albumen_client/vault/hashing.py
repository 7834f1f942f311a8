"""A SHA-256 that lets its caller go on with other work where there is much to hash."""

import hashlib
import threading
import weakref
from queue import SimpleQueue
from typing import Protocol

ALONE_BYTES = 4 << 20
"""From here on the rest is hashed in a thread: for less, a thread costs more than it saves."""
DEPTH = 3
"""So many blocks wait at most, so that memory stays small."""


class _Hashed(Protocol):
    def update(self, content: memoryview | bytes, /) -> None:
        """More of it."""


class Hash:
    """Of all blocks in their order; its caller is at most a few blocks ahead."""

    def __init__(self) -> None:
        self._hash, self._done = hashlib.sha256(), 0
        self._thread: threading.Thread | None = None
        self._waiting: SimpleQueue[bytes | memoryview | None] = SimpleQueue()
        self._free = threading.Semaphore(DEPTH)
        self._rooms, self._turn = [bytearray() for _ in range(DEPTH + 1)], 0

    def room(self, size_bytes: int) -> memoryview:
        """Memory to make the next block in; what was in it was hashed before."""
        self._turn = (self._turn + 1) % len(self._rooms)
        if len(self._rooms[self._turn]) < size_bytes:
            self._rooms[self._turn] = bytearray(size_bytes)
        return memoryview(self._rooms[self._turn])[:size_bytes]

    def update(self, content: bytes | memoryview) -> None:
        """Hash a block, which must not be changed any more unless it lies in a `room`."""
        self._done += len(content)
        if self._done <= ALONE_BYTES:
            self._hash.update(content)
            return
        self._thread = self._thread or self._started()
        self._free.acquire()
        self._waiting.put(content)

    def _started(self) -> threading.Thread:
        """The thread; it ends with this object as well, for whoever breaks off."""
        thread = threading.Thread(target=_work, args=(self._hash, self._waiting, self._free), daemon=True)
        thread.start()
        weakref.finalize(self, self._waiting.put, None)
        return thread

    def hexdigest(self) -> str:
        """Of all that has come; nothing may come after it."""
        if self._thread:
            self._waiting.put(None)
            self._thread.join()
        return self._hash.hexdigest()


def _work(hashed: _Hashed, waiting: "SimpleQueue[bytes | memoryview | None]", free: threading.Semaphore) -> None:
    while (block := waiting.get()) is not None:
        hashed.update(block)
        free.release()
