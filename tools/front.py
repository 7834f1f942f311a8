"""A front for several servers of one machine, for trials: `front.py 5000 5001 5002` listens on 5000 for the others.

In earnest use a proxy that people trust (docs/cluster.md); this one needs nothing installed.
"""

import asyncio
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress

LOOK_SECONDS = 0.1
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
        with suppress(OSError, asyncio.IncompleteReadError):  # a time-out is an OSError, too
            async with asyncio.timeout(5):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                with closing(writer):
                    writer.write(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    return (await reader.readexactly(12)).endswith(b" 200")
        return False

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for port in self._order():
                with suppress(OSError, asyncio.CancelledError):  # the latter when the front ends
                    return await _join((reader, writer), await asyncio.open_connection("127.0.0.1", port))
            writer.write(NONE_READY)
        finally:
            writer.close()

    def _order(self) -> list[int]:
        self._turn += 1
        order = self._ports[self._turn % len(self._ports) :] + self._ports[: self._turn % len(self._ports)]
        return [each for each in order if each in self.ready]


async def _join(*ends: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    """Pass on both ways until either end hangs up."""
    ours, theirs = ends
    ways = [asyncio.create_task(_flow(ours[0], theirs[1])), asyncio.create_task(_flow(theirs[0], ours[1]))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        theirs[1].close()
        for each in ways:
            each.cancel()


async def _flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


@contextmanager
def standing(port: int, ports: Sequence[int]) -> Iterator[Front]:
    """A front that runs in a thread until the block ends."""
    front, loop, stopping = Front(ports), asyncio.new_event_loop(), asyncio.Event()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(front.serve(port, stopping))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield front
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join()


if __name__ == "__main__":
    asyncio.run(Front([int(each) for each in sys.argv[2:]]).serve(int(sys.argv[1])))
