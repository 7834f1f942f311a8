"""How many requests may hold a unit of work at a time.

A unit holds a connection to the database while its request waits for a thread.  Were there more of them than
connections, those that hold one could wait for threads that wait for connections.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary


class Admission:
    """At most `most` turns at a time on each event loop; whoever is late waits in line."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it until the block ends."""
        line = self._lines.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._most))
        async with line:
            yield
