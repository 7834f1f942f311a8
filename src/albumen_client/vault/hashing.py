"""A SHA-256 that lets its caller go on with other work where there is much to hash."""

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor

ALONE_BYTES = 4 << 20
"""From here on the rest is hashed in a thread: for less, a thread costs more than it saves."""


class Hash:
    """Of all blocks in their order; at most one block waits, so that memory stays small."""

    def __init__(self) -> None:
        self._hash, self._done = hashlib.sha256(), 0
        self._thread: ThreadPoolExecutor | None = None
        self._under_way: Future[None] | None = None

    def update(self, content: bytes | memoryview) -> None:
        """Hash a block, which must not be changed before the next one has been taken."""
        self._done += len(content)
        if self._done <= ALONE_BYTES:
            self._hash.update(content)
            return
        self._thread = self._thread or ThreadPoolExecutor(1)
        if self._under_way:
            self._under_way.result()
        self._under_way = self._thread.submit(self._hash.update, content)

    def hexdigest(self) -> str:
        """Of all that has come; nothing may come after it."""
        if self._thread:
            self._thread.shutdown()
            self._thread = None
        return self._hash.hexdigest()
