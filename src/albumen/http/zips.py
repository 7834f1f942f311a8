"""ZIPs that are made while they are sent: nothing is staged, the length is known, and a download can be resumed."""

from collections.abc import Callable
from dataclasses import dataclass

from anyio import to_thread
from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from albumen.blobs.links import Signer
from albumen.blobs.port import Blobs
from albumen.http import problems
from albumen.http.bytes import (
    SENT_BYTES,
    Blocks,
    Broken,
    Exchange,
    Headers,
    Shown,
    body_of,
    head_of,
    read,
    send_blocks,
    send_whole,
)
from albumen.http.disposition import attachment
from albumen.http.manifest import Manifest, Member, Span
from albumen.http.ranges import answer_for
from albumen.kernel.clock import Clock
from albumen.kernel.errors import Gone, NotFound, Problem

PREFIX = "/zip/"
CHECKED_BYTES = 32 << 20
"""After so many bytes it is asked anew whether a download is still granted."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A download that was granted: what is in it, what it is saved as.

    `check` raises where it is granted no longer, and is asked again and again while it is sent.
    """

    manifest: Manifest
    filename: str
    check: Callable[[], None] | None = None


class ZipResponse(Response):
    """A ZIP as an answer to GET or HEAD, whole or a range of it."""

    def __init__(self, blobs: Blobs, bundle: Bundle) -> None:
        self.blobs, self.bundle = blobs, bundle
        self.shown = Shown(bundle.manifest.etag, "application/zip", disposition=attachment(bundle.filename))
        self.raw_headers: Headers = []
        self.background: BackgroundTask | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer.  Raises Gone where the first member is missing, before anything is sent."""
        size_bytes = self.bundle.manifest.size_bytes
        answer = answer_for(scope["method"], scope["headers"], self.shown.quoted_tag, size_bytes)
        headers = head_of(self.shown, answer, size_bytes)
        if not answer.has_body or not answer.length:
            await send_whole(send, answer.status, headers, body_of(answer, scope["method"]))
        else:
            blocks = zip_blocks(self.blobs, self.bundle, answer.start, answer.end)
            await send_blocks(blocks, answer, headers, Exchange(receive, send))
        if self.background is not None:
            await self.background()


def zip_blocks(blobs: Blobs, bundle: Bundle, start: int, end: int) -> Blocks:
    """The bytes [start, end), small ones together, as long as they are granted.

    Raises Gone for a missing member, Broken for one that changed.  A member's CRC-32 is not compared: whoever unpacks
    it does so, and one rotten photo must not cost the others.
    """
    waiting: list[bytes] = []
    waiting_bytes = unchecked_bytes = 0
    for segment in bundle.manifest.segments(start, end):
        for piece in _contents(blobs, segment) if isinstance(segment, Span) else (segment,):
            waiting.append(piece)
            waiting_bytes += len(piece)
            if waiting_bytes >= SENT_BYTES:
                unchecked_bytes += waiting_bytes
                if unchecked_bytes >= CHECKED_BYTES and bundle.check is not None:
                    bundle.check()
                    unchecked_bytes = 0
                yield b"".join(waiting)
                waiting, waiting_bytes = [], 0
    if waiting:
        yield b"".join(waiting)


def _contents(blobs: Blobs, span: Span) -> Blocks:
    _check(blobs, span.member)
    left = span.end - span.start
    for block in read(blobs, span.member.key, span.member.pieces, span.start, span.end):
        left -= len(block)
        yield block
    if left:
        raise Broken(f"{left} bytes of a member are missing")


def _check(blobs: Blobs, member: Member) -> None:
    try:
        size_bytes = blobs.stat(member.key).size_bytes
    except NotFound:
        raise Gone("A file of this download was deleted.") from None
    if member.pieces is None and size_bytes != member.size_bytes:
        raise Broken("a member has another size than before")


def zip_app(blobs: Blobs, signer: Signer, clock: Clock, load: Callable[[str], Bundle]) -> ASGIApp:
    """The route behind signed links to ZIPs, as bare ASGI; `load` finds what `/zip/NAME` stands for, or raises."""

    async def zips(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] not in {"GET", "HEAD"}:
                return await problems.only_get(scope, receive, send)
            signer.check_path(scope["path"], scope["query_string"], clock())
            answer = await to_thread.run_sync(_answer, scope["path"].removeprefix(PREFIX))
            await answer(scope, receive, send)
        except Problem as problem:
            await problems.response(problem)(scope, receive, send)

    def _answer(name: str) -> ZipResponse:
        return ZipResponse(blobs, load(name))

    return zips
