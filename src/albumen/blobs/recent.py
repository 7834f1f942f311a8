"""What was lately looked at in a bucket: a request that asks for a blob's size and then reads it asks but once."""

import time
from collections import OrderedDict
from threading import Lock

from albumen.blobs.sheets import Sheet

_SECONDS = 5.0
_MOST = 10_000


class Recent:
    """Sheets of the last seconds, by key; for any thread."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[float, Sheet]] = OrderedDict()
        self._lock = Lock()

    def remember(self, key: str, sheet: Sheet) -> None:
        """Keep it for a few seconds."""
        with self._lock:
            self._known[key] = time.monotonic() + _SECONDS, sheet
            self._known.move_to_end(key)
            if len(self._known) > _MOST:
                self._known.popitem(last=False)

    def get(self, key: str) -> Sheet | None:
        """The sheet, where it was looked at just now."""
        with self._lock:
            ends, sheet = self._known.get(key, (0.0, None))
            return sheet if ends > time.monotonic() else None

    def forget(self, key: str) -> None:
        """Look anew the next time."""
        with self._lock:
            self._known.pop(key, None)
