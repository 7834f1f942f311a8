"""What trusted reverse proxies say of their clients."""

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from albumen.http.proxies import TrustedProxies


@pytest.mark.parametrize(
    ("told", "host"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("198.51.100.7:52011", "198.51.100.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:52011", "2001:db8::7"),
        ("203.0.113.1, 198.51.100.7:1", "198.51.100.7"),
        ("198.51.100.7, 10.0.0.1", "198.51.100.7"),
    ],
)
def test_a_client_is_one_client_whatever_its_port(told: str, host: str) -> None:
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["client"][0])

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        """Nobody listens."""

    scope: Scope = {"type": "http", "client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", told.encode())]}
    anyio.run(TrustedProxies(app, ["10.0.0.1"]), scope, receive, send)
    assert seen == [host]


@pytest.mark.parametrize(
    ("trusted", "proxy", "host"),
    [
        ("10.1.0.0/16", "10.1.2.3", "198.51.100.7"),
        ("10.1.0.0/16", "::ffff:10.1.2.3", "198.51.100.7"),
        ("2001:db8::/64", "2001:db8::5", "198.51.100.7"),
        ("10.1.0.0/16", "10.2.2.3", "10.2.2.3"),
        ("10.1.0.0/16", "proxy", "proxy"),
        ("proxy", "proxy", "198.51.100.7"),
    ],
)
def test_a_proxy_may_be_any_of_a_network(trusted: str, proxy: str, host: str) -> None:
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["client"][0])

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        """Nobody listens."""

    scope: Scope = {"type": "http", "client": (proxy, 1), "headers": [(b"x-forwarded-for", b"198.51.100.7")]}
    anyio.run(TrustedProxies(app, [trusted]), scope, receive, send)
    assert seen == [host]
