"""Threads for what may take long, apart from those that answer: whoever looks at photos does not wait for it.

Bytes come from a store that may be slow, and filing waits for decoders.
"""

import asyncio
from collections.abc import Callable
from typing import Final
from weakref import WeakKeyDictionary

from anyio import CapacityLimiter, to_thread

_FEWEST: Final = 2


class Lane:
    """A share of as many threads as answer, on each event loop; what comes while all are taken waits in line."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._limits: WeakKeyDictionary[asyncio.AbstractEventLoop, CapacityLimiter] = WeakKeyDictionary()

    async def run[*Given, Result](self, call: Callable[[*Given], Result], *given: *Given) -> Result:
        """Call in a thread, as soon as one of the lane is free."""
        loop = asyncio.get_running_loop()
        limit = self._limits.get(loop)
        if limit is None:
            threads = to_thread.current_default_thread_limiter().total_tokens
            limit = self._limits.setdefault(loop, CapacityLimiter(max(_FEWEST, int(threads * self._share))))
        return await to_thread.run_sync(call, *given, limiter=limit)


BYTES: Final = Lane(2 / 3)
"""Reads bytes for answers."""
FILING: Final = Lane(1 / 6)
"""Looks at what was sent, and files it."""
