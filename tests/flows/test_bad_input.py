"""What must never come in: each a clear answer, nothing stored, and the next upload works."""

import base64
import hashlib
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response
from tests import make
from tests.http.test_problems import check_problem
from tests.installation import Caller, Installation, Shelf

from albumen.libraries.models import File, Original

BOUNDARY = {"Content-Type": "multipart/form-data; boundary=the-boundary"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library()


@pytest.fixture(autouse=True)
def nothing_is_left(installation: Installation, shelf: Shelf) -> Iterator[None]:
    """After the test: no row, no blob, no spool; and a good photo is taken in."""
    yield
    assert (installation.rows(File), installation.rows(Original)) == (0, 0)
    assert (installation.blobs(), installation.spools()) == ([], 0)
    file = shelf.add(make.photo())
    installation.work_off()
    assert "fileSizeSm" in shelf.file(file["fileId"])
    installation.check_counts()


def post(shelf: Shelf, body: Any, headers: dict[str, str] | None = None) -> Response:
    return shelf.by.post(f"{shelf.folder}/files", content=body, headers={**BOUNDARY, **(headers or {})})


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("text.jpg", b"Dear diary, this is no photo.\n" * 50, 415),
        ("page.jpg", b"<!DOCTYPE html><html><body>x</body></html>", 415),
        ("drawing.svg", SVG, 415),
        ("drawing.jpg", b'<?xml version="1.0"?>' + SVG, 415),
        ("paper.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", 415),
        ("list.mp4", PLAYLIST, 415),
        ("list.m3u8", b"\n" + PLAYLIST, 415),
        ("concat.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n", 415),
        ("archive.jpg", b"PK\x03\x04" + bytes(100), 415),
        ("zeros.jpg", bytes(1000), 415),
        ("empty.jpg", b"", 400),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_is_no_photo(shelf: Shelf, name: str, content: bytes, status: int) -> None:
    for answer in (shelf.send(content, names=(name,)), shelf.by.catalogue(content, name)):
        told = check_problem(answer, status)
        assert len(told["detail"]) > 10


def test_a_part_without_a_file_name(shelf: Shelf) -> None:
    check_problem(post(shelf, make.form(("files", None, make.photo()))), 400)
    told = check_problem(post(shelf, make.form(("files", "a.jpg", make.photo()), ("files", None, make.photo()))), 400)
    assert told["errors"] == [{"loc": "files", "msg": "no file name"}]


def test_a_form_without_files(shelf: Shelf) -> None:
    for body in (make.form(("other", "a.jpg", make.photo())), make.form(("metadata", None, b"{}")), make.form()):
        check_problem(post(shelf, body), 400)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"rubbish",
        b"--wrong\r\n\r\n",
        make.form(("files", "a.jpg", make.photo()), closed=False),
        make.form(("files", "a.jpg", make.photo()))[:-200],
        b'--the-boundary\r\nContent-Disposition: form-data; filename="a.jpg"\r\n\r\nx\r\n--the-boundary--\r\n',
        b"--the-boundary\r\nContent-Type: image/jpeg\r\n\r\nx\r\n--the-boundary--\r\n",
        b"--the-boundary\r\n" + b"X" * 100_000 + b": y\r\n\r\n",
    ],
    ids=["empty", "rubbish", "other boundary", "not closed", "cut", "no name", "no disposition", "endless header"],
)
def test_a_malformed_form(shelf: Shelf, body: bytes) -> None:
    answer = post(shelf, body)
    assert answer.status_code in (400, 413)
    check_problem(answer, answer.status_code)


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 71]
)
def test_a_form_without_a_boundary(shelf: Shelf, kind: str) -> None:
    check_problem(post(shelf, make.form(("files", "a.jpg", make.photo())), {"Content-Type": kind}), 400)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_kind(shelf: Shelf, kind: str) -> None:
    check_problem(post(shelf, make.photo(), {"Content-Type": kind}), 415)


def test_ten_thousand_tiny_parts(shelf: Shelf) -> None:
    photo = make.photo()
    check_problem(post(shelf, make.form(*[("files", "a.jpg", photo[:1])] * 10_000)), 413)
    check_problem(post(shelf, make.form(*[("field", None, b"x")] * 10_000)), 413)
    check_problem(post(shelf, make.form(*[("files", "a.jpg", photo)] * 101)), 400)


def test_metadata_that_is_too_large(shelf: Shelf) -> None:
    body = make.form(("files", "a.jpg", make.photo()), ("metadata", None, b'{"x": "' + b"y" * 100_000 + b'"}'))
    check_problem(post(shelf, body), 413)


def test_a_file_beyond_the_limit(installation: Installation, shelf: Shelf) -> None:
    upload = installation.app.settings.upload
    object.__setattr__(upload, "max_bytes", 1000)
    big = make.photo(size=(400, 300), kind="png")
    check_problem(shelf.send(big), 413)
    check_problem(bare(shelf, big), 413)
    object.__setattr__(upload, "max_bytes", 1 << 30)


def bare(shelf: Shelf, content: bytes, **headers: str) -> Response:
    return shelf.by.post("/upload/?name=a.jpg", content=content, headers={"Content-Type": "image/jpeg", **headers})


def digest(content: bytes, algorithm: str = "sha256") -> str:
    name = {"sha256": "sha-256", "sha512": "sha-512"}[algorithm]
    return f"{name}=:{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}:"


@pytest.mark.parametrize("header", ["Content-Digest", "Repr-Digest"])
@pytest.mark.parametrize(
    "value", [digest(b"other"), "sha-256=:nonsense:", "sha-256=x", digest(b"") + ", sha-256=:AAAA:"]
)
def test_a_wrong_digest(shelf: Shelf, header: str, value: str) -> None:
    photo = make.photo()
    check_problem(bare(shelf, photo, **{header: value}), 400)
    check_problem(post(shelf, make.form(("files", "a.jpg", photo)), {header: value}), 400)
    part = make.form(("files", "a.jpg", photo)).replace(b"\r\n\r\n", f"\r\n{header}: {value}\r\n\r\n".encode(), 1)
    check_problem(post(shelf, part), 400)


def test_one_digest_for_several_files_says_nothing(shelf: Shelf) -> None:
    photos = [make.photo(), make.photo()]
    body = make.form(*[("files", "a.jpg", photo) for photo in photos])
    check_problem(post(shelf, body, {"Repr-Digest": digest(photos[0])}), 400)


def test_a_length_that_lies(shelf: Shelf) -> None:
    photo = make.photo()
    check_problem(bare(shelf, photo, **{"Content-Length": str(len(photo) + 1)}), 400)
    check_problem(bare(shelf, photo, **{"Content-Length": "-1"}), 400)
    check_problem(bare(shelf, photo, **{"Content-Length": str(1 << 62)}), 413)
    check_problem(post(shelf, make.form(("files", "a.jpg", photo)), {"Content-Length": "9" * 30}), 413)


def test_a_dimension_that_lies(shelf: Shelf) -> None:
    photo = bytearray(make.photo(kind="png"))
    photo[16:24] = struct.pack(">II", 0, 0)
    answer = shelf.send(bytes(photo), names=("a.png",))
    assert answer.status_code in (400, 415)
    check_problem(answer, answer.status_code)
