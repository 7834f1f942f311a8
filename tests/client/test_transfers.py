"""Uploads and downloads that are broken off, gone on with, and checked."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from tests import make
from tests.client.conftest import PATIENT
from tests.installation import APPLICATION_KEY, Installation

from albumen_client import Client, Progress, Wanted, upload
from albumen_client.client import credentials
from albumen_client.download import PART, Source, source_of
from albumen_client.errors import Damaged, Invalid, NotFound, Unreachable
from albumen_client.models import File
from albumen_client.transport import Transport


class Unsteady(httpx2.HTTPTransport):
    """A network that loses every so manieth request of a kind, before or after the server has had it."""

    def __init__(self, loses: Callable[[int, httpx2.Request], str]) -> None:
        super().__init__()
        self._loses, self.count = loses, 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.count += 1
        fate = self._loses(self.count, request)
        if fate == "before":
            raise httpx2.ConnectError("lost on the way")
        answer = super().handle_request(request)
        if fate == "after":
            answer.read()
            raise httpx2.ReadError("lost on the way back")
        return answer


def over(port: int, loses: Callable[[int, httpx2.Request], str]) -> Client:
    """A client over such a network."""
    client = Client.__new__(Client)
    http = httpx2.Client(
        base_url=f"http://127.0.0.1:{port}",
        headers=credentials(APPLICATION_KEY, "alice"),
        transport=Unsteady(loses),
        timeout=60,
    )
    client.transport = Transport(http, PATIENT)
    return client


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A photo that counts as large, of several pieces."""
    monkeypatch.setattr(upload, "LARGE_BYTES", 1000)
    monkeypatch.setattr(upload, "PIECE_BYTES", 100_000)
    path = tmp_path / "large.bmp"
    path.write_bytes(make.photo(kind="bmp", size=(640, 480)))
    return path


@pytest.fixture
def filed(client: Client, tmp_path: Path) -> File:
    path = tmp_path / "IMG_1.png"
    path.write_bytes(make.photo(kind="png", size=(300, 200)))
    return client.upload(path)


def fates(*words: str) -> Callable[[int, httpx2.Request], str]:
    """One after the other, over and over."""
    return lambda count, request: words[count % len(words)]


@pytest.mark.parametrize(
    "words", [("", "before", "", "after", ""), ("after", "", "before", "", ""), ("", "", "after", "")]
)
def test_an_unsteady_network_costs_time_only(
    installation: Installation, port: int, large: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    with over(port, fates(*words)) as client:
        library = client.create_library("Once")
        assert [each.name for each in client.libraries()] == ["Once"], "made once, however often it was asked for"
        [root] = client.folders(library.library_id)
        told: list[Progress] = []
        file = client.upload(large, Wanted(library.library_id, root.folder_id, progress=told.append))
        assert [each.file_id for each in client.files_in(library.library_id, root.folder_id)] == [file.file_id]
        assert (told[-1].sent_bytes, told[-1].size_bytes) == (file.file_size, file.file_size)
        client.download(file, tmp_path / "back.bmp")
        assert (tmp_path / "back.bmp").read_bytes() == large.read_bytes()
    installation.check_counts()


def test_an_upload_is_gone_on_with_by_another_process(client: Client, port: int, large: Path) -> None:
    told: list[Progress] = []

    def lose(count: int, request: httpx2.Request) -> str:
        return "before" if told and told[-1].sent_bytes >= 300_000 else ""

    with over(port, lose) as broken, pytest.raises(Unreachable):
        broken.upload(large, Wanted(progress=told.append))
    upload_id = told[-1].upload_id
    assert client.upload_at(str(upload_id)).offset == 300_000
    again: list[Progress] = []
    file = client.upload(large, Wanted(resume=upload_id, progress=again.append))
    assert again[0].sent_bytes == 300_000
    assert file.file_size == large.stat().st_size


def test_an_upload_with_tags_and_one_given_up(client: Client, tmp_path: Path, large: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(make.photo())
    file = client.upload(path, Wanted(name="b.jpg", metadata={"Make": "Canon"}))
    assert (file.name, file.camera_make) == ("b.jpg", "Canon")
    path.write_text("no photo at all")
    with pytest.raises(Invalid) as caught:
        client.upload(path)
    assert caught.value.status == 415
    told: list[Progress] = []
    client.upload(large, Wanted(progress=told.append))
    client.give_up_upload(str(told[0].upload_id))
    with pytest.raises(NotFound):
        client.upload_at(str(told[0].upload_id))


def test_a_download_goes_on_where_it_broke_off(client: Client, filed: File, tmp_path: Path) -> None:
    to, content = tmp_path / "to.png", (tmp_path / "IMG_1.png").read_bytes()
    for part in (content[:1000], content, content + b"too much", b""):
        to.with_name(f"to.png{PART}").write_bytes(part)
        client.download(filed, to)
        assert to.read_bytes() == content
        to.unlink()
    assert list(tmp_path.glob(f"*{PART}")) == []


@pytest.mark.parametrize("name", ["x" * 251 + ".png", "写" * 83 + ".png", "\N{CAMERA}" * 62 + ".png"])
def test_a_download_to_the_longest_names(client: Client, filed: File, tmp_path: Path, name: str) -> None:
    client.download(filed, tmp_path / name)
    assert (tmp_path / name).read_bytes() == (tmp_path / "IMG_1.png").read_bytes()


def test_what_is_damaged_gets_no_name(client: Client, filed: File, tmp_path: Path) -> None:
    to = tmp_path / "to.png"
    to.with_name(f"to.png{PART}").write_bytes(b"not the beginning of it")
    with pytest.raises(Damaged):
        client.download(filed, to)
    assert not to.exists()
    client.download(filed, to)
    assert to.exists()
    other = Source(source_of(filed).path, {"attachment": "true"}, filed.file_size + 1, filed.signature)
    with pytest.raises(Damaged):
        client.fetch_to(other, tmp_path / "other.png")


def test_a_link_in_the_way_is_not_followed(client: Client, filed: File, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine")
    (tmp_path / f"to.png{PART}").symlink_to(precious)
    with pytest.raises(OSError, match="symbolic"):
        client.download(filed, tmp_path / "to.png")
    assert precious.read_bytes() == b"mine"


def test_a_large_version_is_read_while_it_is_sent(client: Client, filed: File, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(bytes(48 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(Invalid):
            client.add_version(filed.library_id, filed.file_id, large)
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_versions_come_home_too(client: Client, filed: File, tmp_path: Path) -> None:
    first = (tmp_path / "IMG_1.png").read_bytes()
    (tmp_path / "new.png").write_bytes(make.photo(kind="png"))
    client.add_version(filed.library_id, filed.file_id, tmp_path / "new.png")
    client.download_version(filed, 1, tmp_path / "old.png")
    assert (tmp_path / "old.png").read_bytes() == first
    link = client.zip_link(filed.library_id, [filed.file_id])
    assert link.file_count == 1
