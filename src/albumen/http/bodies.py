"""Bodies that bring a file: received straight into a sink, without holding up the event loop, and checked."""

import asyncio
import base64
import binascii
import hmac
import re
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from anyio import CancelScope, to_thread
from starlette.requests import ClientDisconnect

from albumen.kernel.errors import Invalid, TooLarge

_BLOCK_BYTES = 1 << 20
_FEW = 4  # large chunks are taken as they came: joining them would copy the whole body once more
_MOST_DIGITS = 19
_SHA256 = re.compile(r"(?:^|,)\s*sha-256\s*=\s*:([A-Za-z0-9+/=]*):\s*(?:,|;|$)", re.IGNORECASE)


class Sink(Protocol):
    """Where a file's bytes go; a `Spool` is one."""

    def write(self, data: bytes | memoryview) -> None:
        """Take some more."""

    def discard(self) -> None:
        """Forget them all."""


class Counted(Protocol):
    """Bytes that were counted and hashed."""

    size_bytes: int

    @property
    def digest(self) -> bytes:
        """SHA-256, 32 bytes."""


class Hashed(Sink, Counted, Protocol):
    """A sink that knows what it was given."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a body may hold.  Fields are parts without a sink."""

    part_bytes: int = 1 << 40
    total_bytes: int = 1 << 40
    parts: int = 100
    field_bytes: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Declared:
    """What the client says that its body is: length and SHA-256, each where it does."""

    size_bytes: int | None = None
    digests: tuple[bytes, ...] = ()


async def pour(stream: AsyncIterable[bytes], take: Callable[[bytes], None], most_bytes: int) -> None:
    """Hand the stream to `take` in the thread pool, a block at a time, receiving the next one meanwhile."""
    waiting: list[bytes] = []
    waiting_bytes = total_bytes = 0
    behind = _Behind(take)
    try:
        async for chunk in stream:
            waiting.append(chunk)
            waiting_bytes += len(chunk)
            total_bytes += len(chunk)
            if total_bytes > most_bytes:
                raise TooLarge
            if waiting_bytes >= _BLOCK_BYTES:
                await behind.take(waiting)
                waiting, waiting_bytes = [], 0
        if waiting_bytes:
            await behind.take(waiting)
    except ClientDisconnect:
        raise Invalid("The body ended early.", code="incomplete") from None
    finally:
        await behind.settle()


class _Behind:
    """Takes blocks in the thread pool, one at a time and in order, while the caller goes on."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._task: asyncio.Task[None] | None = None

    async def take(self, chunks: list[bytes]) -> None:
        """Start on the next chunks, once the last are done.  Raises what taking the last ones raised."""
        await self.settle()
        self._task = asyncio.create_task(to_thread.run_sync(self._take_all, chunks))

    def _take_all(self, chunks: list[bytes]) -> None:
        for block in chunks if len(chunks) <= _FEW else (b"".join(chunks),):
            self._take(block)

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        task, self._task = self._task, None
        if task is not None:
            await task


async def receive_body(stream: AsyncIterable[bytes], sink: Hashed, limits: Limits, declared: Declared) -> None:
    """A raw body, into `sink`.

    Raises Invalid where it is not what was declared and TooLarge where it is over a limit; the sink is then discarded.
    """
    most_bytes = min(limits.part_bytes, limits.total_bytes)
    try:
        if declared.size_bytes is not None and declared.size_bytes > most_bytes:
            raise TooLarge
        await pour(stream, sink.write, most_bytes)
        compare(sink, declared)
    except BaseException:
        with CancelScope(shield=True):
            await to_thread.run_sync(sink.discard)
        raise


def declared_in(headers: Mapping[str, str]) -> Declared:
    """What Content-Length, Repr-Digest and Content-Digest (RFC 9530) say.  Raises Invalid where they make no sense.

    Digests other than sha-256 are passed over, as the RFC wants.
    """
    told = headers.get("content-length")
    length = None if told is None else length_of(told)
    if told is not None and length is None:
        raise Invalid("The Content-Length is not a number.")
    digests = (headers.get(name) for name in ("repr-digest", "content-digest"))
    return Declared(length, tuple(_sha256s(digests)))


def length_of(told: str) -> int | None:
    """The bytes that a Content-Length tells; None where it is no number.

    One of endless digits, which Python would not read, is cut to what is still more than any limit.
    """
    if not (told.isascii() and told.isdigit()):
        return None
    return int(told.lstrip("0")[:_MOST_DIGITS] or "0")


def _sha256s(fields: Iterable[str | None]) -> Iterable[bytes]:
    for value in fields:
        if value is None or "sha-256" not in value.lower():
            continue
        found = _SHA256.search(value)
        digest = _decoded(found[1]) if found else b""
        if len(digest) != 32:
            raise Invalid("The sha-256 digest is not one.")
        yield digest


def _decoded(coded: str) -> bytes:
    try:
        return base64.b64decode(coded, validate=True)
    except binascii.Error:
        return b""


def compare(sink: Counted, declared: Declared) -> None:
    """Raises Invalid where what came is not what was declared."""
    if declared.size_bytes is not None and sink.size_bytes != declared.size_bytes:
        raise Invalid("The body ended early.", code="incomplete")
    if not all(hmac.compare_digest(sink.digest, digest) for digest in declared.digests):
        raise Invalid("The body is not the one whose digest was sent.", code="digest-mismatch")
