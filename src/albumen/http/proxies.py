"""Reverse proxies: what a trusted one says of its client counts as the client's own."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send


class TrustedProxies:
    """Takes address and scheme from `X-Forwarded-For` and `X-Forwarded-Proto`, where a trusted proxy sends them."""

    def __init__(self, app: ASGIApp, addresses: Iterable[str]) -> None:
        self._app, self._trusted = app, frozenset(addresses)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with the client's own address."""
        client = scope.get("client")
        if scope["type"] == "http" and client and client[0] in self._trusted:
            self._believe(scope)
        await self._app(scope, receive, send)

    def _believe(self, scope: Scope) -> None:
        told = {name: value.decode("latin-1") for name, value in scope["headers"] if name.startswith(b"x-forwarded-")}
        addresses = [_bare(each.strip()) for each in told.get(b"x-forwarded-for", "").split(",") if each.strip()]
        own = next((each for each in reversed(addresses) if each not in self._trusted), None)
        if own is not None:
            scope["client"] = (own, scope["client"][1])
        if told.get(b"x-forwarded-proto") in ("http", "https"):
            scope["scheme"] = told[b"x-forwarded-proto"]


def _bare(told: str) -> str:
    """An address without the port that some proxies write behind it, by which one client would look like many."""
    if told.startswith("["):
        return told[1:].partition("]")[0]
    host, _, port = told.partition(":")
    return host if port.isdigit() and "." in host else told
