"""Requests on a socket, byte by byte, and what comes back: for those that no HTTP client would send."""

import json
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Self

MOST_SECONDS = 30.0
"""How long is waited for an answer, however busy the machine is."""
_MOST_HEAD = 1 << 20


@dataclass(frozen=True)
class Shape:
    """What is sent, and what is known of the answer.

    `is_cut`: it is no whole request, so that the sender says that no more comes and need not be answered.  `whole`
    is the file of which a part is asked for.
    """

    content: bytes
    method: str = "GET"
    is_cut: bool = False
    whole: bytes | None = None

    def __str__(self) -> str:
        return f"{self.content[:700]!r} … {len(self.content)} bytes{' (cut)' if self.is_cut else ''}"


@dataclass
class Reply:
    """One answer that was read to its end."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0

    @property
    def is_last(self) -> bool:
        """Whether the server says that it hangs up."""
        return self.headers.get("connection", "").lower() == "close"


class Gone(Exception):
    """The other side has hung up."""


class Wire:
    """A connection, and what was read ahead on it."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=MOST_SECONDS)
        self._read = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, content: bytes, *, is_cut: bool = False) -> None:
        """All of it; whoever is refused early need not be heard to the end."""
        with suppress(OSError):
            self._socket.sendall(content)
            if is_cut:
                self._socket.shutdown(socket.SHUT_WR)

    def reply(self, method: str) -> Reply:
        """The next answer.  Raises Gone, and TimeoutError where none comes in time."""
        started = time.perf_counter()
        reply = self._head()
        while 100 <= reply.status < 200:
            reply = self._head()
        if method != "HEAD" and reply.status not in (204, 304):
            reply.body = self._body(reply)
        reply.seconds = time.perf_counter() - started
        return reply

    def _head(self) -> Reply:
        while b"\r\n\r\n" not in self._read:
            assert len(self._read) < _MOST_HEAD, "a head without an end"
            self._more()
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        version, status = first.split(" ")[:2]
        assert version in ("HTTP/1.1", "HTTP/1.0"), first
        pairs = (line.partition(":") for line in lines)
        return Reply(int(status), {name.lower(): value.strip() for name, _, value in pairs})

    def _body(self, reply: Reply) -> bytes:
        if reply.headers.get("transfer-encoding") == "chunked":
            return self._chunks()
        if "content-length" in reply.headers:
            return self._take(int(reply.headers["content-length"]))
        with suppress(Gone):
            while True:
                self._more()
        return self._take(len(self._read))

    def _chunks(self) -> bytes:
        found = b""
        while True:
            while b"\r\n" not in self._read:
                self._more()
            size, _, self._read = self._read.partition(b"\r\n")
            chunk = self._take(int(size, 16) + 2)
            if chunk == b"\r\n":
                return found
            found += chunk[:-2]

    def _take(self, count: int) -> bytes:
        while len(self._read) < count:
            self._more()
        taken, self._read = self._read[:count], self._read[count:]
        return taken

    def _more(self) -> None:
        try:
            got = self._socket.recv(1 << 16)
        except ConnectionError:
            got = b""
        if not got:
            raise Gone
        self._read += got


def wrong(shape: Shape, reply: Reply) -> str:
    """What is wrong with an answer; nothing where all is well."""
    if reply.status >= 500 and reply.status not in (501, 505, 507) and "retry-after" not in reply.headers:
        return f"{reply.status} {reply.body[:400]!r}"
    if b"Traceback (most" in reply.body:
        return "a traceback"
    if reply.headers.get("content-type", "").startswith("application/problem+json") and reply.body:
        told = json.loads(reply.body)
        if told.get("status") != reply.status:
            return f"a problem that says {told}"
    return _other_bytes(shape.whole, reply) if shape.whole is not None else ""


def _other_bytes(whole: bytes, reply: Reply) -> str:
    """Whether what came of a known file is not what was said to come."""
    if reply.status == 200:
        return "" if reply.body in (whole, b"") else "other bytes"
    if reply.status == 206:
        unit, _, told = reply.headers["content-range"].partition(" ")
        span, _, total = told.partition("/")
        start, end = map(int, span.split("-"))
        is_so = unit == "bytes" and int(total) == len(whole) and reply.body in (whole[start : end + 1], b"")
        return "" if is_so else f"not the bytes of {told}"
    if reply.status == 416 and reply.headers.get("content-range") != f"bytes */{len(whole)}":
        return f"416 without the length: {reply.headers}"
    return ""


def proper(number: int, credentials: bytes) -> bytes:
    """A request as it should be, whose answer can be told from all others."""
    return b"GET /v1/none HTTP/1.1\r\nHost: x\r\nX-Request-Id: proper-%d\r\n%s\r\n" % (number, credentials)


def drawn(seed: int, number: int) -> Random:
    """The lot of one request, which its number brings back."""
    return Random(f"{seed}-{number}")
