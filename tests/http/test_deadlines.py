"""Slow bodies are cut off; slow work on them is not."""

import asyncio
import threading

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.http.served import connect, served

from albumen.http.deadlines import BodyDeadline

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"


async def count(scope: Scope, receive: Receive, send: Send) -> None:
    total = 0
    async for chunk in Request(scope, receive).stream():
        total += len(chunk)
    await PlainTextResponse(str(total))(scope, receive, send)


async def count_slowly(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    async for _ in request.stream():
        await asyncio.sleep(0.4)
    await PlainTextResponse("stored")(scope, receive, send)


async def complain(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await count(scope, receive, send)
    except ClientDisconnect:
        await PlainTextResponse("the app's own view", 400)(scope, receive, send)


@pytest.mark.parametrize("app", [count, complain])
def test_a_body_that_does_not_come_gets_408_and_the_connection_ends(app: ASGIApp) -> None:
    with served(BodyDeadline(app, window_seconds=0.3)) as port, connect(port) as client:
        client.sendall(HEAD + b"x" * 100)
        answer = b""
        while chunk := client.recv(10_000):
            answer += chunk
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert b"connection: close" in answer.lower()


def test_a_trickle_is_not_enough() -> None:
    with served(BodyDeadline(count, window_seconds=0.5)) as port, connect(port) as client:
        client.sendall(HEAD)
        stop = threading.Event()

        def trickle() -> None:
            while not stop.wait(0.02):
                try:
                    client.sendall(b"x")
                except OSError:
                    return

        thread = threading.Thread(target=trickle)
        thread.start()
        assert client.recv(1000).startswith(b"HTTP/1.1 408 ")
        stop.set()
        thread.join()


def test_a_steady_body_may_take_many_windows() -> None:
    with served(BodyDeadline(count, window_seconds=1.0)) as port, connect(port) as client:
        client.sendall(HEAD)
        for _ in range(20):
            client.sendall(b"x" * 5000)
            threading.Event().wait(0.1)
        assert client.recv(1000).endswith(b"100000")


def test_the_time_we_take_ourselves_does_not_count() -> None:
    with served(BodyDeadline(count_slowly, window_seconds=0.3)) as port, connect(port) as client:
        client.sendall(HEAD.replace(b"100000", b"300") + b"x" * 300)
        assert client.recv(1000).endswith(b"stored")


def test_waiting_after_the_body_is_free() -> None:
    async def linger(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()
        gone = asyncio.ensure_future(receive())
        await asyncio.sleep(0.4)
        assert not gone.done()
        gone.cancel()
        await PlainTextResponse("still there")(scope, receive, send)

    with served(BodyDeadline(linger, window_seconds=0.2)) as port, connect(port) as client:
        client.sendall(HEAD.replace(b"100000", b"3") + b"abc")
        assert client.recv(1000).endswith(b"still there")
