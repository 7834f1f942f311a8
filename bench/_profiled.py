"""`albumen` under a sampler: SIGUSR1 begins, SIGUSR2 ends and writes the stacks to the file that is named first."""

import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import _sampling

from albumen.cli.main import main


class Switch:
    """One sampler at a time."""

    def __init__(self, file: Path) -> None:
        self._file, self._sampler = file, _sampling.Sampler()

    def begin(self, _: int, __: FrameType | None) -> None:
        """Start a new one."""
        self._sampler = _sampling.Sampler()
        self._sampler.start()

    def end(self, _: int, __: FrameType | None) -> None:
        """Write what it found; in a thread, as the server's own loop must not wait for it."""
        threading.Thread(target=lambda: _sampling.write(self._sampler.stop(), self._file)).start()


if __name__ == "__main__":
    switch = Switch(Path(sys.argv.pop(1)))
    signal.signal(signal.SIGUSR1, switch.begin)
    signal.signal(signal.SIGUSR2, switch.end)
    main()
