"""One blob as an HTTP answer: conditions, ranges, and the shortest way from the disk to the client."""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from anyio import CancelScope, to_thread
from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from albumen.blobs.port import Blobs
from albumen.http.ranges import Answer, answer_for
from albumen.kernel.errors import NotFound, Problem

Headers = list[tuple[bytes, bytes]]

_BLOCK_BYTES = 512 * 1024
_PATHSEND = "http.response.pathsend"
_GUARD: Headers = [
    (b"accept-ranges", b"bytes"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"sandbox; default-src 'none'"),
]


class Broken(Exception):
    """The blob ended before its length; the connection is cut, so that nobody takes the part for the whole."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a blob is presented: `tag` without its quotes, `mime` from our own table."""

    tag: str
    mime: str
    cache_control: str = "private, no-cache"
    disposition: str | None = None


class BlobResponse(Response):
    """One blob, as what a FastAPI endpoint returns or as an ASGI callable of its own."""

    def __init__(self, blobs: Blobs, key: str, shown: Shown) -> None:
        self.blobs, self.key, self.shown = blobs, key, shown
        self.raw_headers: Headers = []
        self.background: BackgroundTask | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET or HEAD.  Raises NotFound before anything is sent."""
        path, size_bytes = await self._find()
        tag = f'"{self.shown.tag}"'.encode("latin-1")
        answer = answer_for(scope["method"], scope["headers"], tag, size_bytes)
        headers = self._head(tag, answer, size_bytes)
        if not answer.has_body or not answer.length:
            await _send_whole(send, answer.status, headers, b"")
        elif path is not None and answer.length == size_bytes and _PATHSEND in (scope.get("extensions") or ()):
            await _start(send, answer.status, headers)
            await send({"type": _PATHSEND, "path": str(path)})
        else:
            await self._stream(answer, headers, receive, send)
        if self.background is not None:
            await self.background()

    async def _find(self) -> tuple[Path | None, int]:
        path = self.blobs.path(self.key)
        if path is None:
            return None, (await to_thread.run_sync(self.blobs.stat, self.key)).size_bytes
        try:
            return path, path.stat().st_size
        except FileNotFoundError:
            raise NotFound from None

    def _head(self, tag: bytes, answer: Answer, size_bytes: int) -> Headers:
        headers = [(b"etag", tag), (b"cache-control", self.shown.cache_control.encode("latin-1")), *_GUARD]
        if answer.status == 304:
            return headers
        headers.append((b"content-length", b"%d" % answer.length))
        if answer.status == 416:
            return [*headers, (b"content-range", b"bytes */%d" % size_bytes)]
        if answer.status == 412:
            return headers
        headers.append((b"content-type", self.shown.mime.encode("latin-1")))
        if self.shown.disposition is not None:
            headers.append((b"content-disposition", self.shown.disposition.encode("latin-1")))
        if answer.status == 206:
            headers.append((b"content-range", b"bytes %d-%d/%d" % (answer.start, answer.end - 1, size_bytes)))
        return headers

    async def _stream(self, answer: Answer, headers: Headers, receive: Receive, send: Send) -> None:
        """Send blocks read in the thread pool, as long as there is somebody to read them."""
        blocks = self.blobs.read(self.key, answer.start, answer.end, _BLOCK_BYTES)
        try:
            block = await to_thread.run_sync(next, blocks, b"")
            await _start(send, answer.status, headers)
            left = answer.length
            async with _watch(receive) as gone:
                while left > 0 and not gone.done():
                    if not block:
                        raise Broken(f"{left} bytes are missing at the end")
                    left -= len(block)
                    await send({"type": "http.response.body", "body": block, "more_body": left > 0})
                    block = await to_thread.run_sync(_next, blocks)
        finally:
            with CancelScope(shield=True):
                await to_thread.run_sync(blocks.close)


def _next(blocks: Generator[bytes, None, None]) -> bytes:
    try:
        return next(blocks, b"")
    except Problem as problem:  # too late to tell the client in words
        raise Broken(problem.detail) from problem


async def _send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await _start(send, status, headers)
    await send({"type": "http.response.body", "body": body})


async def _start(send: Send, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


@asynccontextmanager
async def _watch(receive: Receive) -> AsyncIterator["asyncio.Future[None]"]:
    """Done once the client is gone.  A server may take `send` to a closed connection without a word."""

    async def wait() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    task = asyncio.ensure_future(wait())
    try:
        yield task
    finally:
        task.cancel()
