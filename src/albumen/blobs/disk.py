"""What a file system must do for us: each thing done durably, each failure said in the house's words."""

import errno
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from albumen.kernel.errors import NotFound, OverQuota, Unavailable

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP})
_FAILING = frozenset(
    {
        errno.EIO,
        errno.EINTR,  # of a link or a rename; others Python tries again itself
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.ESTALE,
        errno.ETIMEDOUT,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENODEV,
        errno.ENXIO,
        errno.EXDEV,
    }
)
_UNKNOWN = frozenset({errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.ENOSYS, errno.EINVAL})
_FULL_SYNC = getattr(fcntl, "F_FULLFSYNC", None)  # macOS: fsync alone leaves the bytes in the drive's cache


@contextmanager
def in_our_words(name: str = "The disk that keeps the photos") -> Iterator[None]:
    """Turn an OSError into OverQuota, NotFound or Unavailable; one we do not know passes through."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise OverQuota(f"{name} is full.") from error
        if error.errno in _ABSENT:
            raise NotFound from error
        if error.errno in _FAILING:
            raise Unavailable(f"{name} does not answer.") from error
        raise


def sync(fd: int) -> None:
    """Return only when what was written to `fd` survives a power cut."""
    if _FULL_SYNC is not None:
        with suppress(OSError):  # a network share knows only the plain form
            fcntl.fcntl(fd, _FULL_SYNC)
            return
    os.fsync(fd)


def begin_sync(fd: int, start: int, end: int) -> None:
    """Have [start, end), just written, go to the disk from now on, so that `sync` has less to wait for.

    Linux begins to write back what it is told will not be needed; what is not yet written stays in memory.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.posix_fadvise(fd, start, end - start, os.POSIX_FADV_DONTNEED)


def sync_folder(folder: Path) -> None:
    """Return only when the names in `folder` survive a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync(fd)
    except OSError as error:
        if error.errno not in _UNKNOWN:  # some network shares cannot sync a folder, and need not
            raise
    finally:
        os.close(fd)


def make_folder(folder: Path) -> None:
    """Make `folder` and those above it, durably.

    The folder above is synced even where the name was there already: whoever made it may not have got
    that far.
    """
    if not folder.parent.is_dir():
        make_folder(folder.parent)
    folder.mkdir(mode=0o750, exist_ok=True)
    sync_folder(folder.parent)


def write_all(fd: int, data: memoryview, offset: int) -> None:
    """Write all of `data` at `offset`, however many calls that takes."""
    while data:
        written = os.pwrite(fd, data, offset)
        data, offset = data[written:], offset + written


def lock(fd: int, *, wait: bool) -> bool:
    """Take the lock on an open file; False where another holder has it (`wait=False`).

    The kernel lets go of it when the holder dies.  A file system without locks counts as granted.
    """
    try:
        fcntl.flock(fd, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _UNKNOWN:
            raise
    return True
