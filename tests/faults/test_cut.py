"""Clients that go, dawdle or are still talking when the server is asked to end: all of an upload is kept, or none."""

import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import batched

import pytest
from tests.faults import holds
from tests.faults.living import KEY, House, pause
from tests.faults.load import signature
from tests.installation import wait_until
from tests.make import form, photo

from albumen.media.guard import Guard

CUTS = 20
GRACE_SECONDS = 5
"""As in `living.SETTINGS`; a server that is asked to end may take this long, and a little to put things away."""

pytestmark = pytest.mark.faults


def large() -> bytes:
    """A photo of several blocks, so that some of it is on disk before all of it has come."""
    return photo(kind="bmp", size=(1200, 900))


FORM, BARE = "multipart/form-data; boundary=the-boundary", "image/bmp"


def request(body: bytes, length: int | None, kind: str = FORM) -> bytes:
    """An upload as it goes over the wire; without a length in chunks, of which the last is missing."""
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    head = (
        "POST /v1/upload/ HTTP/1.1",
        "Host: localhost",
        f"Authorization: ApiKey {KEY}",
        "API-User-ID: ann",
        f"Content-Type: {kind}",
        framing,
        "",
        "",
    )
    if length is None:
        body = b"".join(b"%x\r\n%b\r\n" % (len(piece), bytes(piece)) for piece in batched(body, 100_000))
    return "\r\n".join(head).encode() + body


def connect(house: House) -> socket.socket:
    return socket.create_connection(("127.0.0.1", house.port), timeout=30)


def answered(connection: socket.socket) -> bytes:
    """All that comes until the other end hangs up."""
    got = b""
    with suppress(ConnectionError):
        while block := connection.recv(65536):
            got += block
    return got


def check_nothing_kept(house: House) -> None:
    """No file, no bytes, no spool."""
    wait_until(lambda: not house.spools(), "the spools to go")
    assert house.caller().images() == set()
    assert house.stored() == []
    assert house.ask("SELECT count(*) FROM originals") == [(0,)]
    assert house.faults() == [], house.told()


@pytest.fixture
def serving(house: House) -> Iterator[House]:
    """A server with patience for two seconds."""
    house.settings["ALBUMEN_SERVER_BODY_SECONDS"] = "2"
    house.start()
    yield house


@pytest.mark.parametrize("kind", [FORM, BARE], ids=["form", "bare"])
def test_a_connection_cut_anywhere_in_the_body_leaves_nothing(serving: House, kind: str) -> None:
    dice = random.Random(1)
    body = form(("file", "IMG_1.bmp", large())) if kind == FORM else large()
    for number in range(CUTS):
        content, length = body[: dice.randrange(len(body))], len(body) if number % 2 else None
        with connect(serving) as connection:
            connection.sendall(request(content, length, kind))
            if number % 3 == 0:  # a reset, as from a phone that lost its network
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            elif number % 3 == 1:  # "I am done": whoever stops early in good manners is refused all the same
                connection.shutdown(socket.SHUT_WR)
                assert not answered(connection).startswith(b"HTTP/1.1 2")
    check_nothing_kept(serving)
    assert serving.caller().call("POST", "/v1/upload/", body, kind).status == 201


def test_a_body_that_dawdles_is_cut_off_and_leaves_nothing(serving: House) -> None:
    body = form(("file", "IMG_1.jpg", large()))
    with connect(serving) as connection:
        connection.sendall(request(body[: len(body) * 3 // 4], len(body)))
        connection.settimeout(0.2)
        got, began = b"", time.monotonic()
        for byte in body[len(body) * 3 // 4 :]:
            with suppress(TimeoutError):
                got = connection.recv(65536)
            if got or time.monotonic() - began > 20:
                break
            connection.sendall(bytes([byte]))
    assert got.startswith(b"HTTP/1.1 408"), got
    assert b"problem+json" in got
    check_nothing_kept(serving)


def test_a_server_asked_to_end_finishes_an_upload_that_goes_on(serving: House, guard: Guard) -> None:
    content = large()
    body = form(("file", "IMG_1.jpg", content))
    with connect(serving) as connection:
        connection.sendall(request(body[: len(body) * 3 // 4], len(body)))
        wait_until(serving.spools, "the upload to arrive")
        server = serving.server
        assert server is not None
        server.terminate()
        pause(0.5)
        with suppress(ConnectionError):
            connection.sendall(body[len(body) * 3 // 4 :])
        got = answered(connection)
    assert server.wait(GRACE_SECONDS + 10) == 0
    assert serving.spools() == []
    serving.start()
    held = serving.ask("SELECT signature FROM files")
    if got.startswith(b"HTTP/1.1 201"):
        assert held == [(signature(content),)]
    wait_until(lambda: not serving.spools(), "its thumbnails to be made")
    holds.check_rest(serving)
    assert holds.check_rows(serving, guard) == len(held)
    assert got.startswith(b"HTTP/1.1 201"), f"an upload that goes on may end well: {got!r}"


def silent(house: House) -> bytes:
    return b""


def half_a_header(house: House) -> bytes:
    return b"POST /v1/upload/ HTTP/1.1\r\nHost: local"


def half_a_body(house: House) -> bytes:
    body = form(("file", "IMG_1.jpg", large()))
    return request(body[: len(body) * 3 // 4], len(body))


def kept_alive(house: House) -> bytes:
    return b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("said", [silent, half_a_header, half_a_body, kept_alive])
def test_a_client_that_says_no_more_does_not_hold_up_the_end(house: House, said: Callable[[House], bytes]) -> None:
    house.start()
    server = house.server
    assert server is not None
    with connect(house) as connection:
        connection.sendall(said(house))
        if said is kept_alive:
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        elif said is half_a_body:
            wait_until(house.spools, "the upload to arrive")
        began = time.monotonic()
        server.terminate()
        assert server.wait(GRACE_SECONDS + 10) == 0
        assert time.monotonic() - began < GRACE_SECONDS + 5
    house.start()
    check_nothing_kept(house)
