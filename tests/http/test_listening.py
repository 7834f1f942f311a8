"""Many connections at a time."""

import resource
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from starlette.responses import PlainTextResponse
from tests.http.served import client, connect, served

from albumen.http import listening


def test_idle_connections_keep_nobody_out() -> None:
    with served(PlainTextResponse("here"), header_seconds=60) as port, ExitStack() as opened:
        for _ in range(600):
            connection = opened.enter_context(connect(port))
            connection.sendall(b"GET / HTTP/1.1\r\n")  # a head that does not end yet
        late = client(port)
        late.request("GET", "/")
        assert late.getresponse().read() == b"here"
        late.close()


@pytest.fixture
def few_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1500, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("few_files")
def test_limit_of_open_files_is_raised_as_far_as_needed() -> None:
    assert listening.make_room(500) == 500
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 2 * 500 + 1024
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert listening.make_room(1_000_000) == (1_000_000 if hard == resource.RLIM_INFINITY else (hard - 1024) // 2)
