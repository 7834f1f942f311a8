"""A front for several servers of one machine, for trials: it passes connections on to those that say they are ready.

In earnest use a proxy that people trust (docs/cluster.md); this one needs nothing installed.

    python tools/front.py 5000 5001 5002      # listens on the first port, passes on to the others
"""

import asyncio
import sys
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress

LOOK_SECONDS = 0.1
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
NONE_READY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Front:
    """Each connection goes to the next server in turn that answered 200 at `/readyz` when it was last asked."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports, self._turn = tuple(ports), 0
        self.ready: set[int] = set()

    async def serve(self, port: int, stopping: asyncio.Event | None = None) -> None:
        """Listen on this port of this machine, for good or until it is told to stop."""
        looks = [asyncio.create_task(self._look(each)) for each in self._ports]
        server = await asyncio.start_server(self._pass, "127.0.0.1", port, backlog=256)
        try:
            await (stopping or asyncio.Event()).wait()
        finally:
            server.close()
            for each in looks:
                each.cancel()

    async def _look(self, port: int) -> None:
        while True:
            (self.ready.add if await self._is_ready(port) else self.ready.discard)(port)
            await asyncio.sleep(LOOK_SECONDS)

    async def _is_ready(self, port: int) -> bool:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(5):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                try:
                    writer.write(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    return (await reader.readexactly(12)).endswith(b" 200")
                finally:
                    writer.close()
        return False

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for port in self._order():
                with suppress(OSError):
                    theirs = await asyncio.open_connection("127.0.0.1", port)
                    await _join((reader, writer), theirs)
                    return
            writer.write(NONE_READY)
        finally:
            writer.close()

    def _order(self) -> list[int]:
        self._turn += 1
        ready = [each for each in self._ports if each in self.ready]
        return ready[self._turn % len(ready) :] + ready[: self._turn % len(ready)] if ready else []


async def _join(ours: Ends, theirs: Ends) -> None:
    """Pass on both ways until either end hangs up."""
    ways = [asyncio.create_task(_flow(ours[0], theirs[1])), asyncio.create_task(_flow(theirs[0], ours[1]))]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    theirs[1].close()
    for each in ways:
        each.cancel()


async def _flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


def _run(serving: Coroutine[None, None, None], loop: asyncio.AbstractEventLoop) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(serving)


@contextmanager
def standing(port: int, ports: Sequence[int]) -> Iterator[Front]:
    """A front that runs in a thread until the block ends."""
    front, loop, stopping = Front(ports), asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: _run(front.serve(port, stopping), loop))
    thread.start()
    try:
        yield front
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join()


if __name__ == "__main__":
    asyncio.run(Front([int(each) for each in sys.argv[2:]]).serve(int(sys.argv[1])))
