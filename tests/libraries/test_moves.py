"""Files in other folders: moved and copied."""

from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.changes.models import Change
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import tally
from albumen.libraries.models import File, Original


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    """Alice's library."""
    return alice.library()


@pytest.fixture
def other(shelf: Shelf) -> Shelf:
    """Another folder of it."""
    return shelf.below("Other")


def move(by: Caller, file: dict[str, Any], to: Shelf, **form: Any) -> Response:
    path = f"/libraries/{file['libraryId']}/files/{file['fileId']}"
    return by.call("PATCH", path, json={"folderId": to.folder_id, **form})


def copy(by: Caller, file: dict[str, Any], to: Shelf) -> Response:
    return by.post(f"{to.folder}/files?source={file['fileId']}")


def listed(shelf: Shelf) -> list[str]:
    return [each["name"] for each in shelf.by.get(f"{shelf.folder}/files").json()]


def give(shelf: Shelf, place: str, user: str, role: str) -> None:
    assert shelf.by.post(f"{place}/users", json={"userId": user, "role": role}).status_code == 200


def make_part(installation: Installation, film: dict[str, Any], photo: dict[str, Any]) -> None:
    """Let a film be the moving part of a photo."""
    with installation.app.writing(SYSTEM) as unit:
        row = unit.db.get_one(File, ids.decode(film["fileId"]))
        tally.place(unit, row, tally.weight(unit, row), sign=-1)
        row.part_of = ids.decode(photo["fileId"])
        for each in (row, unit.db.get_one(File, row.part_of)):
            each.content_identifier = photo["fileId"]
        unit.db.flush()
        tally.place(unit, row, tally.weight(unit, row))


def test_a_file_moves_within_its_library(installation: Installation, alice: Caller, shelf: Shelf, other: Shelf) -> None:
    file = shelf.add(make.photo(taken="2021-07-01 12:00:00"))
    installation.work_off()
    answer = move(alice, file, other)
    assert (answer.status_code, answer.json()["folderId"], answer.json()["name"]) == (200, other.folder_id, "IMG_1.jpg")
    assert (listed(shelf), listed(other)) == ([], ["IMG_1.jpg"])
    installation.check_counts()
    with installation.app.reading(SYSTEM) as unit:
        [newest] = unit.db.scalars(select(Change).order_by(Change.number.desc()).limit(1))
        assert newest.before == f"/{shelf.folder_id}/"
        assert newest.lineage == f"/{shelf.folder_id}/{other.folder_id}/"
    assert move(alice, file, other).json() == answer.json()


def test_a_taken_name_is_numbered_where_a_file_moves(alice: Caller, shelf: Shelf, other: Shelf) -> None:
    files = [shelf.add(make.photo(), name) for name in ("a.jpg", "b.jpg", "c.jpg")]
    other.add(make.photo(), "A.jpg")
    assert move(alice, files[0], other).json()["name"] == "a (2).jpg"
    assert move(alice, files[1], other, name="A.jpg").status_code == 409
    assert move(alice, files[1], other, name="A (3).jpg").json()["name"] == "A (3).jpg"
    assert listed(shelf) == ["c.jpg"]


def test_a_move_and_a_new_date_count_together(
    installation: Installation, alice: Caller, shelf: Shelf, other: Shelf
) -> None:
    file = shelf.add(make.photo(taken="2021-07-01 12:00:00"))
    answer = move(alice, file, other, takenOn="2020-01-01T00:00:00", title="New Year")
    assert (answer.json()["folderId"], answer.json()["title"]) == (other.folder_id, "New Year")
    installation.check_counts()


def test_where_a_file_does_not_move(installation: Installation, alice: Caller, shelf: Shelf, other: Shelf) -> None:
    file = shelf.add(make.photo())
    abroad, hidden = alice.library(), installation.caller("bob").library()
    answer = move(alice, file, abroad)
    assert (answer.status_code, answer.json()["errors"][0]["msg"]) == (400, "in another library")
    assert move(alice, file, hidden).status_code == 404
    for wrong in ("", "zzz", "no id"):
        path = f"{shelf.library}/files/{file['fileId']}"
        assert alice.call("PATCH", path, json={"folderId": wrong}).status_code == 404
    alice.delete(other.folder)
    assert move(alice, file, other).status_code == 404
    assert listed(shelf) == ["IMG_1.jpg"]


def test_a_move_takes_contributors_of_both_ends(
    installation: Installation, alice: Caller, shelf: Shelf, other: Shelf
) -> None:
    file, bob, open_to_bob = shelf.add(make.photo()), installation.caller("bob"), shelf.below("Bob's")
    mine = open_to_bob.add(make.photo(), "mine.jpg")
    give(shelf, open_to_bob.folder, "bob", "contributor")
    assert move(bob, mine, other).status_code == 404
    give(shelf, other.folder, "bob", "reader")
    assert move(bob, mine, other).status_code == 403
    assert move(bob, file, open_to_bob).status_code == 404
    alice.call("PATCH", f"{other.folder}/users/bob", json={"role": "contributor"})
    assert move(bob, mine, other).status_code == 200


def test_moving_parts_move_along(installation: Installation, alice: Caller, shelf: Shelf, other: Shelf) -> None:
    photo, film = shelf.add(make.photo(), "a.jpg"), shelf.add(make.film(), "a.mp4")
    other.add(make.film(), "a.mp4")
    make_part(installation, film, photo)
    assert move(alice, film, other).status_code == 409
    assert move(alice, photo, other).status_code == 200
    assert other.file(film["fileId"])["folderId"] == other.folder_id
    assert other.file(film["fileId"])["name"] == "a (2).mp4"
    assert alice.get(shelf.folder).json()["fileSize"] == 0
    installation.check_counts()


def test_moving_parts_are_deleted_with_the_folder_of_their_photo(
    installation: Installation, alice: Caller, shelf: Shelf, other: Shelf
) -> None:
    third = shelf.below("Third")
    pairs = [(other.add(make.photo(), f"{n}.jpg"), third.add(make.film(), f"{n}.mp4")) for n in (1, 2)]
    crossed = third.add(make.photo(), "3.jpg"), other.add(make.film(), "3.mp4")
    for photo, film in (*pairs, crossed):
        make_part(installation, film, photo)
    assert alice.delete(other.folder).status_code == 204
    installation.check_counts()
    assert {alice.get(f"{shelf.library}/files/{each['fileId']}").status_code for pair in pairs for each in pair} == {
        404
    }
    assert [alice.get(f"{shelf.library}/files/{each['fileId']}").status_code for each in crossed] == [200, 404]


def test_a_copy_says_the_same_and_stores_nothing(
    installation: Installation, alice: Caller, shelf: Shelf, other: Shelf
) -> None:
    file = shelf.add(make.photo(taken="2021-07-01 12:00:00", camera=("Canon", "EOS"), gps=(48.0, 2.0)))
    said = {"tags": ["sea"], "properties": {"a": 1}, "favorite": True, "rating": 3, "title": "Sea"}
    told = alice.call("PATCH", f"{shelf.library}/files/{file['fileId']}", json=said).json()
    installation.work_off()
    stored = installation.blobs()
    answer = copy(alice, file, other)
    assert answer.status_code == 200
    made = answer.json()
    own = {name: made[name] for name in ("fileId", "folderId", "importedOn")}
    assert made == {**shelf.file(file["fileId"]), **own}
    assert made["fileId"] != file["fileId"]
    assert (made["folderId"], made["version"], made["modifiedOn"]) == (other.folder_id, 1, told["modifiedOn"])
    assert installation.blobs() == stored
    assert other.file(made["fileId"]) == made
    installation.check_counts()
    alice.call("PATCH", f"{shelf.library}/files/{made['fileId']}", json={"tags": ["land"]})
    assert shelf.file(file["fileId"])["tags"] == ["sea"]
    assert copy(alice, file, other).json()["name"] == "IMG_1 (2).jpg"
    assert copy(alice, file, shelf).json()["name"] == "IMG_1 (2).jpg"
    for each in (file, made):
        path = f"{shelf.library}/files/{each['fileId']}"
        assert alice.get(f"{path}/contents?attachment=true").status_code == 200
        assert alice.get(f"{path}/thumbnails/sm").status_code == 200
        alice.delete(path)
    installation.check_counts()


def test_only_the_current_version_is_copied(
    installation: Installation, alice: Caller, shelf: Shelf, other: Shelf
) -> None:
    file, newer = shelf.add(make.photo()), make.photo()
    alice.post(f"{shelf.library}/files/{file['fileId']}/versions", files={"file": ("b.jpg", newer)})
    made = copy(alice, file, other).json()
    assert (made["version"], made["fileSize"]) == (1, len(newer))
    assert len(alice.get(f"{shelf.library}/files/{made['fileId']}/versions").json()) == 1
    installation.check_counts()


def test_a_copy_from_another_library(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    file = shelf.add(make.photo())
    bobs = installation.caller("bob").library()
    assert copy(bobs.by, file, bobs).status_code == 404
    give(shelf, shelf.folder, "bob", "reader")
    made = copy(bobs.by, file, bobs).json()
    assert (made["libraryId"], made["userRole"], made["signature"]) == (bobs.library_id, "owner", file["signature"])
    assert copy(bobs.by, made, shelf).status_code == 403
    assert copy(alice, made, shelf).status_code == 404
    assert installation.rows(Original) == 1
    alice.delete(f"{shelf.folder}/users/bob")
    assert bobs.file(made["fileId"]) == made
    installation.check_counts()


def test_a_copy_counts_against_the_quota(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    photo = make.photo()
    file, small = shelf.add(photo), alice.library(quotaBytes=len(photo) * 3 // 2)
    assert copy(alice, file, small).status_code == 200
    answer = copy(alice, file, small)
    assert (answer.status_code, listed(small)) == (507, ["IMG_1.jpg"])
    installation.work_off()
    installation.check_counts()


def test_a_photo_is_copied_with_its_moving_part(
    installation: Installation, alice: Caller, shelf: Shelf, other: Shelf
) -> None:
    photo, film = shelf.add(make.photo(), "a.jpg"), shelf.add(make.film(), "a.mp4")
    make_part(installation, film, photo)
    made = copy(alice, photo, other).json()
    assert (made["motion"], listed(other)) == (True, ["a.jpg"])
    assert alice.get(other.folder).json()["fileSize"] == photo["fileSize"] + film["fileSize"]
    alice.delete(f"{shelf.library}/files/{photo['fileId']}")
    assert other.file(made["fileId"])["motion"]
    installation.check_counts()


def test_what_cannot_be_copied(installation: Installation, alice: Caller, shelf: Shelf, other: Shelf) -> None:
    file = shelf.add(make.photo())
    for wrong in ("", "zzz", "no id"):
        assert alice.post(f"{other.folder}/files?source={wrong}").status_code == 404
    alice.delete(f"{shelf.library}/files/{file['fileId']}")
    assert copy(alice, file, other).status_code == 404
    assert listed(other) == []
    installation.check_counts()
