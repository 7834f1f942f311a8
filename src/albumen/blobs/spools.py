"""Spools: private temporary files that are hashed and counted while they are filled."""

import hashlib
import io
import os
import secrets
import threading
import time
import zlib
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from albumen.blobs import disk
from albumen.kernel import ids

_BLOCK_BYTES = 1 << 20
_APART_BYTES = 256 * 1024
_WINDOW_BYTES = 16 << 20
ENDING = ".part"
"""How the files of spools are named at the end."""


@cache
def _hashers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="hash")


class Spool:
    """Bytes on their way into the store; nobody else can see them.

    Leaving it as a context manager discards it, unless `Blobs.put` has taken it.  Its size, digest, signature
    and CRC-32 stay readable afterwards.  It is locked while its process lives, so that a sweep leaves it alone.
    `allow` is asked before so many bytes more are written, and may refuse them.
    """

    allow: Callable[[int], None] | None = None

    def __init__(self, folder: Path) -> None:
        self.file = folder / f"{secrets.token_hex(16)}{ENDING}"
        self.size_bytes = 0
        self.crc32 = 0
        self._begun_bytes = 0
        self._sha256 = hashlib.sha256()
        self._lock = threading.RLock()  # a cancelled upload discards while a thread may still write
        self._fd = -1
        with disk.in_our_words():
            self._fd = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            disk.lock(self._fd, wait=False)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Append `data`, hashing it.  Raises OverQuota where the disk is full, and what `allow` raises."""
        view = memoryview(data).cast("B")
        self._ask(len(view))
        with self._lock, disk.in_our_words():
            if len(view) < _APART_BYTES:
                self._append(view)
                self._sha256.update(view)
            else:
                self._append_hashing(view)

    def _ask(self, size_bytes: int) -> None:
        if self.allow is not None:
            self.allow(size_bytes)

    def _append_hashing(self, view: memoryview) -> None:
        """Write while another thread hashes: SHA-256 takes longer than the rest, and neither holds up Python."""
        before = self._sha256.copy()
        hashed = _hashers().submit(self._sha256.update, view)
        try:
            self._append(view)
        except BaseException:
            hashed.cancel()
            wait([hashed])
            self._sha256 = before
            raise
        hashed.result()

    def _append(self, view: memoryview) -> None:
        disk.write_all(self.fileno(), view, self.size_bytes)
        self.crc32 = zlib.crc32(view, self.crc32)
        start, self.size_bytes = self.size_bytes, self.size_bytes + len(view)
        if start // _WINDOW_BYTES != self.size_bytes // _WINDOW_BYTES:
            disk.begin_sync(self.fileno(), self._begun_bytes, self.size_bytes)
            self._begun_bytes = self.size_bytes

    def adopt(self) -> None:
        """Take what somebody else wrote through `fileno()` as the content: read, count and hash it once."""
        self._sha256, self.crc32, self.size_bytes = hashlib.sha256(), 0, 0
        block = memoryview(bytearray(_BLOCK_BYTES))
        with disk.in_our_words():
            while taken := os.preadv(self.fileno(), [block], self.size_bytes):
                self._count(block[:taken])

    def _count(self, view: memoryview) -> None:
        self._sha256.update(view)
        self.crc32 = zlib.crc32(view, self.crc32)
        self.size_bytes += len(view)

    @property
    def digest(self) -> bytes:
        """The SHA-256 of what was written so far, 32 bytes."""
        return self._sha256.digest()

    @property
    def signature(self) -> str:
        """The name of the content written so far."""
        return ids.signature(self.digest)

    def fileno(self) -> int:
        """The open file, for reading and writing.  Raises ValueError once it is put or discarded."""
        if self._fd < 0:
            raise ValueError("The spool is closed.")
        return self._fd

    def reader(self) -> BinaryIO:
        """A reader with a position of its own, at the start; make it before the spool is put."""
        self.fileno()
        with disk.in_our_words():
            return io.BufferedReader(io.FileIO(self.file))

    def discard(self) -> None:
        """Forget the bytes.  Harmless after `put`, and when done twice."""
        with self._lock:
            if self._fd >= 0:
                fd, self._fd = self._fd, -1
                with suppress(OSError):  # what cannot be removed now, a sweep takes: nobody waits for it to go
                    self.file.unlink()
                os.close(fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def __del__(self) -> None:
        self.discard()


def sweep(folder: Path, older_than: timedelta, spared: Collection[str] = ()) -> int:
    """Remove the spools in `folder` that died with their process; answers how many.

    All must hold: it is not one of those `spared` by name, nothing was written for `older_than`, and no living
    process has the lock.
    """
    before = time.time() - older_than.total_seconds()
    with disk.in_our_words():
        found = (file for file in folder.glob(f"*{ENDING}") if file.stem not in spared)
        return sum(_remove_if_dead(file, before) for file in found)


def _remove_if_dead(file: Path, before: float) -> bool:
    try:
        fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        if os.fstat(fd).st_mtime > before or not disk.lock(fd, wait=False):
            return False
        file.unlink(missing_ok=True)
        return True
    finally:
        os.close(fd)
