"""What is seen of decoders and of what nobody may look at, while bad files come in."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests import make

from albumen.media.guard import Guard

MOST_BYTES = 3 << 29  # 1.5 GB
LONG_AGO = 10**9


class Canary:
    """A file and an address that traps name.  Whoever opens either is noticed."""

    def __init__(self, folder: Path, listening: socket.socket) -> None:
        self.path = folder / "canary.jpg"
        self.path.write_bytes(make.photo())
        self._listening = listening
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self._read_at = self._rest()

    def _rest(self) -> int:
        """Have it look unread for longer than it looks unchanged, so that reading it moves its time on any mount."""
        os.utime(self.path, (LONG_AGO, LONG_AGO + 1))
        return self.path.stat().st_atime_ns

    @property
    def is_watched(self) -> bool:
        """Whether this file system notes who reads: some are told not to."""
        self.path.read_bytes()
        noted = self.path.stat().st_atime_ns != self._read_at
        self._rest()
        return noted

    def check(self) -> None:
        """Nobody has looked."""
        assert self.path.stat().st_atime_ns == self._read_at, "the canary's file was read"
        with suppress(BlockingIOError):
            self._listening.accept()
            raise AssertionError("the canary's address was called")


@contextmanager
def canary(folder: Path) -> Iterator[Canary]:
    """One, checked at the end."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        made = Canary(folder, listening)
        yield made
        made.check()


class Decoders:
    """The children of a guard: how much the largest took, and how many ended before their time."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self.largest_bytes = 0
        self.slowest_seconds = 0.0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Watch while something is done."""
        before, started = set(self._guard.processes), time.monotonic()
        yield
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - started)
        self.largest_bytes = max([self.largest_bytes, *map(_most_bytes, before | set(self._guard.processes))])


def _most_bytes(process: int) -> int:
    """The most that a process ever held; 0 where it is gone, or where this is not Linux."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    return 0
