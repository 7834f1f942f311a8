"""Held spools: private files that outlive a process, for bodies that come in several requests."""

import hashlib
import os
import re
import threading
from pathlib import Path

from albumen.blobs import disk
from albumen.blobs.spools import ENDING, Spool
from albumen.kernel.errors import Conflict, Invalid, Locked

_NAME = re.compile(r"[0-9a-f]{32}")


class HeldSpool(Spool):
    """A spool with a name, which stays where it is until `remove`; one holder at a time, in all processes.

    What it holds is hashed by `adopt`, not while it is written.  Leaving it, also as a context manager or by
    `Blobs.put`, closes it.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.file = folder / f"{name}{ENDING}"
        self.crc32 = self._begun_bytes = 0
        self._sha256 = hashlib.sha256()
        self._lock = threading.RLock()
        self._fd = -1
        if not _NAME.fullmatch(name):
            raise Invalid("This is not the name of a spool.")
        with disk.in_our_words():
            self._fd = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            if not disk.lock(self._fd, wait=False) or not os.fstat(self._fd).st_nlink:  # removed before it was ours
                self.discard()
                raise Locked("Another request is writing here. Try again in a moment.")
            self.size_bytes = os.fstat(self._fd).st_size

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Append `data`.  Raises OverQuota where the disk is full, and what `allow` raises."""
        view = memoryview(data).cast("B")
        self._ask(len(view))
        with self._lock, disk.in_our_words():
            self._append(view)

    def sync(self) -> None:
        """Return only when all that was written, and the name, survive a power cut."""
        with self._lock, disk.in_our_words():
            disk.sync(self.fileno())
            disk.sync_folder(self.file.parent)

    def cut(self, size_bytes: int) -> None:
        """Forget what lies beyond.  Raises Conflict where there is less, or where the store has the bytes already."""
        with self._lock, disk.in_our_words():
            facts = os.fstat(self.fileno())
            if facts.st_size < size_bytes or facts.st_nlink > 1:
                raise Conflict("These bytes cannot be gone on with.")
            os.ftruncate(self.fileno(), size_bytes)
            self.size_bytes = self._begun_bytes = size_bytes

    def discard(self) -> None:
        """Close it; the bytes stay."""
        with self._lock:
            if self._fd >= 0:
                fd, self._fd = self._fd, -1
                os.close(fd)

    def remove(self) -> None:
        """Close it, and forget the bytes for good."""
        with disk.in_our_words():
            self.file.unlink(missing_ok=True)
        self.discard()
