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
