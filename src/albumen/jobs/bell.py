"""The bell: tells workers that there may be something to do.  A missed ring is harmless: they also look."""

import threading
from typing import Protocol


class Bell(Protocol):
    """What rings, and what listens."""

    def ring(self) -> None:
        """Say that jobs were committed."""

    def wait(self, seconds: float) -> None:
        """Return on the next ring, or after so many seconds."""


class LocalBell:
    """The bell within one process.  A thread that was busy while it rang hears it when it comes to wait."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._count = 0
        self._heard = threading.local()

    def ring(self) -> None:
        """Wake every waiting worker."""
        with self._rung:
            self._count += 1
            self._rung.notify_all()

    def wait(self, seconds: float) -> None:
        """Return on the next ring, or after so many seconds."""
        with self._rung:
            if self._count == getattr(self._heard, "count", 0):
                self._rung.wait(seconds)
            self._heard.count = self._count
