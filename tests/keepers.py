"""Servers that take long to start, one for all workers of a pytest.

The first worker that needs one starts a keeper, a process of its own, which runs the server and ends it when that
pytest has ended, however it ended.
"""

import fcntl
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.installation import wait_until

SECONDS = 180


@dataclass(frozen=True)
class Kept:
    """A server by its name.  `run` starts it in a folder and answers where it is, once it answers.

    `script` is the file that, given a folder and a process, calls `keep`; `mode` is the folder's.
    """

    name: str
    programs: Sequence[str]
    script: str
    run: Callable[[Path, ExitStack], str]
    mode: int = 0o700

    def address(self) -> str:
        """Where it is; skips where a program is not installed, fails under CI=true."""
        missing = [each for each in self.programs if shutil.which(each) is None]
        if missing:
            fails = "true" in (os.environ.get("CI"), os.environ.get("ALBUMEN_CI"))
            (pytest.fail if fails else pytest.skip)(f"{missing[0]} is not installed: make services")
        user = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
        folder = Path("/tmp") / f"albumen-{self.name}-{user}"  # a socket's path must be short
        folder.mkdir(mode=self.mode, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "address").exists():
                self._begin(folder, user)
        return (folder / "address").read_text()

    def _begin(self, folder: Path, user: int) -> None:
        """Start the keeper, and wait until it says that the server answers."""
        ours = [sys.executable, self.script, str(folder), str(user)]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
        with (folder / "keeper.log").open("wb") as log:
            keeper = subprocess.Popen(
                ours, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=environment
            )
        with suppress(AssertionError):
            wait_until(lambda: keeper.poll() is not None or (folder / "address").exists(), self.name, SECONDS)
        if not (folder / "address").exists():
            raise RuntimeError(f"{self.name} did not start: {(folder / 'keeper.log').read_text()[-2000:]}")
        keeper.returncode = 0  # it outlives us: nobody is to wait for it

    def keep(self, folder: Path, user: int) -> None:
        """Run the server as long as that process lives."""
        watched = os.pidfd_open(user)
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            found = self.run(folder, stack)
            (folder / "address.new").write_text(found)
            (folder / "address.new").rename(folder / "address")
            select.select([watched], [], [])
