"""Blobs over HTTP: every store, by a test client and by the real server."""

import os
import threading
from collections.abc import Iterator
from http.client import IncompleteRead
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.contracts.blobs import put
from tests.http.served import client, connect, served

from albumen.blobs.folder import FolderBlobs
from albumen.blobs.memory import MemoryBlobs
from albumen.blobs.port import Blobs
from albumen.http import problems
from albumen.http.bytes import BlobResponse, Broken, Shown, body_of
from albumen.http.ranges import Answer
from albumen.kernel.errors import NotFound

CONTENT = os.urandom(1_500_003)
SHOWN = Shown("tag+_=", "image/webp", "private, max-age=60", 'attachment; filename="a.webp"')


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    store: Blobs = FolderBlobs(tmp_path) if request.param == "folder" else MemoryBlobs()
    put(store, "photo", CONTENT)
    put(store, "empty", b"")
    return store


def route(blobs: Blobs) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await BlobResponse(blobs, scope["path"].removeprefix("/"), SHOWN)(scope, receive, send)

    return app


@pytest.fixture
def door(blobs: Blobs) -> TestClient:
    return TestClient(route(blobs))


def test_the_whole_blob_with_all_its_headers(door: TestClient) -> None:
    answer = door.get("/photo")
    assert answer.content == CONTENT
    assert dict(answer.headers) == {
        "etag": '"tag+_="',
        "cache-control": "private, max-age=60",
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "content-length": str(len(CONTENT)),
        "content-type": "image/webp",
        "content-disposition": 'attachment; filename="a.webp"',
    }


def test_head_is_get_without_the_body(door: TestClient) -> None:
    head, get = door.head("/photo"), door.get("/photo")
    assert (head.status_code, head.content, head.headers) == (200, b"", get.headers)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=1000000-1499999", 1_000_000, 1_500_000),
        ("bytes=-5", 1_499_998, 1_500_003),
        ("bytes=0-", 0, 1_500_003),
    ],
)
def test_ranges(door: TestClient, asked: str, start: int, end: int) -> None:
    answer = door.get("/photo", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, CONTENT[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
    assert answer.headers["content-length"] == str(end - start)


def test_a_range_behind_the_end(door: TestClient) -> None:
    answer = door.get("/photo", headers={"Range": "bytes=1500003-"})
    assert (answer.status_code, answer.json()["status"]) == (416, 416)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-range"] == "bytes */1500003"


def test_a_condition_that_does_not_hold(door: TestClient) -> None:
    get, head = (door.request(method, "/photo", headers={"If-Match": '"other"'}) for method in ("GET", "HEAD"))
    assert (get.status_code, get.json()["status"]) == (412, 412)
    assert get.headers["content-type"] == "application/problem+json"
    assert int(get.headers["content-length"]) == len(get.content)
    assert (head.status_code, head.content, head.headers) == (412, b"", get.headers)


def test_not_modified(door: TestClient) -> None:
    answer = door.get("/photo", headers={"If-None-Match": '"tag+_="'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert {"etag", "cache-control"} <= set(answer.headers)
    assert "content-length" not in answer.headers


def test_an_empty_blob(door: TestClient) -> None:
    answer = door.get("/empty")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")


def test_absent_is_not_found_before_anything_is_sent(door: TestClient) -> None:
    with pytest.raises(NotFound):
        door.get("/absent")


def test_an_endpoint_can_return_it(blobs: Blobs) -> None:
    app = FastAPI()
    problems.install(app)

    @app.api_route("/{key}", methods=["GET", "HEAD"], response_class=BlobResponse)
    def contents(key: str) -> BlobResponse:
        return BlobResponse(blobs, key, SHOWN)

    client = TestClient(app)
    assert client.get("/photo").content == CONTENT
    assert client.head("/photo").headers["content-length"] == str(len(CONTENT))
    assert client.get("/absent").status_code == 404


class Shrinking(MemoryBlobs):
    """A store that loses the end of what it said it had."""

    def open_ended(self, key: str) -> None:
        content, at = self._kept[key]
        self._kept[key] = (content[:600_000], at)


def test_a_blob_that_shrinks_is_never_taken_for_whole() -> None:
    blobs = Shrinking()
    put(blobs, "photo", CONTENT)
    stat = blobs.stat("photo")
    blobs.open_ended("photo")
    blobs.stat = lambda key: stat  # type: ignore[method-assign]  # a store that changes its mind
    with pytest.raises(Broken):
        TestClient(route(blobs)).get("/photo")
    with served(route(blobs)) as port:
        connection = client(port)
        connection.request("GET", "/photo")
        with pytest.raises(IncompleteRead):
            connection.getresponse().read()
        connection.close()


@pytest.fixture
def port(blobs: Blobs) -> Iterator[int]:
    with served(route(blobs)) as port:
        yield port


def test_the_real_server_serves_the_same(port: int) -> None:
    connection = client(port)
    for method, headers, status, content in [
        ("GET", {}, 200, CONTENT),
        ("HEAD", {}, 200, b""),
        ("GET", {"Range": "bytes=5-9"}, 206, CONTENT[5:10]),
        ("GET", {"Range": "bytes=0-"}, 206, CONTENT),
        ("GET", {"Range": "bytes=9999999-"}, 416, body_of(Answer(416), "GET")),
        ("HEAD", {"If-Match": '"other"'}, 412, b""),
        ("GET", {"If-None-Match": "*"}, 304, b""),
        ("GET", {}, 200, CONTENT),
    ]:
        connection.request(method, "/photo", headers=headers)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (status, content)
    connection.close()


def test_whole_files_are_handed_over_by_path(tmp_path: Path) -> None:
    blobs, sent = FolderBlobs(tmp_path), []
    put(blobs, "photo", CONTENT)

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: dict[str, object]) -> None:
            sent.append(message["type"])
            await send(message)

        await route(blobs)(scope, receive, note)  # type: ignore[arg-type]  # a plainer callable than ASGI spells out

    with served(noting) as port:
        connection = client(port)
        connection.request("GET", "/photo")
        assert connection.getresponse().read() == CONTENT
        connection.close()
    assert sent == ["http.response.start", "http.response.pathsend"]


def test_nothing_is_read_for_a_client_that_left(tmp_path: Path) -> None:
    """A server takes blocks for a closed connection without a word; we must notice by ourselves."""
    blobs = FolderBlobs(tmp_path)
    with blobs.spool() as spool:
        spool.write(b"x")
        os.ftruncate(spool.fileno(), 4 << 30)
        spool.size_bytes = 4 << 30
        blobs.put("film", spool)
    blocks, ended = 0, threading.Event()

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        async def count(message: dict[str, object]) -> None:
            nonlocal blocks
            blocks += 1
            await send(message)

        await route(blobs)(scope, receive, count)  # type: ignore[arg-type]  # a plainer callable than ASGI spells out
        ended.set()

    with served(counting) as port:
        with connect(port) as connection:
            connection.sendall(b"GET /film HTTP/1.1\r\nHost: x\r\nRange: bytes=1-\r\n\r\n")
            assert connection.recv(1000).startswith(b"HTTP/1.1 206")
        assert ended.wait(20)
    assert blocks < 1000, "of 8192"
