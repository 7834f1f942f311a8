"""Chimes: wake coroutines that wait for news of a library, from whatever thread has committed some."""

import asyncio
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class _Ear:
    """One coroutine that waits, on its own event loop."""

    loop: asyncio.AbstractEventLoop
    rung: asyncio.Event


class Chimes:
    """One for each library, within this process.  Nothing is kept for a library that nobody listens to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ears: dict[int, set[_Ear]] = {}
        self.is_closed = False

    def ring(self, library_ids: Iterable[int]) -> None:
        """Say that something was committed in these libraries."""
        for library_id in library_ids:
            with self._lock:
                ears = list(self._ears.get(library_id, ()))
            _wake(ears)

    @contextmanager
    def heard(self, library_id: int) -> Iterator[asyncio.Event]:
        """An event of the running loop that is set whenever something was committed, and once these are closed."""
        ear = _Ear(asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._ears.setdefault(library_id, set()).add(ear)
        if self.is_closed:
            ear.rung.set()
        try:
            yield ear.rung
        finally:
            with self._lock:
                ears = self._ears[library_id]
                ears.discard(ear)
                if not ears:
                    del self._ears[library_id]

    def close(self) -> None:
        """Wake everyone for the last time: the server stops."""
        self.is_closed = True
        with self._lock:
            ears = [ear for each in self._ears.values() for ear in each]
        _wake(ears)


def _wake(ears: Iterable[_Ear]) -> None:
    for ear in ears:
        with suppress(RuntimeError):  # its loop has ended meanwhile
            ear.loop.call_soon_threadsafe(ear.rung.set)
