"""Tags of a library: counted by their tree, renamed, made one, deleted, and all of it undone."""

from typing import Any

import pytest
from tests import make
from tests.installation import Caller, Installation, Shelf
from tests.rows import fill

from albumen.kernel import ids


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library()


def tagged(shelf: Shelf, *tags: str) -> str:
    """A new photo with these tags."""
    file_id = str(shelf.send(make.photo(), names=(f"{len(tags)}.jpg",)).json()[0]["fileId"])
    answer = shelf.by.call("PATCH", f"{shelf.library}/files/{file_id}", json={"tags": list(tags)})
    assert answer.status_code == 200, answer.text
    return file_id


def tags_of(shelf: Shelf, by: Caller | None = None) -> list[tuple[str, int, int]]:
    found = (by or shelf.by).get(f"{shelf.library}/tags").json()["tags"]
    return [(each["tag"], each["count"], each["total"]) for each in found]


def rename(shelf: Shelf, tag: str, to: str) -> Any:
    return shelf.by.post(f"{shelf.library}/tags/rename", json={"from": tag, "to": to})


def test_tags_are_counted_along_their_tree(shelf: Shelf) -> None:
    tagged(shelf, "Places", "Places/Paris", "Places/Paris/Louvre")
    tagged(shelf, "places/paris", "beach")
    tagged(shelf, "Places/Paris")
    gone = tagged(shelf, "gone")
    shelf.by.delete(f"{shelf.library}/files/{gone}")
    wanted = [("beach", 1, 1), ("Places", 1, 3), ("Places/Paris", 3, 3), ("Places/Paris/Louvre", 1, 1)]
    assert tags_of(shelf) == wanted


def test_a_reader_of_a_folder_counts_what_it_sees(installation: Installation, shelf: Shelf) -> None:
    tagged(shelf, "hidden")
    made = shelf.by.post(f"{shelf.library}/folders", json={"parentId": shelf.folder_id, "name": "Shared"}).json()
    inside = Shelf(shelf.by, shelf.library_id, made["folderId"])
    tagged(inside, "shown")
    installation.user("bob")
    shelf.by.post(f"{inside.folder}/users", json={"userId": "bob", "role": "reader"})
    assert tags_of(shelf, installation.caller("bob")) == [("shown", 1, 1)]


def test_renaming_takes_what_is_below_along(shelf: Shelf) -> None:
    file_id = tagged(shelf, "x", "Trip/Rome/Forum", "trip", "Tripod")
    begun = rename(shelf, "Trip", "Travel/Italy").json()
    assert (begun["status"], begun["done"]) == ("done", 1)
    assert shelf.file(file_id)["tags"] == ["x", "Travel/Italy/Rome/Forum", "Travel/Italy", "Tripod"]
    undo = shelf.by.post(f"{shelf.library}/operations/{begun['operationId']}/undo").json()
    assert undo["status"] == "undone"
    assert shelf.file(file_id)["tags"] == ["x", "Trip/Rome/Forum", "trip", "Tripod"]


def test_renaming_onto_a_tag_makes_them_one(shelf: Shelf) -> None:
    both, one = tagged(shelf, "sea", "Beach"), tagged(shelf, "sea")
    assert rename(shelf, "SEA", "Beach").json()["done"] == 2
    assert shelf.file(both)["tags"] == ["Beach"]
    assert tags_of(shelf) == [("Beach", 2, 2)]
    assert shelf.file(one)["tags"] == ["Beach"]


def test_a_change_of_case_only(shelf: Shelf) -> None:
    file_id = tagged(shelf, "beach")
    assert rename(shelf, "beach", "Beach").json()["done"] == 1
    assert shelf.file(file_id)["tags"] == ["Beach"]


def test_deleting_a_tag_leaves_the_files(shelf: Shelf) -> None:
    file_id = tagged(shelf, "a/b", "a/b/c", "a", "ab")
    begun = shelf.by.delete(f"{shelf.library}/tags/a/b").json()
    assert begun["done"] == 1
    assert shelf.file(file_id)["tags"] == ["a", "ab"]


@pytest.mark.parametrize(("tag", "to", "status"), [("no", "x", 404), ("%", "x", 404), ("a", " ", 400), ("", "x", 400)])
def test_what_cannot_be_renamed(shelf: Shelf, tag: str, to: str, status: int) -> None:
    tagged(shelf, "a")
    assert rename(shelf, tag, to).status_code == status


def test_a_tag_on_many_files_is_renamed_by_a_job(installation: Installation, shelf: Shelf) -> None:
    filed = fill(installation, shelf.folder_id, 700)
    chosen = {"fileIds": [ids.encode(each) for each in filed], "add": ["old"]}
    assert shelf.by.post(f"{shelf.library}/selection/tag", json=chosen).is_success
    installation.work_off()
    begun = rename(shelf, "old", "new").json()
    assert (begun["status"], begun["total"]) == ("pending", 700)
    installation.work_off()
    assert tags_of(shelf) == [("new", 700, 700)]
    assert shelf.by.post(f"{shelf.library}/operations/{begun['operationId']}/undo").json()["status"] == "undoing"
    installation.work_off()
    assert tags_of(shelf) == [("old", 700, 700)]
