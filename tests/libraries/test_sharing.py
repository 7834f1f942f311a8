"""Who sees a part of a library sees the same part in every list, count and byte."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import members, queries
from albumen.libraries.models import Album, AlbumItem, Role


@pytest.fixture
def parts(installation: Installation, alice: Caller) -> Iterator[tuple[Shelf, dict[str, dict[str, Any]]]]:
    """A library of three photos that look alike: beside, in and below the folder `Shared`."""
    shelf = alice.library()
    shared = shelf.below("Shared")
    below = shared.below("Below")
    photo: dict[str, Any] = {"seed": 7, "size": (320, 240)}
    files = {
        "beside": shelf.add(make.photo(taken="2021-07-01 12:00:00", **photo), "beside.jpg"),
        "in": shared.add(make.photo(taken="2021-07-02 12:00:00", **photo), "in.jpg"),
        "below": below.add(make.photo(taken="2021-08-01 12:00:00", **photo), "below.jpg"),
    }
    installation.work_off()
    yield shared, files
    installation.check_counts()


def put_into_album(installation: Installation, file: dict[str, Any], reader: str) -> None:
    """Let a user see a file by an album."""
    user = installation.user(reader)
    with installation.app.writing(SYSTEM) as unit:
        album = Album(library_id=ids.decode(file["libraryId"]), name="x", created_at=unit.now, modified_at=unit.now)
        unit.db.add(album)
        unit.db.flush()
        item = AlbumItem(album_id=album.id, file_id=ids.decode(file["fileId"]), position=1, added_at=unit.now)
        unit.db.add(item)
        members.assign(unit, album, user.id, Role.reader)


def check_sees(installation: Installation, name: str, files: dict[str, dict[str, Any]], seen: set[str]) -> None:
    """Every surface shows this user these files, and no others."""
    by = installation.caller(name)
    known = {files[each]["fileId"] for each in seen}
    assert set(by.get("/images").json()["ids"]) == known
    assert set(by.get("/operations/thumbnails").json()["ids"]) == known
    for key, file in files.items():
        path, allowed = f"/libraries/{file['libraryId']}/files/{file['fileId']}", 200 if key in seen else 404
        for form in ("", "/contents", "/contents?attachment=true", "/thumbnails/sm", "/metadata", "/versions"):
            assert by.get(f"{path}{form}").status_code == allowed, (key, form)
        image = f"/images/{file['fileId']}"
        assert by.get(f"{image}/original").status_code == by.get(f"{image}/thumbnail").status_code == allowed
        similar = by.get(f"{image}/similar")
        if allowed == 200:
            assert {each["id"] for each in similar.json()} == known - {file["fileId"]}
        else:
            assert similar.status_code == 404
        selection = {"fileIds": [file["fileId"]]}
        download = by.post(f"/libraries/{file['libraryId']}/selection/download", json=selection)
        assert download.status_code == allowed
    library = f"/libraries/{files['in']['libraryId']}"
    assert by.get(f"{library}/statistics").json()["fileCount"] == len(seen)
    with installation.app.reading(installation.actor(name)) as unit:
        months = queries.months(unit, ids.decode(files["in"]["libraryId"]))
    assert sum(count for _, count in months) == len(seen)


def test_a_reader_of_a_folder_sees_it_and_what_is_below(
    installation: Installation, parts: tuple[Shelf, dict[str, dict[str, Any]]]
) -> None:
    shared, files = parts
    shared.by.call("PATCH", shared.library, json={"quotaBytes": 1_000_000})
    shared.by.post(f"{shared.folder}/users", json={"userId": "bob", "role": "reader"})
    check_sees(installation, "bob", files, {"in", "below"})
    bob = installation.caller("bob")
    [root] = bob.get(f"{shared.library}/folders?parent=").json()
    assert (root["path"], root["fileCount"], "parentId" in root) == ("Shared", 1, False)
    assert [each["fileId"] for each in bob.get(f"{shared.folder}/files").json()] == [files["in"]["fileId"]]
    assert bob.get(f"{shared.folder}/breadcrumbs").json() == []
    assert not {"userRole", "usedBytes", "quotaBytes"} & bob.get(shared.library).json().keys()


def test_a_reader_of_an_album_sees_its_files_and_no_folder(
    installation: Installation, parts: tuple[Shelf, dict[str, dict[str, Any]]]
) -> None:
    shared, files = parts
    put_into_album(installation, files["beside"], "bob")
    put_into_album(installation, files["below"], "bob")
    check_sees(installation, "bob", files, {"beside", "below"})
    bob = installation.caller("bob")
    assert bob.get(f"{shared.library}/folders?parent=").json() == []
    assert bob.get(shared.folder).status_code == 404
    shared.by.delete(f"{shared.library}/files/{files['below']['fileId']}")
    assert bob.get("/images").json()["ids"] == [files["beside"]["fileId"]]


def test_a_reader_of_an_album_cannot_find_out_what_folders_are_called(
    installation: Installation, parts: tuple[Shelf, dict[str, dict[str, Any]]]
) -> None:
    shared, files = parts
    put_into_album(installation, files["below"], "bob")
    found = []
    for by in (shared.by, installation.caller("bob")):
        for operator in ("contains", "neq"):
            criterion = {"attribute": "parentFolderName", "operator": operator, "value": "elow"}
            query = {"version": "1.0", "criteria": [criterion]}
            found.append(len(by.post(f"{shared.library}/search", json=query).json()["files"]))
    assert found == [1, 3, 0, 0]


def test_an_album_shows_no_older_version(
    installation: Installation, parts: tuple[Shelf, dict[str, dict[str, Any]]]
) -> None:
    shared, files = parts
    path = f"{shared.library}/files/{files['below']['fileId']}"
    shared.by.post(f"{path}/versions", files={"file": ("new.jpg", make.photo(seed=8))})
    put_into_album(installation, files["below"], "bob")
    bob = installation.caller("bob")
    assert [each["number"] for each in bob.get(f"{path}/versions").json()] == [2]
    assert [bob.get(f"{path}/versions/{number}/contents").status_code for number in (1, 2)] == [403, 200]


def test_both_together(installation: Installation, parts: tuple[Shelf, dict[str, dict[str, Any]]]) -> None:
    shared, files = parts
    shared.by.post(f"{shared.folder}/users", json={"userId": "bob", "role": "reader"})
    put_into_album(installation, files["beside"], "bob")
    check_sees(installation, "bob", files, {"beside", "in", "below"})


def test_many_add_to_a_folder_while_it_is_renamed_and_moved(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    homes = [shelf.below(name) for name in ("One", "Two")]
    moving = homes[0].below("Moving")
    photos = [make.photo(size=(32, 24)) for _ in range(40)]

    def add(number: int) -> int:
        return moving.send(photos[number], names=("same.jpg" if number % 2 else f"{number}.jpg",)).status_code

    def rearrange(number: int) -> int:
        form = {"name": f"Moving {number}", "parentId": homes[number % 2].folder_id}
        return alice.call("PATCH", moving.folder, json=form).status_code

    with ThreadPoolExecutor(21) as pool:
        changes = pool.map(rearrange, range(12))
        assert list(pool.map(add, range(40))) == [200] * 40
        assert list(changes) == [200] * 12
    assert alice.get(moving.folder).json()["fileCount"] == 40
    ends = {f"All Pictures/{('One', 'Two')[number % 2]}/Moving {number}" for number in range(12)}
    assert alice.get(moving.folder).json()["path"] in ends  # whichever came last
    installation.work_off()
    installation.check_counts()


def test_many_add_to_a_folder_that_is_deleted(installation: Installation, alice: Caller) -> None:
    shelf = alice.library().below("Doomed")
    photos = [make.photo(size=(32, 24)) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        added = [pool.submit(shelf.send, photo) for photo in photos]
        gone = pool.submit(alice.delete, shelf.folder).result().status_code
        statuses = {each.result().status_code for each in added}
    assert gone == 204
    assert statuses <= {200, 404}
    assert alice.get("/images").json()["ids"] == []
    installation.check_counts()
