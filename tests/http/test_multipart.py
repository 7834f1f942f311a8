"""Forms with files: whole or nothing, whatever the pieces they come in."""

import hashlib
import os
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_multipart.multipart import MultipartParser
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send
from tests.http.served import client, connect, served

from albumen.blobs.folder import FolderBlobs
from albumen.blobs.port import Spool
from albumen.http.bodies import Limits
from albumen.http.multipart import Part, PartHead, receive_parts
from albumen.kernel.errors import Invalid, Problem, TooLarge

BOUNDARY = "----x7MA4YWxkTrZu0gW"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
ANY = Limits()


def form(*parts: tuple[str, bytes]) -> bytes:
    """A body of parts, each given by its headers and content."""
    pieces = [f"--{BOUNDARY}\r\n{headers}\r\n\r\n".encode() + content + b"\r\n" for headers, content in parts]
    return b"".join(pieces) + f"--{BOUNDARY}--\r\n".encode()


def file(name: str, filename: str, content: bytes) -> tuple[str, bytes]:
    return f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: image/jpeg', content


def text(name: str, content: bytes) -> tuple[str, bytes]:
    return f'content-disposition: form-data; name="{name}"', content


async def stream(chunks: Sequence[bytes], *, is_cut: bool = False) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    if is_cut:
        raise ClientDisconnect


class Desk:
    """Opens spools for parts that have a filename, and remembers them."""

    def __init__(self, blobs: FolderBlobs) -> None:
        self.blobs, self.spools = blobs, list[Spool]()

    def open(self, head: PartHead) -> Spool | None:
        if head.filename is None:
            return None
        self.spools.append(self.blobs.spool())
        return self.spools[-1]

    def receive(self, chunks: Sequence[bytes], limits: Limits = ANY, *, is_cut: bool = False) -> list[Part]:
        return anyio.run(lambda: receive_parts(stream(chunks, is_cut=is_cut), TYPE, self.open, limits))

    def left(self) -> list[Path]:
        return list((self.blobs.root / ".spool").iterdir())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(FolderBlobs(tmp_path))


def test_files_go_to_sinks_and_fields_to_memory(desk: Desk) -> None:
    photo = os.urandom(3_000_000)
    body = form(text("title", "Grüße".encode()), file("files", "a.jpg", photo), file("files", "b.jpg", b""))
    parts = desk.receive([body[start : start + 65_536] for start in range(0, len(body), 65_536)])
    assert [(part.head.name, part.head.filename, part.head.content_type) for part in parts] == [
        ("title", None, ""),
        ("files", "a.jpg", "image/jpeg"),
        ("files", "b.jpg", "image/jpeg"),
    ]
    assert parts[0].content.decode() == "Grüße"
    assert [part.sink for part in parts] == [None, *desk.spools]
    assert [spool.size_bytes for spool in desk.spools] == [3_000_000, 0]
    assert desk.spools[0].digest == hashlib.sha256(photo).digest()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    content=st.lists(st.sampled_from([b"\r", b"\n", b"--", b"-", BOUNDARY.encode(), b"x", b"\r\n--"]), max_size=12).map(
        b"".join
    ),
    size=st.integers(1, 60),
)
def test_content_that_looks_like_a_boundary(desk: Desk, content: bytes, size: int) -> None:
    if f"\r\n--{BOUNDARY}".encode() in b"\r\n" + content:
        return
    body = form(file("files", "a", content), text("b", content))
    parts = desk.receive([body[start : start + size] for start in range(0, len(body), size)])
    assert [desk.spools[-1].digest, parts[1].content] == [hashlib.sha256(content).digest(), content]


@pytest.mark.parametrize("is_cut", [True, False])
def test_a_body_that_ends_anywhere_early_leaves_nothing(desk: Desk, is_cut: bool) -> None:
    body = form(file("files", "a.jpg", b"0123456789"), text("b", b"x"), file("files", "c.jpg", b"1"))
    for length in range(len(body) - len("--\r\n") + 1):
        with pytest.raises(Invalid):
            desk.receive([body[:length]], is_cut=is_cut)
        assert desk.left() == []
    assert len(desk.receive([body[: -len("\r\n")]])) == 3, "the last line end may be missing"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not a form",
        b"--wrong\r\n",
        form(("X: y", b"")),
        form(("Content-Disposition: form-data", b"")),
        form(('Content-Disposition: attachment; name="x"', b"")),
        form(("Content-Disposition form-data", b"")),
        form(("Bad\x01Name: x", b"")),
        form(("X: " + "y" * 100_000, b"")),
        form(("\r\n".join(f"X{n}: y" for n in range(100)), b"")),
        form(file("files", "a.jpg", b"first")).replace(b"--\r\n", b"\r\nno header\r\n\r\n"),
    ],
)
def test_malformed_forms_leave_nothing(desk: Desk, body: bytes) -> None:
    with pytest.raises(Invalid):
        desk.receive([body])
    assert desk.left() == []


@pytest.mark.parametrize(
    "content_type",
    ["", "multipart/form-data", "multipart/form-data; boundary=", "text/plain; boundary=x", f"multipart/mixed; {TYPE}"],
)
def test_what_is_no_form(desk: Desk, content_type: str) -> None:
    with pytest.raises(Invalid):
        anyio.run(lambda: receive_parts(stream([b""]), content_type, desk.open, Limits()))


@pytest.mark.parametrize(
    "limits", [Limits(part_bytes=9), Limits(total_bytes=100), Limits(parts=2), Limits(field_bytes=4)]
)
def test_limits(desk: Desk, limits: Limits) -> None:
    body = form(file("files", "a", b"0123456789"), text("b", b"12345"), text("c", b""))
    with pytest.raises(TooLarge):
        desk.receive([body], limits)
    assert desk.left() == []
    desk.receive([body], Limits(part_bytes=10, total_bytes=len(body), parts=3, field_bytes=5))


@pytest.mark.parametrize(
    ("parameters", "filename"),
    [
        ('filename="naïve.jpg"', "naïve.jpg"),
        ('filename="a%22b.jpg"', 'a"b.jpg'),
        ('filename="a\\"b.jpg"', 'a"b.jpg'),
        ("filename=plain.jpg", "plain.jpg"),
        ('filename="C:\\photos\\x.jpg"', "x.jpg"),
        ("filename*=UTF-8''na%C3%AFve%20x.jpg", "naïve x.jpg"),
        ('filename="../../etc/passwd"', "../../etc/passwd"),
        ('filename=""', ""),
    ],
)
def test_names_as_clients_send_them(desk: Desk, parameters: str, filename: str) -> None:
    [part] = desk.receive([form((f'Content-Disposition: form-data; name="f"; {parameters}', b"x"))])
    assert part.head.filename == filename


def test_a_name_in_latin_1_is_read(desk: Desk) -> None:
    body = form(file("f", "naïve.jpg", b"x"))
    [part] = desk.receive([body.replace("ï".encode(), "ï".encode("latin-1"))])
    assert part.head.filename == "naïve.jpg"


def test_failures_of_a_sink_discard_all(desk: Desk) -> None:
    def open_or_fail(head: PartHead) -> Spool | None:
        if head.name == "bad":
            raise Problem("no more")
        return desk.open(head)

    body = form(file("files", "a", b"1"), file("bad", "b", b"2"))
    with pytest.raises(Problem, match="no more"):
        anyio.run(lambda: receive_parts(stream([body]), TYPE, open_or_fail, Limits()))
    assert desk.left() == []


def test_neither_parsing_nor_writing_is_done_on_the_event_loop(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = set()
    write, parse = os.pwrite, MultipartParser.write

    def pwrite(fd: int, data: memoryview, at: int) -> int:
        threads.add(threading.current_thread())
        return write(fd, data, at)

    def parser_write(self: MultipartParser, data: bytes) -> int:
        threads.add(threading.current_thread())
        return parse(self, data)

    monkeypatch.setattr(os, "pwrite", pwrite)
    monkeypatch.setattr(MultipartParser, "write", parser_write)
    desk.receive([form(file("files", "a", b"1" * 3_000_000))])
    assert threads
    assert threading.main_thread() not in threads


def test_uploads_through_the_real_server(desk: Desk) -> None:
    """A whole form arrives; one whose client hangs up leaves nothing."""
    ended = threading.Semaphore(0)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            parts = await receive_parts(request.stream(), request.headers["content-type"], desk.open, Limits())
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": str(desk.spools[-1].size_bytes).encode()})
            for part in parts:
                assert part.sink is not None
                part.sink.discard()
        except Invalid:
            assert desk.left() == []
        finally:
            ended.release()

    body = form(file("files", "a.jpg", os.urandom(5_000_000)))
    with served(app) as port:
        whole = client(port)
        whole.request("POST", "/", body, {"Content-Type": TYPE})
        assert whole.getresponse().read() == b"5000000"
        whole.close()
        assert ended.acquire(timeout=20)
        for framing in (f"Content-Length: {len(body)}\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n400000\r\n"):
            with connect(port) as cut:
                cut.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {TYPE}\r\n{framing}".encode())
                cut.sendall(body[:3_000_000])
            assert ended.acquire(timeout=20)
    assert desk.left() == []
