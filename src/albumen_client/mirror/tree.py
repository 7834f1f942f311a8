"""The local folder: everything below it is reached step by step, and no link on the way is ever followed."""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from albumen_client.signatures import signature_of

OWN = ".albumen-mirror"
"""The mirror's own folder below the root: its memory, and what is on its way."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


class Tree:
    """A folder and what is below it; paths are relative, with `/`."""

    def __init__(self, root: Path) -> None:
        self.own = root / OWN
        self.stash = self.own / "stash"
        root.mkdir(parents=True, exist_ok=True)
        for folder in (self.own, self.stash):
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder.is_symlink():
                raise OSError(errno.ELOOP, "the mirror's own folder is a link")
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def close(self) -> None:
        """Let go of it."""
        os.close(self._root)

    @contextmanager
    def _above(self, path: str) -> Iterator[tuple[int, str]]:
        """The folder that a path lies in, open, and the last name.  Raises OSError where it is none, or a link."""
        *above, name = path.split("/")
        fd = os.dup(self._root)
        try:
            for each in above:
                below = os.open(each, _FOLDER, dir_fd=fd)
                os.close(fd)
                fd = below
            yield fd, name
        finally:
            os.close(fd)

    def look(self, path: str) -> os.stat_result | None:
        """What lies there, itself; None where nothing does, or it cannot be reached."""
        with suppress(OSError), self._above(path) as (fd, name):
            return os.stat(name, dir_fd=fd, follow_symlinks=False)
        return None

    def is_folder(self, path: str) -> bool:
        """Whether a folder lies there, and no link to one."""
        found = self.look(path)
        return found is not None and stat.S_ISDIR(found.st_mode)

    def signature(self, path: str) -> str | None:
        """The signature of the file there; None where there is no plain file."""
        with suppress(OSError), self._above(path) as (fd, name):
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=fd)
            try:
                if stat.S_ISREG(os.fstat(file).st_mode):
                    return signature_of(file)
            finally:
                os.close(file)
        return None

    def copy(self, path: str, to: Path) -> str | None:
        """Copy a plain file; the signature of the copy, None where there is no such file."""
        with suppress(OSError), self._above(path) as (fd, name):
            source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=fd)
            with os.fdopen(source, "rb") as reader, to.open("wb") as writer:
                shutil.copyfileobj(reader, writer, 1 << 20)
                writer.flush()
                os.fsync(writer.fileno())
            return signature_of(to)
        return None

    def make_folder(self, path: str) -> bool:
        """Make a folder; False where it is there."""
        with self._above(path) as (fd, name):
            try:
                os.mkdir(name, dir_fd=fd)
            except FileExistsError:
                return False
            return True

    def remove_folder(self, path: str) -> None:
        """Remove a folder that is empty; any other stays."""
        with suppress(OSError), self._above(path) as (fd, name):
            os.rmdir(name, dir_fd=fd)

    def bring_out(self, stashed: Path, path: str) -> None:
        """Give what is stashed its place.  Raises FileExistsError rather than replace anything."""
        with self._above(path) as (fd, name):
            try:
                os.link(stashed, name, dst_dir_fd=fd, follow_symlinks=False)
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                if self.look(path) is not None:
                    raise FileExistsError(errno.EEXIST, "something is there") from None
                os.rename(stashed, name, dst_dir_fd=fd)
            os.fsync(fd)
        stashed.unlink(missing_ok=True)

    def put_away(self, path: str, stashed: Path) -> None:
        """Stash what lies at a path.

        What is stashed already goes first: where it is the same file, which a kill can leave, a rename does nothing.
        """
        stashed.unlink(missing_ok=True)
        with self._above(path) as (fd, name):
            os.rename(name, stashed, src_dir_fd=fd)
            os.fsync(fd)
