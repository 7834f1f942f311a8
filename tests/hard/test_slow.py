"""A thousand clients that are as slow as they can be: whoever else asks is served as before."""

import os
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from tests import make
from tests.faults.living import KEY, Caller, House
from tests.installation import wait_until

pytestmark = pytest.mark.torture

COUNT = int(os.environ.get("ALBUMEN_SLOW", "1000"))
ASKED = 150
NOISE_SECONDS = 0.02
"""What a busy machine adds to the best of answers."""
HEAD = f"Host: x\r\nAuthorization: ApiKey {KEY}\r\nAPI-User-ID: ann\r\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    made.start()
    yield made
    made.close()


def slow_head(number: int) -> bytes:
    """The beginning of a head that never ends."""
    return f"GET /v1/libraries?n={number} HTTP/1.1\r\nHost: x\r\n".encode()


def slow_body(number: int) -> bytes:
    """A head, and the beginning of a body that never comes."""
    told = (
        f"POST /v1/upload/?name={number}.jpg HTTP/1.1\r\n{HEAD}Content-Type: image/jpeg\r\nContent-Length: 900000\r\n"
    )
    return f"{told}\r\n".encode() + b"\xff\xd8\xff"


def slow_reading(path: str) -> Callable[[int], bytes]:
    """A whole request, whose answer nobody will read."""
    return lambda _: f"GET {path} HTTP/1.1\r\n{HEAD}\r\n".encode()


def p95(caller: Caller) -> float:
    """How long an answer takes, but for the slowest twentieth."""
    times = []
    for _ in range(ASKED):
        started = time.perf_counter()
        assert caller.get("/v1/libraries").status == 200
        times.append(time.perf_counter() - started)
    return statistics.quantiles(times, n=20)[-1]


def held(stack: ExitStack, house: House, beginning: Callable[[int], bytes]) -> list[socket.socket]:
    """So many connections on which this was begun, with as little room for answers as there can be."""
    made = []
    for number in range(COUNT):
        connection = stack.enter_context(socket.socket())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", house.port))
        connection.sendall(beginning(number))
        made.append(connection)
    return made


def trickle(connections: list[socket.socket]) -> None:
    """One byte more on each, as slowhttptest does."""
    for each in connections:
        with suppress(OSError):
            each.send(b"X")


@pytest.mark.parametrize("manner", ["head", "body", "reading"])
def test_others_are_served_as_before(house: House, manner: str, record_property: Callable[[str, object], None]) -> None:
    caller = house.caller()
    large = caller.catalogue(make.photo(size=(1800, 1200), kind="png", seed=3)).json
    path = f"/v1/libraries/{large['libraryId']}/files/{large['fileId']}/contents"
    beginning = {"head": slow_head, "body": slow_body, "reading": slow_reading(path)}[manner]
    p95(caller)
    idle = p95(caller)
    with ExitStack() as stack:
        connections = held(stack, house, beginning)
        if manner != "reading":
            trickle(connections)
        besieged = p95(caller)
        assert caller.catalogue(make.photo()).status == 201
    record_property(
        "trial", f"{COUNT} slow by their {manner}: p95 {idle * 1000:.1f} ms idle, {besieged * 1000:.1f} besieged"
    )
    assert besieged <= 2 * idle + NOISE_SECONDS
    assert house.server is not None
    assert house.server.poll() is None
    assert not house.faults()
    if manner != "body":
        wait_until(lambda: not house.spools(), "the last photo to be developed")
