"""Blobs in memory, for tests and throw-away servers; its spools are real files, as everywhere."""

import io
import os
import shutil
import tempfile
import weakref
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from albumen.blobs import spools
from albumen.blobs.held import HeldSpool
from albumen.blobs.port import BLOCK_BYTES, Corrupt, Space, Spool, Stored, check_key
from albumen.kernel.errors import Conflict, NotFound


class MemoryBlobs:
    """The twin of the real stores: the same answers, nothing kept."""

    origin = ""
    direct = None

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="albumen-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._kept: dict[str, tuple[bytes, datetime]] = {}
        self._lock = Lock()

    def spool(self) -> Spool:
        """An empty private file."""
        return Spool(self._folder)

    def spool_at(self, name: str) -> HeldSpool:
        """The file that is held under this name."""
        return HeldSpool(self._folder, name)

    def put(self, key: str, spool: Spool) -> bool:
        """Read the spool into memory, unless the key is there."""
        check_key(key)
        with spool.reader() as stream:
            content = stream.read()
        with self._lock:
            there = self._kept.get(key)
            if there is not None and there[0] != content:
                raise Corrupt if spool.signature in key else Conflict("This name is taken by other content.")
            self._kept[key] = (content, datetime.now(UTC))
        spool.discard()
        return there is None

    def open(self, key: str) -> BinaryIO:
        """A reader of the bytes."""
        return io.BytesIO(self._bytes(key))

    def read(
        self, key: str, start: int = 0, end: int | None = None, block_bytes: int = BLOCK_BYTES
    ) -> Generator[bytes, None, None]:
        """Slices of the bytes."""
        content = self._bytes(key)
        end = len(content) if end is None else min(end, len(content))
        for offset in range(start, end, block_bytes):
            yield content[offset : min(offset + block_bytes, end)]

    @contextmanager
    def local(self, key: str) -> Iterator[int]:
        """A temporary copy."""
        with tempfile.TemporaryFile() as copy:
            copy.write(self._bytes(key))
            copy.flush()
            os.lseek(copy.fileno(), 0, os.SEEK_SET)
            yield copy.fileno()

    def path(self, key: str) -> Path | None:
        """Nowhere."""
        check_key(key)
        return None

    def link(self, key: str, headers: dict[str, str], seconds: int) -> str | None:
        """Through the server only."""
        check_key(key)
        return None

    def digest(self, key: str) -> str | None:
        """Not kept."""
        self.stat(key)
        return None

    def stat(self, key: str) -> Stored:
        """Size and time."""
        return _stored(key, self._entry(key))

    def delete(self, key: str, *, untouched_since: datetime | None = None) -> bool:
        """Forget the bytes."""
        check_key(key)
        with self._lock:
            entry = self._kept.get(key)
            if entry is None or (untouched_since is not None and entry[1] >= untouched_since):
                return False
            del self._kept[key]
            return True

    def sweep(self, keys: Sequence[str], untouched_since: datetime) -> Sequence[str]:
        """One by one."""
        return [key for key in keys if self.delete(key, untouched_since=untouched_since)]

    def list(self, prefix: str = "", after: str = "") -> Iterator[Stored]:
        """The blobs of this moment, in key order."""
        with self._lock:
            kept = sorted((key, entry) for key, entry in self._kept.items() if key > after and key.startswith(prefix))
        return (_stored(key, entry) for key, entry in kept)

    def space(self) -> Space | None:
        """Not known."""
        return None

    def sweep_spools(self, older_than: timedelta, spared: Collection[str] = ()) -> int:
        """Remove spools that nobody holds."""
        return spools.sweep(self._folder, older_than, spared)

    def _entry(self, key: str) -> tuple[bytes, datetime]:
        try:
            return self._kept[check_key(key)]
        except KeyError:
            raise NotFound from None

    def _bytes(self, key: str) -> bytes:
        return self._entry(key)[0]


def _stored(key: str, entry: tuple[bytes, datetime]) -> Stored:
    return Stored(key, len(entry[0]), entry[1])
