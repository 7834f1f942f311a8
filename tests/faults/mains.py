"""The mains: a brittle disk for one data directory, and the switch that ends it."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import REPOSITORY, in_ci
from tests.faults.living import House, Query, Rows

SECONDS = 60


def check_fuse() -> None:
    """Skip where this process may not mount a file system of its own; in continuous integration, fail."""
    trial = ("unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt")
    able = os.access("/dev/fuse", os.R_OK | os.W_OK) and all(map(shutil.which, ("unshare", "nsenter")))
    if not able or subprocess.run(trial, capture_output=True, check=False).returncode:
        (pytest.fail if in_ci() else pytest.skip)("only root can mount a brittle disk, and where there is /dev/fuse")


class BrittleDisk:
    """A file system in memory, mounted at a place that only those see who are started with `before`."""

    def __init__(self, place: Path, source: Path | None = None) -> None:
        check_fuse()
        place.mkdir(exist_ok=True, parents=True)
        words = ("unshare", "--mount", sys.executable, "-m", "tests.faults.fuse", str(place), str(source or ""))
        self._process = subprocess.Popen(
            words, cwd=REPOSITORY, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._heard()
        self.place = Path(f"/proc/{self._process.pid}/root{place}")
        self._namespace = os.open(f"/proc/{self._process.pid}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        self.before = ("nsenter", "--mount", "--target", str(self._process.pid))

    def ask(self, query: Query) -> Rows:
        """What is found by somebody who sees the disk: SQLite does not go through the path above."""

        def look() -> Rows:
            os.unshare(os.CLONE_FS)  # a thread that shares its working directory cannot move
            os.setns(self._namespace, os.CLONE_NEWNS)
            return query()

        with ThreadPoolExecutor(1) as other:
            return other.submit(look).result()

    def plan(self, **words: object) -> None:
        """Count calls anew; what is to happen at which.  This process may watch: its own are not counted."""
        self._do("plan", spare=os.getpid(), **words)
        self._heard()

    def seen(self) -> dict[str, Any]:
        """How many calls there were, and what was hit."""
        self._do("seen")
        return self._heard()

    def is_cut(self, seconds: float) -> bool:
        """Wait for the planned end."""
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], seconds)[0])

    def cut(self) -> int:
        """Have it end now, unless it has ended; after how many calls."""
        self._do("cut")
        return int(self._heard()["cut"])

    def save(self, target: Path, seed: int, share: float) -> None:
        """Write down what is left of it."""
        self._do("save", to=str(target), seed=seed, share=share)
        self._heard()

    def end(self, house: House, left: tuple[Path, int, float]) -> None:
        """The power goes now, unless it has; what is left is written down, drawn by this number with this share.

        The server's calls end only with the disk, so that it is shot before and dies after: it answers nobody.
        """
        self.cut()
        assert house.server is not None
        with suppress(ProcessLookupError):
            os.killpg(house.server.pid, signal.SIGKILL)
        self.save(*left)
        self.close()
        house.kill()

    def close(self) -> None:
        """End it; calls that still wait fail."""
        if self._process.poll() is None:
            self._process.communicate(timeout=SECONDS)
            os.close(self._namespace)

    def _do(self, deed: str, **words: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": deed, **words}).encode() + b"\n")

    def _heard(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        assert select.select([self._process.stdout], [], [], SECONDS)[0], "the disk says nothing"
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told


@contextmanager
def brittle(place: Path, source: Path | None = None) -> Iterator[BrittleDisk]:
    """A disk with what is in a folder, for as long as the block lasts."""
    disk = BrittleDisk(place, source)
    try:
        yield disk
    finally:
        disk.close()
