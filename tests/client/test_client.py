"""The client against a real server: what it is told, typed; what goes wrong, as words."""

from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import httpx2
import pytest
from tests import make
from tests.installation import APPLICATION_KEY, Installation

from albumen_client import Client, Wanted
from albumen_client.errors import (
    Conflict,
    Damaged,
    Denied,
    Gone,
    Invalid,
    NotFound,
    Refused,
    SignIn,
    Unavailable,
    Unreachable,
)
from albumen_client.models import Folder, Library
from albumen_client.transport import Call, Patience, check


def photo_in(folder: Path, name: str = "IMG_1.jpg") -> Path:
    path = folder / name
    path.write_bytes(make.photo())
    return path


@pytest.fixture
def library(client: Client) -> Library:
    return client.create_library("Family", "Europe/Paris")


@pytest.fixture
def root(client: Client, library: Library) -> Folder:
    [root] = client.folders(library.library_id)
    return root


def test_libraries_and_folders(client: Client, library: Library, root: Folder) -> None:
    assert client.library(library.library_id).user_role == "owner"
    assert client.libraries() == [client.library(library.library_id)]
    assert client.change_library(library.library_id, name="Home").name == "Home"
    made = client.create_folder(library.library_id, "2024", root.folder_id)
    below = client.create_folder(library.library_id, "May", made.folder_id)
    assert [each.name for each in client.all_folders(library.library_id)] == ["All Pictures", "2024", "May"]
    assert [each.name for each in client.breadcrumbs(library.library_id, below.folder_id)] == ["All Pictures", "2024"]
    assert client.change_folder(library.library_id, below.folder_id, name="June").path == "All Pictures/2024/June"
    client.delete_folder(library.library_id, made.folder_id)
    with pytest.raises(NotFound):
        client.folder(library.library_id, below.folder_id)
    client.delete_library(library.library_id)
    assert client.libraries() == []


def test_files_versions_trash(
    installation: Installation, client: Client, library: Library, root: Folder, tmp_path: Path
) -> None:
    path = photo_in(tmp_path)
    file = client.upload(path, Wanted(library.library_id, root.folder_id))
    assert (file.name, file.file_size, file.version) == ("IMG_1.jpg", path.stat().st_size, 1)
    assert client.file(library.library_id, file.file_id).signature == file.signature
    assert client.find_file(file.file_id).file_id == file.file_id
    changed = client.change_file(library.library_id, file.file_id, rating=4, tags=["beach"])
    assert (changed.rating, list(changed.tags)) == (4, ["beach"])
    copied = client.copy_file(library.library_id, file.file_id, root.folder_id)
    assert copied.signature == file.signature
    assert {each.file_id for each in client.files_in(library.library_id, root.folder_id)} == {
        file.file_id,
        copied.file_id,
    }
    other = photo_in(tmp_path, "other.jpg")
    assert client.add_version(library.library_id, file.file_id, other).version == 2
    assert [each.number for each in client.versions(library.library_id, file.file_id)] == [2, 1]
    assert client.restore_version(library.library_id, file.file_id, 1).signature == file.signature
    client.delete_file(library.library_id, copied.file_id)
    assert [each.file_id for each in client.trash(library.library_id)] == [copied.file_id]
    client.restore(library.library_id, [copied.file_id])
    client.delete_file(library.library_id, copied.file_id)
    assert client.empty_trash(library.library_id) == 1
    installation.work_off()
    assert client.thumbnail(library.library_id, file.file_id, "sm")
    assert client.metadata(library.library_id, file.file_id).file.file_id == file.file_id
    assert list(client.images()) == [file.file_id]
    assert client.similar(file.file_id) == []
    assert client.statistics(library.library_id).file_count == 1


def test_albums_members_changes(client: Client, library: Library, root: Folder, tmp_path: Path) -> None:
    cursor = client.changes(library.library_id).cursor
    file = client.upload(photo_in(tmp_path), Wanted(library.library_id, root.folder_id))
    album = client.create_album(library.library_id, "Best", fileIds=[file.file_id])
    assert [each.file_id for each in client.album_files(library.library_id, album.album_id)] == [file.file_id]
    client.remove_from_album(library.library_id, album.album_id, [file.file_id])
    assert client.add_to_album(library.library_id, album.album_id, [file.file_id]).file_count == 1
    bob = client.add_member(library.library_id, "bob", "reader")
    assert client.change_member(library.library_id, bob.user_id, "contributor").role == "contributor"
    assert {each.user_name for each in client.members(library.library_id)} == {"alice", "bob"}
    explained = client.explain(library.library_id, bob.user_id, folderId=root.folder_id)
    assert (explained.role, [each.place for each in explained.through]) == ("contributor", ["library"])
    client.remove_member(library.library_id, bob.user_id)
    assert client.explain(library.library_id, bob.user_id).role is None
    page = client.changes(library.library_id, cursor)
    assert {"file", "album"} <= {each.thing for each in page.changes}
    [told] = [each.file for each in page.changes if each.thing == "file"]
    assert told is not None
    assert told.file_id == file.file_id
    followed, _ = next(client.follow(library.library_id, cursor))
    assert len(followed) == len(page.changes)
    with pytest.raises(Gone):
        client.changes(library.library_id, "999999")
    client.delete_album(library.library_id, album.album_id)
    assert list(client.albums(library.library_id)) == []


def test_many_pages_are_one_list(client: Client, library: Library, root: Folder) -> None:
    for number in range(7):
        client.create_folder(library.library_id, f"F{number}", root.folder_id)
    path = f"/v1/libraries/{library.library_id}/folders"
    found = client.transport.pages(Folder, Call("GET", path, {"parent": root.folder_id, "limit": 3}))
    assert [each.name for each in found] == [f"F{number}" for number in range(7)]


@pytest.mark.parametrize(
    ("act", "word"),
    [
        (lambda client: client.library("nowhere"), NotFound),
        (lambda client: client.create_library(""), Invalid),
        (lambda client: client.create_library("x", "Nowhere/Here"), Invalid),
        (lambda client: client.create_folder(client.libraries()[0].library_id, "all pictures"), Conflict),
    ],
)
def test_refusals_are_words(
    client: Client, library: Library, act: Callable[[Client], object], word: type[Refused]
) -> None:
    with pytest.raises(word) as caught:
        act(client)
    assert caught.value.status >= 400
    assert caught.value.detail
    assert caught.value.code


def test_a_wrong_key_and_a_weak_role(client: Client, library: Library, port: int) -> None:
    address = f"http://127.0.0.1:{port}"
    with Client(address, key="wrong") as stranger, pytest.raises(SignIn):
        stranger.libraries()
    client.add_member(library.library_id, "bob", "reader")
    with Client(address, key=APPLICATION_KEY, user="bob") as bob, pytest.raises(Denied):
        bob.change_library(library.library_id, name="Mine")


@pytest.mark.parametrize("user", ["Иван", "zoë", "李"])
def test_users_have_names_of_any_language(client: Client, library: Library, port: int, user: str) -> None:
    client.add_member(library.library_id, user, "contributor")
    with Client(f"http://127.0.0.1:{port}", key=APPLICATION_KEY, user=user) as there:
        assert there.library(library.library_id).name == "Family"


def test_nobody_there(tmp_path: Path) -> None:
    pauses: list[float] = []
    patience = Patience(tries=3, first_pause_seconds=0.001, pause=pauses.append)
    with Client("http://127.0.0.1:9", key="k", patience=patience) as client:
        with pytest.raises(Unreachable, match=r"^http://127\.0\.0\.1:9 does not answer: Connection refused$"):
            client.libraries()
        assert len(pauses) == 2
        with pytest.raises(Unreachable):
            client.change_library("x", name="y")
        assert len(pauses) == 2, "what is not safe to repeat is tried once"


def test_an_export_comes_home(
    installation: Installation, client: Client, library: Library, root: Folder, tmp_path: Path
) -> None:
    file = client.upload(photo_in(tmp_path), Wanted(library.library_id, root.folder_id))
    job = client.export(library.library_id, [file.file_id], "all.zip")
    installation.work_off()
    done = client.wait_for_export(library.library_id, job.job_id)
    assert (done.status, done.file_count, done.error) == ("success", 1, None)
    assert [each.job_id for each in client.exports(library.library_id)] == [job.job_id]
    client.download_export(library.library_id, job.job_id, tmp_path / "all.zip")
    with ZipFile(tmp_path / "all.zip") as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) >= 1
    client.delete_export(library.library_id, job.job_id)
    assert list(client.exports(library.library_id)) == []


def test_an_export_with_what_users_said(
    installation: Installation, client: Client, library: Library, root: Folder, tmp_path: Path
) -> None:
    file = client.upload(photo_in(tmp_path), Wanted(library.library_id, root.folder_id))
    job = client.export(library.library_id, [file.file_id], "all.zip", metadata="sidecars")
    installation.work_off()
    assert client.wait_for_export(library.library_id, job.job_id).metadata == "sidecars"
    client.download_export(library.library_id, job.job_id, tmp_path / "all.zip")
    with ZipFile(tmp_path / "all.zip") as archive:
        assert {"IMG_1.jpg", "IMG_1.jpg.xmp"} <= set(archive.namelist())


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"<html>", "Bad Gateway"),
        (b"[]", "Bad Gateway"),
        (b'{"errors": null}', "Bad Gateway"),
        (b'{"errors": ["x"], "detail": 5}', "Bad Gateway"),
        (b'{"detail": "\xff"}', "Bad Gateway"),
        (b"[" * 100_000, "Bad Gateway"),
        (b'{"detail": "Broken", "more": {}}', "Broken"),
    ],
)
def test_any_error_body_becomes_a_word(content: bytes, detail: str) -> None:
    answer = httpx2.Response(502, content=content, headers={"Content-Type": "application/problem+json"})
    with pytest.raises(Unavailable) as caught:
        check(answer)
    assert str(caught.value) == f"{detail} (502)"


def answered(*answers: httpx2.Response) -> tuple[Client, list[httpx2.Request]]:
    """A client whose server gives these answers, and the requests that it made."""
    waiting, requests = list(answers), []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return waiting.pop(0)

    client = Client("http://testserver", key="k", patience=Patience(tries=3, first_pause_seconds=0))
    client.transport.http = httpx2.Client(base_url="http://testserver", transport=httpx2.MockTransport(answer))
    return client, requests


@pytest.mark.parametrize("content", [b"<html>", b'{"trash": []}', b'{"files": 1}', b'{"files": [], "next": 1}', b"[1]"])
def test_an_answer_of_a_stranger_is_a_word_too(content: bytes) -> None:
    client, _ = answered(*[httpx2.Response(200, content=content)] * 2)
    with pytest.raises(Damaged):
        list(client.trash("l"))
    with pytest.raises(Damaged):
        client.me()


def test_a_create_whose_first_try_is_still_at_work_waits_for_its_answer() -> None:
    told = {"type": "urn:albumen:problem:under-way", "detail": "Still under way."}
    made = {"libraryId": "l", "folderId": "f", "name": "May", "path": "May"}
    client, requests = answered(httpx2.Response(409, json=told), httpx2.Response(200, json=made))
    assert client.create_folder("l", "May").folder_id == "f"
    assert len({request.headers["idempotency-key"] for request in requests}) == 1
