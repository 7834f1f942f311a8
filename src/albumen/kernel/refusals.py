"""Who was told to come back later, and when: so that asking again and again costs next to nothing."""

import threading
from typing import Final

from albumen.kernel.clock import Clock
from albumen.kernel.errors import Busy

_MOST: Final = 10_000


class Refusals:
    """What this process remembers of refusals that only time ends; the rows that they rest on stay the truth."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._refused: dict[str, tuple[float, str]] = {}

    def check(self, name: str) -> None:
        """Raises Busy, as it was raised before, where the time has not come yet."""
        until, detail = self._refused.get(name, (0.0, ""))
        left = until - self._clock().timestamp()
        if left > 0:
            raise Busy(detail, retry_seconds=int(left) + 1)

    def remember(self, name: str, refusal: Busy) -> None:
        """Refuse this name until a second before the refusal said, since it was rounded up."""
        now = self._clock().timestamp()
        with self._lock:
            if len(self._refused) >= _MOST:
                self._refused = {each: told for each, told in self._refused.items() if told[0] > now}
            if len(self._refused) < _MOST:
                self._refused[name] = now + refusal.retry_seconds - 1, refusal.detail
