"""Whether a store answers: once it does not, nobody waits for it, and one at a time looks whether it is back."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from albumen.kernel.errors import Unavailable

FAILURES = 3
"""After so many failures in a row the store counts as away."""


class Breaker:
    """Stands before every request to a store; for any thread.

    `look` asks the store something small and raises Unavailable where it does not answer soon.  That is done where
    requests have failed, and also where one has waited for longer than `patience_seconds` while no other was answered:
    requests that meet silence take long to fail, and until then others must not follow them.
    """

    def __init__(self, look: Callable[[], object], patience_seconds: float = 2.0) -> None:
        self._look, self._patience_seconds = look, patience_seconds
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self._calls: dict[object, float] = {}
        self._heard_at, self._missed_at, self._failures = 0.0, 0.0, 0
        self._last = Unavailable()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Round one request.  Raises Unavailable, at once where the store is known to be away."""
        self._check()
        call = object()
        with self._lock:
            self._calls[call] = time.monotonic()
        try:
            yield
        except Unavailable as problem:
            self._missed(problem)
            raise
        except Exception:
            self._heard()  # "there is no such thing" is an answer
            raise
        else:
            self._heard()
        finally:
            with self._lock:
                del self._calls[call]

    @property
    def _is_away(self) -> bool:
        return self._failures >= FAILURES

    def _is_doubtful(self) -> bool:
        """Whether to ask before asking more."""
        before = time.monotonic() - self._patience_seconds
        with self._lock:
            oldest = next(iter(self._calls.values()), None)
            return self._is_away or (oldest is not None and max(oldest, self._heard_at) < before)

    def _check(self) -> None:
        """Look, where that is due: one does so, and tells those that wait for it."""
        if not self._is_doubtful():
            return
        begun = time.monotonic()
        if not self._turn.acquire(blocking=not self._is_away):
            raise self._refusal()
        try:
            if self._missed_at >= begun:
                raise self._refusal()
            if self._is_doubtful():
                self._see()
        finally:
            self._turn.release()

    def _see(self) -> None:
        try:
            self._look()
        except Unavailable as problem:
            self._missed(problem, FAILURES)
            raise
        self._heard()

    def _heard(self) -> None:
        with self._lock:
            self._heard_at, self._failures = time.monotonic(), 0

    def _missed(self, problem: Unavailable, count: int = 1) -> None:
        with self._lock:
            self._missed_at, self._last = time.monotonic(), problem
            self._failures += count

    def _refusal(self) -> Unavailable:
        return Unavailable(self._last.detail, retry_seconds=self._last.retry_seconds)
