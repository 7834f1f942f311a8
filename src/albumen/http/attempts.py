"""Attempts to sign in: ten failures in ten minutes from one address, then a wait."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from albumen.http.limits import network_of
from albumen.kernel.clock import Clock
from albumen.kernel.errors import Busy

MOST = 10
WINDOW = timedelta(minutes=10)
_ADDRESSES = 10_000


class Attempts:
    """Failures by client address (for IPv6, by /64), in this process.

    An attempt counts as failed from its beginning until it has succeeded, so that many at once gain nothing.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._failures: dict[str, deque[float]] = {}

    @contextmanager
    def from_client(self, request: Request, *, counts_all: bool = False) -> Iterator[None]:
        """Round one attempt, which has failed where the block raises; what succeeds may count, too.

        Raises Busy where there were too many.
        """
        network = network_of(request.client.host if request.client else "")
        begun = self._begin(network)
        yield
        if counts_all:
            return
        with self._lock, suppress(KeyError, ValueError):  # forgotten meanwhile
            self._failures[network].remove(begun)

    def _begin(self, network: str) -> float:
        now = self._clock().timestamp()
        with self._lock:
            self._forget(now)
            failures = self._failures.setdefault(network, deque())
            while failures and failures[0] <= now - WINDOW.total_seconds():
                failures.popleft()
            if len(failures) >= MOST:
                wait = int(failures[0] + WINDOW.total_seconds() - now) + 1
                raise Busy("Too many attempts to sign in from here.", retry_seconds=wait)
            failures.append(now)
        return now

    def _forget(self, now: float) -> None:
        """Drop addresses whose failures are old, once there are many."""
        if len(self._failures) > _ADDRESSES:
            begin = now - WINDOW.total_seconds()
            self._failures = {name: times for name, times in self._failures.items() if times and times[-1] > begin}


def _attempts(request: Request) -> Attempts:
    attempts: Attempts = request.app.state.attempts
    return attempts


SignInAttempts = Annotated[Attempts, Depends(_attempts)]
