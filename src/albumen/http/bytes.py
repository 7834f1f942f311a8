"""One blob as an HTTP answer: conditions, ranges, and the shortest way from the disk to the client."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from anyio import CancelScope
from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from albumen.blobs import disk
from albumen.blobs.port import Blobs
from albumen.http import lanes, problems
from albumen.http.ranges import Answer, answer_for
from albumen.kernel.errors import Problem
from albumen.kernel.pieces import Piece, Pieces, length, size_of, within

Headers = list[tuple[bytes, bytes]]
Blocks = Generator[bytes, None, None]

SENT_BYTES = 256 * 1024
"""The size of a block: what fits a processor's cache goes out fastest."""
_AHEAD_BYTES = 2 << 20
_PATHSEND = "http.response.pathsend"
_REFUSED = {
    412: bytes(problems.plain(412, "Precondition failed", "What is there is not what If-Match names.").body),
    416: bytes(problems.plain(416, "Range not satisfiable", "The range begins behind the end.").body),
}
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

    @property
    def quoted_tag(self) -> bytes:
        """The entity tag as it stands in a header."""
        return f'"{self.tag}"'.encode("latin-1")


class BlobResponse(Response):
    """One blob, or what pieces make of it; what a FastAPI endpoint returns, or an ASGI callable of its own."""

    def __init__(self, blobs: Blobs, key: str, shown: Shown, pieces: Pieces | None = None) -> None:
        self.blobs, self.key, self.shown, self.pieces = blobs, key, shown, pieces
        self.raw_headers: Headers = []
        self.background: BackgroundTask | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET or HEAD.  Raises NotFound before anything is sent."""
        path, size_bytes = await self._find()
        answer = answer_for(scope["method"], scope["headers"], self.shown.quoted_tag, size_bytes)
        headers = head_of(self.shown, answer, size_bytes)
        if not answer.has_body or not answer.length:
            await send_whole(send, answer.status, headers, body_of(answer, scope["method"]))
        elif path is not None and answer.length == size_bytes and _PATHSEND in (scope.get("extensions") or ()):
            await send_start(send, answer.status, headers)
            await send({"type": _PATHSEND, "path": str(path)})
        else:
            blocks = read(self.blobs, self.key, self.pieces, answer.start, answer.end)
            await send_blocks(blocks, answer, headers, Exchange(receive, send))
        if self.background is not None:
            await self.background()

    async def _find(self) -> tuple[Path | None, int]:
        path = self.blobs.path(self.key)
        if self.pieces is not None:
            return None, size_of(self.pieces)
        if path is None:
            return None, (await lanes.BYTES.run(self.blobs.stat, self.key)).size_bytes
        return path, _size(path)


def _size(file: Path) -> int:
    """The size of a file that can be opened: of any other, whoever sends it would say that it is not there.

    Raises NotFound where it is not there, and Unavailable where the disk does not answer.
    """
    with disk.in_our_words():
        fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.fstat(fd).st_size
        finally:
            os.close(fd)


def read(blobs: Blobs, key: str, pieces: Pieces | None, start: int, end: int) -> Blocks:
    """The bytes [start, end) of a blob, or of what pieces make of it.  Raises NotFound, Broken where some miss."""
    if pieces is None:
        yield from blobs.read(key, start, end, SENT_BYTES)
        return
    with blobs.open(key) as original:
        for piece in within(pieces, start, end):
            yield from _piece(original, piece)


def _piece(original: BinaryIO, piece: Piece) -> Iterator[bytes]:
    if isinstance(piece, bytes):
        yield piece
        return
    left = length(piece)
    if isinstance(piece, tuple):
        original.seek(piece[0])
    while left:
        count = min(left, SENT_BYTES)
        block = original.read(count) if isinstance(piece, tuple) else bytes(count)
        if not block:
            raise Broken(f"{left} bytes of a piece are missing")
        left -= len(block)
        yield block


def head_of(shown: Shown, answer: Answer, size_bytes: int) -> Headers:
    """The headers of an answer that shows a representation of so many bytes, or a part of it."""
    headers = [(b"etag", shown.quoted_tag), (b"cache-control", shown.cache_control.encode("latin-1")), *_GUARD]
    if answer.status == 304:
        return headers
    if answer.status in _REFUSED:
        headers += _problem(answer)
        return [*headers, (b"content-range", b"bytes */%d" % size_bytes)] if answer.status == 416 else headers
    headers.append((b"content-length", b"%d" % answer.length))
    headers.append((b"content-type", shown.mime.encode("latin-1")))
    if shown.disposition is not None:
        headers.append((b"content-disposition", shown.disposition.encode("latin-1")))
    if answer.status == 206:
        headers.append((b"content-range", b"bytes %d-%d/%d" % (answer.start, answer.end - 1, size_bytes)))
    return headers


def _problem(answer: Answer) -> Headers:
    length = b"%d" % len(_REFUSED[answer.status])
    return [(b"content-type", problems.MEDIA_TYPE.encode()), (b"content-length", length)]


def body_of(answer: Answer, method: str) -> bytes:
    """What an answer says that shows nothing of a representation: why it does not, to whoever did not ask by HEAD."""
    return b"" if method == "HEAD" else _REFUSED.get(answer.status, b"")


@dataclass(frozen=True, slots=True)
class Exchange:
    """The two ways of one request: what the client still says, and what it is told."""

    receive: Receive
    send: Send


async def send_blocks(blocks: Blocks, answer: Answer, headers: Headers, exchange: Exchange) -> None:
    """Send blocks made in the thread pool, some while the next are made, as long as there is somebody to read them.

    What making the first one raises comes before anything is sent.  Raises Broken where they end early.
    """
    ahead = _begin(_some, blocks, 1)
    try:
        ready = await ahead
        await send_start(exchange.send, answer.status, headers)
        left = answer.length
        async with _watch(exchange.receive) as gone:
            while left > 0 and not gone.done():
                if not ready:
                    raise Broken(f"{left} bytes are missing at the end")
                ahead = _begin(_more, blocks)
                for block in ready:
                    left -= len(block)
                    await exchange.send({"type": "http.response.body", "body": block, "more_body": left > 0})
                ready = await ahead
    finally:
        with CancelScope(shield=True):
            await asyncio.wait([ahead])
            await lanes.BYTES.run(blocks.close)


def _begin(take: Callable[..., list[bytes]], *given: object) -> "asyncio.Task[list[bytes]]":
    return asyncio.create_task(lanes.BYTES.run(take, *given))


def _some(blocks: Blocks, least_bytes: int) -> list[bytes]:
    """The next blocks, of so many bytes together, or what is left: going to a thread for each would cost more."""
    taken, taken_bytes = [], 0
    while taken_bytes < least_bytes and (block := next(blocks, b"")):
        taken.append(block)
        taken_bytes += len(block)
    return taken


def _more(blocks: Blocks) -> list[bytes]:
    try:
        return _some(blocks, _AHEAD_BYTES)
    except Problem as problem:  # too late to tell the client in words
        raise Broken(problem.detail) from problem


async def send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """An answer in one piece."""
    await send_start(send, status, headers)
    await send({"type": "http.response.body", "body": body})


async def send_start(send: Send, status: int, headers: Headers) -> None:
    """Status and headers; the body is to follow."""
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
