"""How much one client may hold at a time: connections an address, and bytes in bodies that are not uploads."""

import ipaddress
from collections import Counter
from collections.abc import Callable, Collection
from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from albumen.http import problems
from albumen.http.bodies import length_of
from albumen.kernel.errors import Busy, TooLarge

CONNECTIONS = 20
BODY_BYTES = 1 << 20
_RETRY_SECONDS = 5


class ConnectionLimit:
    """At most `most` connections with a request in flight for each client address (for IPv6, each /64).

    Those that have sent no whole head yet are not seen here: the listener holds so many of all clients together.
    Requests that share a connection, as with HTTP/2, count once.  Clients without an address and the
    addresses in `exempt` (behind which stands a proxy, or the owner of the machine) are not limited.
    """

    def __init__(self, app: ASGIApp, most: int = CONNECTIONS, exempt: Collection[str] = ()) -> None:
        self._app, self._most, self._exempt = app, most, exempt
        self._active: dict[str, Counter[object]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 429."""
        if scope["type"] != "http" or not scope.get("client"):
            return await self._app(scope, receive, send)
        host, port = scope["client"]
        if host in self._exempt:
            return await self._app(scope, receive, send)
        network = network_of(host)
        ports = self._active.setdefault(network, Counter())
        if port not in ports and len(ports) >= self._most:
            return await _refuse_busy(scope, receive, send)
        ports[port] += 1
        try:
            return await self._app(scope, receive, send)
        finally:
            self._release(network, ports, port)

    def _release(self, network: str, ports: Counter[object], port: object) -> None:
        ports[port] -= 1
        if not ports[port]:
            del ports[port]
            if not ports:
                self._active.pop(network, None)


@lru_cache(maxsize=4096)
def network_of(host: str) -> str:
    """What counts as one client: an IPv4 address, an IPv6 /64, else the word itself."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


class BodyLimit:
    """Bodies of at most `most_bytes`, except where `is_upload` says that the route receives more by itself."""

    def __init__(self, app: ASGIApp, is_upload: Callable[[Scope], bool], most_bytes: int = BODY_BYTES) -> None:
        self._app, self._is_upload, self._most_bytes = app, is_upload, most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"} or self._is_upload(scope):
            return await self._app(scope, receive, send)
        declared = content_length(scope)
        if declared is not None and declared <= self._most_bytes:
            return await self._app(scope, receive, send)  # the server lets no more than this through
        messages = await self._collect(receive) if declared is None else None
        if messages is None:
            return await problems.response(TooLarge("The body is too large."))(scope, receive, send)
        return await self._app(scope, _replay(messages, receive), send)

    async def _collect(self, receive: Receive) -> list[Message] | None:
        """The whole body, which says nothing of its length, in one; None where there is too much of it.

        It may come a byte at a time, and a message for each would take far more room than the body.
        """
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return [{"type": "http.request", "body": bytes(body), "more_body": True}, message]
            body += message.get("body", b"")
            if len(body) > self._most_bytes:
                return None
            if not message.get("more_body", False):
                return [{"type": "http.request", "body": bytes(body), "more_body": False}]


def content_length(scope: Scope) -> int | None:
    """The declared length of the body; None where there is none."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return length_of(value.decode("latin-1"))
    return None


def _replay(messages: list[Message], receive: Receive) -> Receive:
    rest = iter(messages)

    async def again() -> Message:
        return next(rest, None) or await receive()

    return again


async def _refuse_busy(scope: Scope, receive: Receive, send: Send) -> None:
    busy = Busy("Too many connections from one place.", retry_seconds=_RETRY_SECONDS)
    await problems.response(busy)(scope, receive, send)
