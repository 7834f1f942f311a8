"""What one client may hold at a time."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from albumen.http.limits import BodyLimit, ConnectionLimit, network_of


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


class Visit:
    """A request that stays until it is let go."""

    def __init__(self, host: str, port: int) -> None:
        self.scope: Scope = {
            "type": "http",
            "method": "GET",
            "headers": [],
            "client": (host, port),
            "leave": asyncio.Event(),
        }
        self.sent: list[Message] = []
        self.task: asyncio.Task[None] | None = None

    async def go(self, app: ConnectionLimit) -> int | None:
        """The status it was refused with, or None while it stays."""

        async def send(message: Message) -> None:
            self.sent.append(message)

        async def receive() -> Message:
            return {"type": "http.request"}

        self.task = asyncio.create_task(app(self.scope, receive, send))
        await asyncio.sleep(0)
        return self.sent[0]["status"] if self.sent else None

    async def leave(self) -> None:
        assert self.task is not None
        self.scope["leave"].set()
        await asyncio.gather(self.task, return_exceptions=True)


async def stay(scope: Scope, receive: Receive, send: Send) -> None:
    await scope["leave"].wait()
    if scope["client"][1] == 13:
        raise RuntimeError("even so, its place is free again")


def test_connections_of_one_address_are_counted() -> None:
    async def scenario() -> None:
        app = ConnectionLimit(stay, most=2)
        first, same, second = Visit("10.0.0.1", 1), Visit("10.0.0.1", 1), Visit("10.0.0.1", 13)
        assert [await visit.go(app) for visit in (first, same, second)] == [None, None, None]
        third = Visit("10.0.0.1", 3)
        assert await third.go(app) == 429
        assert (b"retry-after", b"5") in third.sent[0]["headers"]
        assert (b"content-type", b"application/problem+json") in third.sent[0]["headers"]
        other = Visit("10.0.0.2", 3)
        assert await other.go(app) is None, "somebody else"
        await same.leave()
        assert await Visit("10.0.0.1", 4).go(app) == 429, "its connection still has a request"
        await second.leave()
        fourth = Visit("10.0.0.1", 4)
        assert await fourth.go(app) is None
        for visit in (first, fourth, other):
            await visit.leave()
        assert app._active == {}

    anyio.run(scenario)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("testclient", "testclient"),
    ],
)
def test_what_counts_as_one_client(host: str, network: str) -> None:
    assert network_of(host) == network


@pytest.fixture
def client() -> TestClient:
    return TestClient(BodyLimit(echo, lambda scope: scope["path"] == "/upload", most_bytes=1000))


def chunked(size: int) -> Iterator[bytes]:
    for _ in range(size // 100):
        yield b"x" * 100


@pytest.mark.parametrize(("path", "size", "status"), [("/", 1000, 200), ("/", 1100, 413), ("/upload", 5000, 200)])
def test_bodies_with_and_without_a_length(client: TestClient, path: str, size: int, status: int) -> None:
    for body in (b"x" * size, chunked(size)):
        answer = client.post(path, content=body)
        assert answer.status_code == status
        assert status != 200 or answer.text == str(size)
        assert status == 200 or answer.headers["content-type"] == "application/problem+json"


def test_a_length_that_is_none_is_counted(client: TestClient) -> None:
    answer = client.post("/", content=chunked(2000), headers={"Content-Length": "x"})
    assert answer.status_code == 413


def test_a_body_that_comes_a_byte_at_a_time_takes_no_more_room() -> None:
    async def scenario() -> None:
        left, heard = 1000, []

        async def receive() -> Message:
            nonlocal left
            left -= 1
            return {"type": "http.request", "body": b"x", "more_body": left > 0}

        async def hear(scope: Scope, receive: Receive, send: Send) -> None:
            heard.append(await receive())

        async def send(message: Message) -> None:
            raise AssertionError(message)

        scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
        await BodyLimit(hear, lambda _: False, most_bytes=1000)(scope, receive, send)
        assert heard == [{"type": "http.request", "body": b"x" * 1000, "more_body": False}]

    anyio.run(scenario)


def test_a_client_that_leaves_in_the_middle_of_a_body_has_left() -> None:
    async def scenario() -> None:
        told: list[Message] = [
            {"type": "http.request", "body": b"x", "more_body": True},
            {"type": "http.disconnect"},
        ]
        coming, heard = iter(told), list[Message]()

        async def receive() -> Message:
            return next(coming)

        async def hear(scope: Scope, receive: Receive, send: Send) -> None:
            heard.extend([await receive(), await receive()])

        async def send(message: Message) -> None:
            raise AssertionError(message)

        scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
        await BodyLimit(hear, lambda _: False)(scope, receive, send)
        assert heard == told

    anyio.run(scenario)


def test_bodies_are_refused_before_all_of_them_came() -> None:
    async def scenario() -> None:
        taken = 0

        async def endless() -> AsyncIterator[Message]:
            nonlocal taken
            while True:
                taken += 1
                yield {"type": "http.request", "body": b"x" * 100, "more_body": True}

        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
        await BodyLimit(echo, lambda _: False, most_bytes=1000)(scope, endless().__anext__, send)
        assert sent[0]["status"] == 413
        assert taken == 11

    anyio.run(scenario)
