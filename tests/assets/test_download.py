"""Downloads of a selection: frozen when access was checked, fetched by whoever has the link, for a day."""

import io
import zipfile
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.accounts.models import User
from albumen.assets.jobs import KINDS
from albumen.assets.models import Download
from albumen.jobs.registry import Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import members
from albumen.libraries.models import Assignment, Library, Role


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library(name="Sömmer: 2021")


def ask(shelf: Shelf, *file_ids: str, by: Caller | None = None) -> Response:
    return (by or shelf.by).post(f"{shelf.library}/selection/download", json={"fileIds": file_ids})


def granted(shelf: Shelf, *file_ids: str) -> dict[str, Any]:
    answer = ask(shelf, *file_ids)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_link_gives_the_originals_in_order(installation: Installation, shelf: Shelf) -> None:
    photos = [make.photo(taken="2021-07-01 12:00:00"), make.photo(), make.film()]
    files = [shelf.add(photo, name) for photo, name in zip(photos, ["b.jpg", "a.jpg", "a.mp4"], strict=True)]
    offer = granted(shelf, *(file["fileId"] for file in files))
    answer = installation.client.get(offer["url"])  # no credential: the link is enough
    assert answer.status_code == 200
    assert (offer["fileCount"], offer["sizeBytes"]) == (3, len(answer.content))
    assert offer["filename"] == "Sömmer: 2021.zip"
    assert "S%C3%B6mmer_%202021.zip" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as read:
        assert [(info.filename, read.read(info)) for info in read.infolist()] == list(
            zip(["b.jpg", "a.jpg", "a.mp4"], photos, strict=True)
        )
        assert read.infolist()[0].date_time == (2021, 7, 1, 12, 0, 0)


def test_same_names_from_several_folders(installation: Installation, shelf: Shelf) -> None:
    root = shelf.by.post(f"{shelf.library}/folders", json={"parentId": shelf.folder_id, "name": "Other"}).json()
    other = Shelf(shelf.by, shelf.library_id, root["folderId"])
    first, second = shelf.add(make.photo(), "IMG_1.jpg"), other.add(make.photo(), "IMG_1.JPG")
    offer = granted(shelf, first["fileId"], second["fileId"], first["fileId"])
    with zipfile.ZipFile(io.BytesIO(installation.client.get(offer["url"]).content)) as read:
        assert read.namelist() == ["IMG_1.jpg", "IMG_1 (2).JPG"]


def test_it_can_be_resumed(installation: Installation, shelf: Shelf) -> None:
    offer = granted(shelf, shelf.add(make.photo())["fileId"])
    whole = installation.client.get(offer["url"])
    head = installation.client.head(offer["url"])
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", whole.headers["etag"])
    rest = installation.client.get(offer["url"], headers={"Range": "bytes=100-", "If-Range": whole.headers["etag"]})
    assert (rest.status_code, rest.content) == (206, whole.content[100:])


def test_what_was_added_later_does_not_change_it(installation: Installation, shelf: Shelf) -> None:
    offer = granted(shelf, shelf.add(make.photo(), "a.jpg")["fileId"])
    before = installation.client.get(offer["url"]).content
    shelf.add(make.photo(), "b.jpg")
    assert installation.client.get(offer["url"]).content == before


def test_deleted_bytes_are_told(installation: Installation, shelf: Shelf) -> None:
    offer = granted(shelf, shelf.add(make.photo())["fileId"])
    [key] = installation.blobs("original/")
    installation.app.blobs.delete(key)
    assert installation.client.get(offer["url"]).status_code == 410


def test_only_what_the_caller_may_see(installation: Installation, shelf: Shelf) -> None:
    mine, bob = shelf.add(make.photo())["fileId"], installation.caller("bob")
    theirs = bob.library()
    hidden = theirs.add(make.photo())["fileId"]
    assert ask(shelf, mine, by=bob).status_code == 404
    assert ask(shelf, mine, hidden).status_code == 404
    assert ask(theirs, mine, by=bob).status_code == 404
    assert installation.rows(Download) == 0


def test_a_reader_may(installation: Installation, shelf: Shelf) -> None:
    mine, bob = shelf.add(make.photo())["fileId"], installation.caller("bob")
    bob_id = installation.user("bob").id
    with installation.app.writing(SYSTEM) as unit:
        members.assign(unit, unit.db.get_one(Library, ids.decode(shelf.library_id)), bob_id, Role.reader)
    url = ask(shelf, mine, by=bob).json()["url"]
    assert installation.client.get(url).status_code == 200
    with installation.app.writing(SYSTEM) as unit:
        unit.db.delete(unit.db.get_one(Assignment, (ids.decode(shelf.library_id), bob_id)))
    assert installation.client.get(url).status_code == 404, "once shut out, for downloads already granted, too"


def test_deleted_files_are_not_there(shelf: Shelf) -> None:
    file_id = shelf.add(make.photo())["fileId"]
    shelf.by.delete(f"{shelf.library}/files/{file_id}")
    assert ask(shelf, file_id).status_code == 404


@pytest.mark.parametrize("body", [{}, {"fileIds": []}, {"fileIds": ["1"] * 10_001}, {"fileIds": ["1"], "more": 1}])
def test_malformed_selections(shelf: Shelf, body: dict[str, Any]) -> None:
    assert shelf.by.post(f"{shelf.library}/selection/download", json=body).status_code == 400


def test_a_link_that_was_tampered_with(installation: Installation, shelf: Shelf) -> None:
    url = granted(shelf, shelf.add(make.photo())["fileId"])["url"]
    path, _, query = url.partition("?")
    end = url.rpartition("exp=")[0]
    for wrong in (path, f"{path}0?{query}", f"/zip/?{query}", f"/media{path}?{query}", f"{end}exp=9999999999&sig=x"):
        assert installation.client.get(wrong).status_code == 404
    assert installation.client.post(url).status_code == 405


def test_it_ends_after_a_day_and_is_forgotten(installation: Installation, shelf: Shelf) -> None:
    url = granted(shelf, shelf.add(make.photo())["fileId"])["url"]
    kind = next(kind for kind in KINDS if kind.name == "expire-downloads")
    task = Task(1, kind.name, "", {}, 1)
    installation.clock.advance(hours=23)
    kind.run(installation.app, task)
    assert installation.client.get(url).status_code == 200
    installation.clock.advance(hours=2)
    assert installation.client.get(url).status_code == 410
    kind.run(installation.app, task)
    assert installation.rows(Download) == 0
    with installation.app.reading(SYSTEM) as unit:
        assert unit.db.scalars(select(User)).all(), "and nobody else"
