"""Reverse proxies: what a trusted one says of its client counts as the client's own."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import ASGIApp, Receive, Scope, Send

_REMEMBERED = 4096


class TrustedProxies:
    """Takes address and scheme from `X-Forwarded-For` and `X-Forwarded-Proto`, where a trusted proxy sends them.

    Proxies are named by their addresses, or by the networks that nobody else is in.
    """

    def __init__(self, app: ASGIApp, addresses: Iterable[str]) -> None:
        names = frozenset(addresses)
        networks = [found for each in names if (found := _network(each)) is not None]

        @lru_cache(_REMEMBERED)
        def is_trusted(told: str) -> bool:
            address = _address(told)
            return told in names or (address is not None and any(address in each for each in networks))

        self._app, self._is_trusted = app, is_trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with the client's own address."""
        client = scope.get("client")
        if scope["type"] == "http" and client and self._is_trusted(client[0]):
            self._believe(scope)
        await self._app(scope, receive, send)

    def _believe(self, scope: Scope) -> None:
        told = {name: value.decode("latin-1") for name, value in scope["headers"] if name.startswith(b"x-forwarded-")}
        addresses = [_bare(each.strip()) for each in told.get(b"x-forwarded-for", "").split(",") if each.strip()]
        own = next((each for each in reversed(addresses) if not self._is_trusted(each)), None)
        if own is not None:
            scope["client"] = (own, scope["client"][1])
        if told.get(b"x-forwarded-proto") in ("http", "https"):
            scope["scheme"] = told[b"x-forwarded-proto"]


def _network(told: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(told, strict=False)
    except ValueError:
        return None


def _address(told: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(told)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _bare(told: str) -> str:
    """An address without the port that some proxies write behind it, by which one client would look like many."""
    if told.startswith("["):
        return told[1:].partition("]")[0]
    host, _, port = told.partition(":")
    return host if port.isdigit() and "." in host else told
