"""Requests handed to an ASGI app as they are: any bytes in any place, which no HTTP client would send."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Sent:
    """A request.  `target` is path and query as they stand in its first line; `is_cut` has its body never end."""

    method: str
    target: bytes
    headers: Headers = ()
    body: bytes = b""
    is_cut: bool = False

    def __str__(self) -> str:
        shown = {name.decode("latin-1"): value[:300] for name, value in self.headers}
        return f"{self.method} {self.target[:600]!r} {shown} {self.body[:600]!r}{' (cut)' if self.is_cut else ''}"


@dataclass
class Got:
    """Its answer."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0


async def exchange(app: ASGIApp, sent: Sent, *, most_seconds: float = 20) -> Got:
    """Have the app answer.  What it raises after its answer is what the server would log; it counts as no answer."""
    got, parts = Got(), iter(_parts(sent))
    answered = asyncio.Event()

    async def receive() -> Message:
        message = next(parts, None)
        if message is None:
            await answered.wait()
            return {"type": "http.disconnect"}
        return message

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            got.status = message["status"]
            got.headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]
            }
        elif message["type"] == "http.response.body":
            got.body += message.get("body", b"")
            if not message.get("more_body"):
                answered.set()

    started = time.perf_counter()
    await asyncio.wait_for(app(_scope(sent), receive, send), most_seconds)
    got.seconds = time.perf_counter() - started
    return got


def _parts(sent: Sent) -> Sequence[Message]:
    body: Message = {"type": "http.request", "body": sent.body, "more_body": sent.is_cut}
    return (body, {"type": "http.disconnect"}) if sent.is_cut else (body,)


def _scope(sent: Sent) -> dict[str, object]:
    path, _, query = sent.target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": sent.method,
        "path": unquote_to_bytes(path).decode(errors="replace"),
        "raw_path": path,
        "root_path": "",
        "query_string": query,
        "scheme": "http",
        "headers": [(name.lower(), value) for name, value in sent.headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("testserver", 80),
        "state": {},
    }
