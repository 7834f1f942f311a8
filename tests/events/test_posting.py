"""Posting to addresses that users give."""

import socket
import threading
from contextlib import suppress

import pytest
from tests.listening import listening

from albumen.events import posting
from albumen.kernel.errors import Invalid, Unavailable

PRIVATE = [
    "::127.0.0.1",
    "64:ff9b:1::7f00:1",
    "127.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
]


@pytest.mark.parametrize("machine", PRIVATE)
def test_an_address_of_this_house_or_the_next_is_not_public(machine: str) -> None:
    assert not posting.is_public(machine)


@pytest.mark.parametrize("machine", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_an_address_of_the_open_network_is(machine: str) -> None:
    assert posting.is_public(machine)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]:8080/",
        "https://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://[::ffff:127.0.0.1]/",
    ],
)
def test_it_goes_to_no_private_machine_however_it_is_written(url: str) -> None:
    with pytest.raises(Invalid, match="private"):
        posting.target(url, allows_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://",
        "https://user:word@example.org/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org/a b",
        "https://example.org/\r\nX: y",
        "https://exämple.org/",
        f"https://example.org/{'a' * 2000}",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        posting.check_url(url)


def test_what_is_posted_arrives() -> None:
    with listening() as server:
        to = posting.target(f"{server.url}/hook?a=1", allows_private=True)
        assert posting.post(to, b'{"a": 1}', {"Content-Type": "application/json"}) == 204
        [posted] = server.posts
    assert (posted.path, posted.body) == ("/hook?a=1", b'{"a": 1}')
    assert posted.headers["host"] == server.url.removeprefix("http://")


def test_it_goes_to_the_machine_that_was_looked_at() -> None:
    with listening() as server:
        port = int(server.server_address[1])
        to = posting.Target(posting.check_url(f"http://hooks.example:{port}/"), "127.0.0.1", port)
        assert posting.post(to, b"{}", {}) == 204
        assert server.posts[0].headers["host"] == f"hooks.example:{port}"


def test_it_is_not_sent_on() -> None:
    with listening() as elsewhere, listening() as server:
        server.status, server.location = 307, elsewhere.url
        to = posting.target(server.url, allows_private=True)
        assert posting.post(to, b"{}", {}) == 307
        assert elsewhere.posts == []


def test_nobody_there_is_for_another_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unavailable):
        posting.post(posting.target(f"http://127.0.0.1:{port}/", allows_private=True), b"{}", {})


def test_whoever_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unavailable):
        posting.post(target_at(silent), b"{}", {})


def test_whoever_answers_a_byte_at_a_time_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as slow:
        talk = threading.Thread(target=drip, args=(slow,))
        talk.start()
        with pytest.raises(Unavailable):
            posting.post(target_at(slow), b"{}", {})
        talk.join(30)
        assert not talk.is_alive()


def target_at(server: socket.socket) -> posting.Target:
    return posting.target(f"http://127.0.0.1:{server.getsockname()[1]}/", allows_private=True)


def drip(server: socket.socket) -> None:
    """Answer one byte at a time, until the other side has had enough."""
    connection, _ = server.accept()
    with connection, suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while not threading.Event().wait(0.02):
            connection.sendall(b"a")
