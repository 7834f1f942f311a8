"""ZIPs made on the way: accepted by independent readers, the same in every range, never short without notice."""

import os
import subprocess
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.client import IncompleteRead
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.contracts.blobs import put
from tests.http.served import client, connect, served

from albumen.blobs.folder import FolderBlobs
from albumen.blobs.memory import MemoryBlobs
from albumen.blobs.port import Blobs
from albumen.http.bytes import Blocks, Broken, body_of
from albumen.http.manifest import Manifest, Member, distinct
from albumen.http.ranges import Answer
from albumen.http.zips import CHECKED_BYTES, Bundle, ZipResponse, zip_blocks
from albumen.kernel.errors import Gone
from albumen.kernel.pieces import Pieces

MOMENT = datetime(2021, 7, 1, 12, 30, 15, tzinfo=UTC)
GIB = 1 << 30


def member(name: str, content: bytes, *, at: datetime = MOMENT) -> Member:
    return Member(name, f"key/{name}", len(content), zlib.crc32(content), at)


def written(manifest: Manifest, contents: dict[str, bytes], start: int = 0, end: int | None = None) -> bytes:
    """The bytes of a ZIP, with contents by member name."""
    parts = manifest.segments(start, end)
    return b"".join(
        part if isinstance(part, bytes) else contents[part.member.name][part.start : part.end] for part in parts
    )


def of(contents: dict[str, bytes]) -> Manifest:
    return Manifest([member(name, content) for name, content in contents.items()])


SOME = {"a.jpg": os.urandom(5000), "leer.jpg": b"", "é 日本.png": os.urandom(70_000), "b.jpg": b"x"}


def test_an_independent_reader_finds_everything() -> None:
    manifest = of(SOME)
    raw = written(manifest, SOME)
    assert len(raw) == manifest.size_bytes
    with zipfile.ZipFile(BytesIO(raw)) as read:
        assert read.testzip() is None
        assert {info.filename: read.read(info) for info in read.infolist()} == SOME
        assert {info.date_time for info in read.infolist()} == {(2021, 7, 1, 12, 30, 14)}
        assert {info.external_attr >> 16 for info in read.infolist()} == {0o100644}


@pytest.mark.parametrize("command", [("unzip", "-tq"), ("7z", "t")], ids=["unzip", "7z"])
def test_other_programs_accept_it(command: tuple[str, str], program: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "some.zip"
    file.write_bytes(written(of(SOME), SOME))
    done = subprocess.run([program(command[0]), command[1], file], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_unpacked_files_get_the_exact_time(program: Callable[..., str], tmp_path: Path) -> None:
    moments = [datetime(1985, 5, 1, tzinfo=UTC), MOMENT, datetime(2037, 1, 2, 3, 4, 5, tzinfo=UTC)]
    members = [member(f"{number}.jpg", b"x", at=moment) for number, moment in enumerate(moments)]
    (tmp_path / "some.zip").write_bytes(written(Manifest(members), dict.fromkeys(("0.jpg", "1.jpg", "2.jpg"), b"x")))
    subprocess.run([program("unzip"), "-q", "some.zip"], cwd=tmp_path, check=True)
    times = [datetime.fromtimestamp((tmp_path / f"{number}.jpg").stat().st_mtime, UTC) for number in range(3)]
    assert times == moments


@given(
    st.lists(st.binary(max_size=200), max_size=12).flatmap(
        lambda contents: st.tuples(st.just(contents), st.floats(0, 1), st.floats(0, 1))
    )
)
def test_any_range_is_that_part_of_the_whole(drawn: tuple[list[bytes], float, float]) -> None:
    contents = {f"{number}.jpg": content for number, content in enumerate(drawn[0])}
    manifest = of(contents)
    whole = written(manifest, contents)
    assert len(whole) == manifest.size_bytes
    start, end = sorted(round(share * len(whole)) for share in drawn[1:])
    assert written(manifest, contents, start, end) == whole[start:end]


def test_every_cut_of_a_small_zip() -> None:
    contents = {"a.jpg": b"abc", "b.jpg": b""}
    manifest = of(contents)
    whole = written(manifest, contents)
    for start in range(len(whole) + 1):
        assert written(manifest, contents, start) == whole[start:]
        assert written(manifest, contents, 0, start) == whole[:start]


def test_the_tag_names_the_content() -> None:
    assert of(SOME).etag == of(SOME).etag
    others = [{**SOME, "b.jpg": b"y"}, {**SOME, "c.jpg": b""}, dict(reversed(SOME.items())), {}]
    assert len({of(each).etag for each in [SOME, *others]}) == 5


def test_names_are_safe_and_unique() -> None:
    given = [
        "a.jpg",
        "A.JPG",
        "a (2).jpg",
        "../../etc/passwd",
        "CON.jpg",
        " .x. ",
        "",
        "",
        "e\u0301",
        "\u00e9",
        "n" * 300,
    ]
    names = list(distinct(given))
    assert names[:5] == ["a.jpg", "A (2).JPG", "a (2) (2).jpg", "_.._etc_passwd", "_CON.jpg"]
    assert len({name.casefold() for name in names}) == len(given)
    assert all(len(name.encode()) <= 255 and "/" not in name for name in names)
    assert names[8:10] == ["\u00e9", "\u00e9 (2)"]


def test_ten_thousand_of_one_name() -> None:
    names = list(distinct(["IMG.jpg"] * 10_000))
    assert (names[-1], len(set(names))) == ("IMG (10000).jpg", 10_000)


@pytest.mark.parametrize("count", [65_534, 65_535, 70_000])
def test_more_entries_than_sixteen_bits_count(count: int) -> None:
    contents = {f"{number}.jpg": b"%d" % number for number in range(count)}
    raw = written(of(contents), contents)
    with zipfile.ZipFile(BytesIO(raw)) as read:
        assert len(read.infolist()) == count
        assert read.read(f"{count - 1}.jpg") == b"%d" % (count - 1)


class Sparse:
    """A file that reads as a ZIP whose members are all zeros, of which nothing is stored."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest, self._at = manifest, 0

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._manifest.size_bytes)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, count: int = -1) -> bytes:
        end = self._manifest.size_bytes if count < 0 else self._at + count
        parts = list(self._manifest.segments(self._at, end))
        raw = b"".join(part if isinstance(part, bytes) else bytes(part.end - part.start) for part in parts)
        self._at += len(raw)
        return raw


@pytest.mark.parametrize("size_bytes", [(1 << 32) - 2, (1 << 32) - 1, 1 << 32, 5 * GIB])
def test_sizes_and_places_beyond_four_gibibytes(size_bytes: int) -> None:
    members = [member("small.jpg", b"\0" * 10)]
    members += [Member(f"{number}.mov", f"key/{number}", size_bytes, 0, MOMENT) for number in range(2)]
    members.append(member("last.jpg", b"\0" * 10))
    manifest = Manifest(members)
    with zipfile.ZipFile(Sparse(manifest)) as read:
        assert [info.file_size for info in read.infolist()] == [10, size_bytes, size_bytes, 10]
        assert read.read("last.jpg") == bytes(10)
        with read.open("1.mov") as film:
            assert film.read(10) == bytes(10)
    assert manifest.size_bytes > 2 * size_bytes


def route(blobs: Blobs, manifest: Manifest) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await ZipResponse(blobs, Bundle(manifest, "Sömmer.zip"))(scope, receive, send)

    return app


BIG = {"one.jpg": os.urandom(1_500_003), "two.jpg": os.urandom(10), "three.jpg": os.urandom(2_000_000)}
WHOLE = written(of(BIG), BIG)


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    store: Blobs = FolderBlobs(tmp_path) if request.param == "folder" else MemoryBlobs()
    for name, content in BIG.items():
        put(store, f"key/{name}", content)
    return store


def test_over_http_with_all_its_headers(blobs: Blobs) -> None:
    answer = TestClient(route(blobs, of(BIG))).get("/")
    assert answer.content == WHOLE
    assert answer.headers["content-length"] == str(len(WHOLE))
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["etag"] == f'"{of(BIG).etag}"'
    assert (
        answer.headers["content-disposition"] == "attachment; filename=\"S_mmer.zip\"; filename*=UTF-8''S%C3%B6mmer.zip"
    )


@pytest.fixture
def port(blobs: Blobs) -> Iterator[int]:
    with served(route(blobs, of(BIG))) as port:
        yield port


def test_the_real_server_resumes_it(port: int) -> None:
    connection, tag, size = client(port), f'"{of(BIG).etag}"', len(WHOLE)
    for method, headers, status, content in [
        ("GET", {}, 200, WHOLE),
        ("HEAD", {}, 200, b""),
        ("GET", {"Range": "bytes=1500000-", "If-Range": tag}, 206, WHOLE[1_500_000:]),
        ("GET", {"Range": "bytes=1500000-", "If-Range": '"other"'}, 200, WHOLE),
        ("GET", {"Range": f"bytes={size - 30}-{size + 9}"}, 206, WHOLE[-30:]),
        ("GET", {"Range": "bytes=-100000"}, 206, WHOLE[-100_000:]),
        ("GET", {"Range": f"bytes={size}-"}, 416, body_of(Answer(416), "GET")),
        ("GET", {"If-None-Match": tag}, 304, b""),
    ]:
        connection.request(method, "/", headers=headers)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (status, content)
    connection.close()


def test_members_made_of_pieces(blobs: Blobs, program: Callable[..., str], tmp_path: Path) -> None:
    content = b"<" + BIG["one.jpg"][100:200_000] + bytes(70_000) + b"--" + BIG["one.jpg"][300_000:] + b">"
    pieces: Pieces = (b"<", (100, 200_000), 70_000, b"--", (300_000, len(BIG["one.jpg"])), b">")
    one = Member("one.jpg", "key/one.jpg", len(content), zlib.crc32(content), MOMENT, pieces)
    manifest = Manifest([one, member("two.jpg", BIG["two.jpg"])])
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(manifest.members), type=list[Member]) == manifest.members
    caller = TestClient(route(blobs, manifest))
    whole = caller.get("/").content
    file = tmp_path / "some.zip"
    file.write_bytes(whole)
    for command in (("unzip", "-tq"), ("7z", "t")):
        subprocess.run([program(command[0]), command[1], file], check=True, capture_output=True)
    with zipfile.ZipFile(BytesIO(whole)) as read:
        assert read.read("one.jpg") == content
    for start in (0, 1, 40, 41, 199_940, 200_000, 269_000, 270_100, len(whole) - 5):
        ranged = caller.get("/", headers={"Range": f"bytes={start}-{start + 60_000}"})
        assert ranged.content == whole[start : start + 60_001]


def test_a_piece_that_is_missing_cuts_the_connection(blobs: Blobs) -> None:
    one = Member("one.jpg", "key/two.jpg", 30, 0, MOMENT, ((0, 20), b"x" * 10))
    with pytest.raises(Broken):
        TestClient(route(blobs, Manifest([member("two.jpg", BIG["two.jpg"]), one]))).get("/")


def test_what_is_granted_no_longer_is_cut_off(tmp_path: Path) -> None:
    blobs, checks = FolderBlobs(tmp_path), []
    put(blobs, "key/film", bytes(3 * CHECKED_BYTES))
    manifest = Manifest([Member("film.mov", "key/film", 3 * CHECKED_BYTES, 0, MOMENT)])

    def check() -> None:
        checks.append(1)
        if len(checks) == 2:
            raise Gone

    blocks = zip_blocks(blobs, Bundle(manifest, "some.zip", check), 0, manifest.size_bytes)
    sent = 0
    with pytest.raises(Gone):
        for block in blocks:
            sent += len(block)
    assert CHECKED_BYTES <= sent < 2 * CHECKED_BYTES


def test_a_missing_first_member_is_said_before_anything_is_sent(blobs: Blobs) -> None:
    blobs.delete("key/one.jpg")
    with pytest.raises(Gone):
        TestClient(route(blobs, of(BIG))).get("/")


def _delete(blobs: Blobs) -> None:
    blobs.delete("key/three.jpg")


def _replace(blobs: Blobs, content: bytes) -> None:
    blobs.delete("key/three.jpg")
    put(blobs, "key/three.jpg", content)


@pytest.mark.parametrize(
    "harm",
    [
        _delete,
        lambda blobs: _replace(blobs, BIG["three.jpg"][:-1]),
        lambda blobs: _replace(blobs, BIG["three.jpg"] + b"x"),
        lambda blobs: _replace(blobs, b""),
    ],
    ids=["deleted", "shorter", "longer", "empty"],
)
def test_a_member_that_changed_cuts_the_connection(blobs: Blobs, harm: Callable[[Blobs], None]) -> None:
    harm(blobs)
    with pytest.raises(Broken):
        TestClient(route(blobs, of(BIG))).get("/")
    with served(route(blobs, of(BIG))) as port:
        connection = client(port)
        connection.request("GET", "/")
        with pytest.raises(IncompleteRead):
            connection.getresponse().read()
        connection.close()


def test_a_file_that_ends_under_the_hand_cuts_the_connection(tmp_path: Path) -> None:
    class Ending(FolderBlobs):
        def read(self, key: str, start: int = 0, end: int | None = None, block_bytes: int = 1 << 20) -> Blocks:
            yield from super().read(key, start, (end or 0) - 1, block_bytes)

    blobs = Ending(tmp_path)
    for name, content in BIG.items():
        put(blobs, f"key/{name}", content)
    with pytest.raises(Broken):
        TestClient(route(blobs, of(BIG))).get("/")


def test_nothing_is_read_for_a_client_that_left(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    with blobs.spool() as spool:
        spool.write(b"x")
        os.ftruncate(spool.fileno(), 5 * GIB)
        spool.size_bytes = 5 * GIB
        blobs.put("key/film", spool)
    manifest = Manifest([Member("film.mov", "key/film", 5 * GIB, 0, MOMENT)])
    sent, ended = 0, threading.Event()

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        async def count(message: dict[str, object]) -> None:
            nonlocal sent
            sent += len(message.get("body", b""))  # type: ignore[arg-type]  # bytes, by the protocol
            await send(message)

        await route(blobs, manifest)(scope, receive, count)  # type: ignore[arg-type]  # a wider dict
        ended.set()

    with served(counting) as port:
        with connect(port) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        assert ended.wait(20)
    assert sent < GIB
