"""How many requests may hold a unit of work at a time.

A unit holds a connection to the database while its request waits for a thread.  Were there more of them than
connections, those that hold one could wait for threads that wait for connections.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
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


@dataclass(frozen=True)
class Turns:
    """The lines of those who read and of those who write."""

    reading: Admission
    writing: Admission


_READ_AT_ONCE: Final = 3
_WRITE_AT_ONCE: Final = 6


def of_server(threads: int, *, is_sqlite: bool) -> Turns:
    """The lines of a server with so many threads: one for all, but for SQLite.

    There, readers wait for nothing but the processor, which Python gives to one thread at a time: the more of them are
    at it, the later each is done.  Those who write wait for each other, and readers do not wait for them.
    """
    if is_sqlite:
        return Turns(Admission(min(threads, _READ_AT_ONCE)), Admission(min(threads, _WRITE_AT_ONCE)))
    both = Admission(threads)
    return Turns(both, both)
