"""The bell: tells workers that there may be something to do.  A missed ring is harmless: they also look."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from albumen.jobs.registry import Priority


@dataclass(frozen=True)
class DeadLetter:
    """What a broker gave up to deliver: from which queue, why, and what it says."""

    queue: str
    reason: str
    body: bytes


@dataclass(frozen=True)
class Tally:
    """How a bell that reaches other processes does: what it counted since this process began.

    `full` are rings that were not needed, as enough are waiting to be heard; `failures` count what did not get through.
    """

    is_up: bool = False
    rings: int = 0
    full: int = 0
    heard: int = 0
    failures: int = 0
    connects: int = 0
    dead: int = 0


class Bell(Protocol):
    """What rings, and what listens."""

    def ring(self, added: Mapping[Priority, int] | None = None) -> None:
        """Say that so many jobs of each class were committed; with none, only this process is woken.  Never waits."""

    def wait(self, seconds: float) -> None:
        """Return on the next ring, or after so many seconds; a bell that is heard from anywhere may take longer."""

    def keep_dead(self, keep: Callable[[DeadLetter], None]) -> None:
        """Hand what the broker gave up to this function, from a thread of the bell's own."""

    def tally(self) -> Tally | None:
        """How it does; None where it rings in this process only, and nothing can go wrong."""

    def close(self) -> None:
        """Let go of what it holds; what is not rung by then is found without it."""


class LocalBell:
    """The bell within one process.  A thread that was busy while it rang hears it when it comes to wait."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._count = 0
        self._heard = threading.local()

    def ring(self, added: Mapping[Priority, int] | None = None) -> None:
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

    def keep_dead(self, keep: Callable[[DeadLetter], None]) -> None:
        """There is no broker that could give up."""

    def tally(self) -> None:
        """Nothing can go wrong."""

    def close(self) -> None:
        """Nothing is held."""
