"""A refusal that comes early still reaches the client that is sending."""

from collections.abc import Iterator

import anyio
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from albumen.http.drains import Drain


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("no", 507)(scope, receive, send)


class Client:
    """Sends so many pieces of ten bytes, and notes when it was answered."""

    def __init__(self, pieces: int) -> None:
        self.left, self.answered_with_left = pieces, -1

    async def receive(self) -> Message:
        self.left -= 1
        return {"type": "http.request", "body": b"x" * 10, "more_body": self.left > 0}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.answered_with_left = self.left


def answered(pieces: int, headers: dict[str, str] | None = None, most_bytes: int = 1000) -> int:
    """How many pieces were still to come when the answer went out."""
    client = Client(pieces)
    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": raw}
    anyio.run(Drain(refuse, most_bytes), scope, client.receive, client.send)
    return client.answered_with_left


@pytest.fixture(params=[1, 7, 100])
def pieces(request: pytest.FixtureRequest) -> Iterator[int]:
    yield request.param


def test_the_rest_of_the_body_is_taken_first(pieces: int) -> None:
    assert answered(pieces) == 0


def test_but_not_without_end() -> None:
    assert answered(500) == 400


def test_who_waits_for_a_word_gets_it_at_once() -> None:
    assert answered(7, {"expect": "100-continue"}) == 7
