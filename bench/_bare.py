"""The server without us: bare ASGI apps under the same granian settings, to compare with.

Run as `python bench/_bare.py PORT FOLDER`: `/file/NAME` hands a file over by path, `/discard` takes a body and
forgets it, `/form` is the framework's own way with a file in a form: to disk, hashed, synced, moved.
"""

import asyncio
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from _server import free_port
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send


def bare(folder: Path) -> ASGIApp:
    """The app."""
    framework = Starlette(routes=[Route("/form", Form(folder).take, methods=["POST"])])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path.startswith("/file/"):
            await _hand_over(folder / path.removeprefix("/file/"), send)
        elif path == "/form":
            await framework(scope, receive, send)
        elif scope["type"] == "http":
            await _discard(receive, send)

    return app


async def _hand_over(file: Path, send: Send) -> None:
    headers = [(b"content-type", b"image/webp"), (b"content-length", b"%d" % file.stat().st_size)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.pathsend", "path": str(file)})


async def _discard(receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


class Form:
    """What most applications do: let the framework parse the form, then look at the file it left."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def take(self, request: Request) -> Response:
        """Receive, hash, sync, move."""
        async with request.form() as form:
            upload = form["file"]
            assert not isinstance(upload, str)
            name = await run_in_threadpool(self._keep, upload.file)
        return PlainTextResponse(name)

    def _keep(self, source: BinaryIO) -> str:
        digest, crc32 = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as kept:
            shutil.copyfileobj(source, kept, 1 << 20)
            kept.flush()
            kept.seek(0)
            while block := kept.read(1 << 20):
                digest.update(block)
                crc32 = zlib.crc32(block, crc32)
            os.fsync(kept.fileno())
        Path(kept.name).rename(self._folder / digest.hexdigest())
        return digest.hexdigest()


class BareServer:
    """The bare server as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.process = subprocess.Popen([sys.executable, __file__, str(self.port), str(folder)])
        self._await()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.terminate()
        self.process.wait(20)

    def _await(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.01)
        raise RuntimeError("the bare server did not start")


def main(port: int, folder: Path) -> None:
    """Serve until terminated."""
    server = Server(
        bare(folder),
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        log_level=LogLevels.error,
        websockets=False,
    )
    asyncio.run(server.serve())


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
