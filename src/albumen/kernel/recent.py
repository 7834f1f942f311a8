"""What was found out a moment ago, and need not be found out again."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class Recent[Key: Hashable, Value]:
    """Values of the last seconds by key, the newest `most` of them; for any thread."""

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, most
        self._known: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._lock = Lock()
        self._turns: dict[Key, Lock] = {}

    def remember(self, key: Key, value: Value) -> None:
        """Keep it for so many seconds."""
        with self._lock:
            self._known[key] = time.monotonic() + self._seconds, value
            self._known.move_to_end(key)
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def get(self, key: Key) -> Value | None:
        """The value, where it was found out just now."""
        with self._lock:
            known = self._known.get(key)
        return known[1] if known is not None and known[0] > time.monotonic() else None

    def once(self, key: Key, find: Callable[[], Value]) -> Value:
        """The value; where it is to be found out, one thread does that for all that ask meanwhile."""
        known = self.get(key)
        if known is not None:
            return known
        with self._lock:
            turn = self._turns.setdefault(key, Lock())
        try:
            with turn:
                found = self.get(key)
                if found is None:
                    found = find()
                    self.remember(key, found)
                return found
        finally:
            with self._lock:
                self._turns.pop(key, None)

    def forget(self, key: Key) -> None:
        """Find it out anew the next time."""
        with self._lock:
            self._known.pop(key, None)
