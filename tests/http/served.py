"""A real server around an ASGI app, for what a test client cannot show."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from granian.server.embed import Server
from starlette.types import ASGIApp

from albumen.http import listening


@contextmanager
def served(app: ASGIApp, *, header_seconds: int = 10) -> Iterator[int]:
    """The port on which `app` answers, until the block ends and all its requests are done."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    loop = asyncio.new_event_loop()
    started = threading.Event()
    servers: list[Server] = []

    async def serve() -> None:
        servers.append(listening.listener(app, "127.0.0.1", port, header_milliseconds=header_seconds * 1000))
        started.set()
        await servers[0].serve()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    started.wait(10)
    try:
        _await_answer(port)
        yield port
    finally:
        loop.call_soon_threadsafe(servers[0].stop)
        thread.join(30)
        loop.close()


def connect(port: int) -> socket.socket:
    """A bare connection, with a time-out that fails a test instead of hanging it."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.settimeout(20)
    return connection


def client(port: int) -> HTTPConnection:
    """A plain HTTP/1.1 client."""
    return HTTPConnection("127.0.0.1", port, timeout=20)


def _await_answer(port: int) -> None:
    for _ in range(2000):
        try:
            connect(port).close()
            return
        except ConnectionRefusedError:
            threading.Event().wait(0.005)
    raise TimeoutError("The server did not start.")
