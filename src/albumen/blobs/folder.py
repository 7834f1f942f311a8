"""Blobs as files below one folder, written so that a crash at any moment leaves whole blobs or none."""

import errno
import hashlib
import io
import os
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from albumen.blobs import disk, spools
from albumen.blobs.held import HeldSpool
from albumen.blobs.port import BLOCK_BYTES, Corrupt, Space, Spool, Stored, check_key
from albumen.kernel.errors import Conflict, Invalid, NotFound

_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
_KNOWN_FOLDERS = 20_000
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW


class FolderBlobs:
    """The store of one machine.  The folder must be one file system: spools are linked into place."""

    origin = ""
    direct = None

    def __init__(self, root: Path) -> None:
        self.root = root
        self._spools = root / ".spool"
        self._locks = root / ".lock"
        self._durable: set[Path] = set()
        with disk.in_our_words():
            if not root.is_dir():
                disk.make_folder(root)
            disk.make_folder(self._spools)
            disk.make_folder(self._locks)

    def spool(self) -> Spool:
        """An empty private file on the store's own file system."""
        return Spool(self._spools)

    def spool_at(self, name: str) -> HeldSpool:
        """The file that is held under this name."""
        return HeldSpool(self._spools, name)

    def put(self, key: str, spool: Spool) -> bool:
        """Sync the file, link it into place without overwriting, sync the folder: in that order.

        What has the name already was synced before it got it, so that nothing of the new file need go to the disk.
        """
        target = self._file(key)
        with disk.in_our_words():
            self._ensure(target.parent)
            is_new = not self._is_there(key, spool, target)
            if is_new:
                os.utime(spool.fileno())  # a sweep counts the grace time from here, not from the last byte received
                disk.sync(spool.fileno())
                is_new = self._place(key, spool, target)
            disk.sync_folder(target.parent)
        spool.discard()
        return is_new

    def _is_there(self, key: str, spool: Spool, target: Path) -> bool:
        """Whether the name is taken by the same bytes, which no sweep takes now."""
        if not os.path.lexists(target):
            return False
        with self._lock(key):
            return _keep(key, spool, target)

    def _place(self, key: str, spool: Spool, target: Path) -> bool:
        """Give the spool its name; False where the name is taken by the same bytes."""
        while True:
            try:
                os.link(spool.file, target)
            except FileExistsError:
                if self._is_there(key, spool, target):
                    return False
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                return self._rename(key, spool, target)
            else:
                return True

    def _rename(self, key: str, spool: Spool, target: Path) -> bool:
        """As `_place`, where the file system has no hard links: the lock stands for their exclusiveness."""
        with self._lock(key):
            if _keep(key, spool, target):
                return False
            spool.file.rename(target)
            return True

    def _ensure(self, folder: Path) -> None:
        if folder not in self._durable or not folder.is_dir():
            disk.make_folder(folder)
            if len(self._durable) >= _KNOWN_FOLDERS:
                self._durable.clear()
            self._durable.add(folder)

    @contextmanager
    def _lock(self, key: str) -> Iterator[None]:
        """One at a time, over all processes, for what an exclusive link cannot say."""
        stripe = hashlib.sha256(key.casefold().encode()).hexdigest()[:2]
        fd = os.open(self._locks / stripe, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            disk.lock(fd, wait=True)
            yield
        finally:
            os.close(fd)

    def open(self, key: str) -> BinaryIO:
        """A seekable reader of the file."""
        return io.BufferedReader(io.FileIO(self._open(key)))

    def read(
        self, key: str, start: int = 0, end: int | None = None, block_bytes: int = BLOCK_BYTES
    ) -> Generator[bytes, None, None]:
        """The bytes in [start, end), in blocks."""
        fd = self._open(key)
        try:
            with disk.in_our_words():
                while (wanted := block_bytes if end is None else min(block_bytes, end - start)) > 0:
                    block = os.pread(fd, wanted, start)
                    if not block:
                        return
                    start += len(block)
                    yield block
        finally:
            os.close(fd)

    @contextmanager
    def local(self, key: str) -> Iterator[int]:
        """The file itself."""
        fd = self._open(key)
        try:
            yield fd
        finally:
            os.close(fd)

    def path(self, key: str) -> Path | None:
        """The file's own path."""
        file = self._file(key)
        return file if file.is_file() else None

    def link(self, key: str, headers: dict[str, str], seconds: int) -> str | None:
        """Through the server only."""
        check_key(key)
        return None

    def digest(self, key: str) -> str | None:
        """Not kept."""
        self.stat(key)
        return None

    def stat(self, key: str) -> Stored:
        """Size and time of the file."""
        file = self._file(key)
        with disk.in_our_words():
            return _stored(key, file.lstat())

    def delete(self, key: str, *, untouched_since: datetime | None = None) -> bool:
        """Unlink the file and sync its folder.  Empty folders stay: somebody may be about to use them."""
        file = self._file(key)
        with disk.in_our_words(), self._lock(key):
            try:
                if untouched_since is not None and self.stat(key).modified_at >= untouched_since:
                    return False
                file.unlink()
            except (NotFound, FileNotFoundError, NotADirectoryError):
                return False
            disk.sync_folder(file.parent)
            return True

    def sweep(self, keys: Sequence[str], untouched_since: datetime) -> Sequence[str]:
        """One by one."""
        return [key for key in keys if self.delete(key, untouched_since=untouched_since)]

    def list(self, prefix: str = "", after: str = "") -> Iterator[Stored]:
        """Walk the folders in key order; what is not ours (hidden, linked, not a key) is passed over."""
        with disk.in_our_words():
            yield from _walk(self.root, "", prefix, after)

    def space(self) -> Space:
        """The room on the file system, as it is for an ordinary user."""
        with disk.in_our_words():
            facts = os.statvfs(self.root)
        return Space(total_bytes=facts.f_frsize * facts.f_blocks, free_bytes=facts.f_frsize * facts.f_bavail)

    def sweep_spools(self, older_than: timedelta, spared: Collection[str] = ()) -> int:
        """Remove the spools of processes that are no more."""
        return spools.sweep(self._spools, older_than, spared)

    def _file(self, key: str) -> Path:
        return self.root / check_key(key)

    def _open(self, key: str) -> int:
        with disk.in_our_words():
            return os.open(self._file(key), _READ)


def _keep(key: str, spool: Spool, target: Path) -> bool:
    """Whether `target` is there with the spool's bytes; its time is renewed, so that no sweep takes it now."""
    try:
        size_bytes = target.lstat().st_size
    except FileNotFoundError:
        return False
    if spool.signature in key:
        if size_bytes != spool.size_bytes:
            raise Corrupt
    elif size_bytes != spool.size_bytes or _digest(target) != spool.digest:
        raise Conflict("This name is taken by other content.")
    os.utime(target)
    return True


def _digest(file: Path) -> bytes:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _stored(key: str, facts: os.stat_result) -> Stored:
    return Stored(key, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))


def _walk(folder: Path, base: str, prefix: str, after: str) -> Iterator[Stored]:
    """The blobs below `folder`, whose keys begin with `base`."""
    for name in _names(folder):
        key = base + name
        if not (key.startswith(prefix) or prefix.startswith(key)):
            continue
        if key.endswith("/"):
            if key > after or after.startswith(key):  # otherwise everything below sorts before `after`
                yield from _walk(folder / name, key, prefix, after)
        elif key > after and key.startswith(prefix):
            with suppress(FileNotFoundError):  # deleted since the folder was read
                yield _stored(key, (folder / name).lstat())


def _names(folder: Path) -> list[str]:
    """The names in one folder that can be part of a key, folders with `/` at the end, as their keys sort."""
    names = []
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if (is_folder or entry.is_file(follow_symlinks=False)) and _is_ours(entry.name):
                names.append(f"{entry.name}/" if is_folder else entry.name)
    return sorted(names)


def _is_ours(name: str) -> bool:
    try:
        return bool(check_key(name))
    except Invalid:
        return False
