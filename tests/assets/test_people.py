"""People over HTTP: grouped, named, merged, hidden, deleted, and seen by those alone who see the files."""

from typing import Any

import pytest
from tests import make
from tests.assets import crowds
from tests.installation import Caller, Installation, Shelf

from albumen.assets.pictures.models import Face, FacesSought
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import folders, members
from albumen.libraries.models import Role


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library()


def people(by: Caller, shelf: Shelf, **asked: Any) -> list[dict[str, Any]]:
    answer = by.get(f"{shelf.library}/people", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["people"])


def faces(shelf: Shelf, file: dict[str, Any]) -> list[dict[str, Any]]:
    return list(shelf.by.get(f"{shelf.library}/files/{file['fileId']}/faces").json()["faces"])


def change(shelf: Shelf, path: str, status: int = 200, **told: Any) -> Any:
    answer = shelf.by.call("PATCH", f"{shelf.library}{path}", json=told)
    assert answer.status_code == status, answer.text
    return answer.json()


def found(shelf: Shelf, q: str) -> set[str]:
    answer = shelf.by.get(f"{shelf.library}/search", params={"q": q})
    assert answer.status_code == 200, answer.text
    return {each["fileId"] for each in answer.json()["files"]}


def two_people(installation: Installation, shelf: Shelf) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Three photos: Ada, Ada with Grace, Grace with Ada; and the ids of the two."""
    photos = [shelf.add(make.photo(), f"{number}.jpg") for number in range(3)]
    for photo, seen in zip(photos, (("ada",), ("ada", "grace"), ("grace", "ada")), strict=True):
        crowds.show(installation, photo, *seen)
    first, second = people(shelf.by, shelf)
    return photos, {"ada": first["personId"], "grace": second["personId"]}


def test_faces_become_people_with_the_most_frequent_first(installation: Installation, shelf: Shelf) -> None:
    photos, who = two_people(installation, shelf)
    assert [each["fileCount"] for each in people(shelf.by, shelf)] == [3, 2]
    assert [each["personId"] for each in faces(shelf, photos[2])] == [who["grace"], who["ada"]]
    answer = shelf.by.get(f"{shelf.library}/people/{who['grace']}/files").json()
    assert [each["fileId"] for each in answer["files"]] == [photos[2]["fileId"], photos[1]["fileId"]]
    [first] = people(shelf.by, shelf, limit=1)
    page = shelf.by.get(f"{shelf.library}/people", params={"limit": 1}).json()
    [second] = people(shelf.by, shelf, limit=1, cursor=page["next"])
    assert (first["personId"], second["personId"]) == (who["ada"], who["grace"])


def test_a_name_is_found_by_searches_and_criteria(installation: Installation, shelf: Shelf) -> None:
    photos, who = two_people(installation, shelf)
    named = change(shelf, f"/people/{who['grace']}", name="  Grace   Hopper ")
    assert (named["name"], named["fileCount"]) == ("Grace Hopper", 2)
    theirs = {each["fileId"] for each in photos[1:]}
    for q in ("person:grace", 'person:"Grace Hopper"', "person:hop*"):
        assert found(shelf, q) == theirs
    suggested = shelf.by.get(f"{shelf.library}/search/suggest", params={"q": "person:ho"}).json()
    assert [each["q"] for each in suggested] == ['person:"Grace Hopper" ']
    assert found(shelf, "-person:grace") == {photos[0]["fileId"]}
    assert found(shelf, "person:ada") == found(shelf, 'person:"hopper grace"') == set()
    asked = {"version": "1.0", "criteria": [{"attribute": "person", "operator": "words", "value": "hopper"}]}
    answer = shelf.by.post(f"{shelf.library}/search", json=asked).json()
    assert {each["fileId"] for each in answer["files"]} == theirs
    assert "name" not in change(shelf, f"/people/{who['grace']}", name=None)
    assert found(shelf, "person:grace") == set()
    change(shelf, f"/people/{who['grace']}", 400, name="?!")


def test_timelines_of_searches_are_others_once_people_are(installation: Installation, shelf: Shelf) -> None:
    photos, who = two_people(installation, shelf)
    asked = {"of": "search:person:ada"}

    def count() -> int:
        answer = shelf.by.get(f"{shelf.library}/timeline/index", params=asked, headers={"If-None-Match": tags[-1]})
        assert answer.status_code == 200, "told to be as it was"
        tags.append(answer.headers["ETag"])
        return int.from_bytes(answer.content[4:8], "little")

    tags = [""]
    assert count() == 0
    change(shelf, f"/people/{who['ada']}", name="Ada")
    assert count() == 3
    crowds.show(installation, shelf.add(make.photo(), "later.jpg"), "ada")
    assert count() == 4
    [first, _] = faces(shelf, photos[1])
    change(shelf, f"/files/{photos[1]['fileId']}/faces/{first['faceId']}", ignored=True)
    assert count() == 3
    assert shelf.by.call("DELETE", f"{shelf.library}/people/{who['ada']}").status_code == 204
    assert count() == 0


def test_hidden_people_are_listed_when_asked_for(installation: Installation, shelf: Shelf) -> None:
    _, who = two_people(installation, shelf)
    assert change(shelf, f"/people/{who['ada']}", hidden=True)["hidden"] is True
    assert [each["personId"] for each in people(shelf.by, shelf)] == [who["grace"]]
    assert {each["personId"] for each in people(shelf.by, shelf, hidden=True)} == set(who.values())


def test_the_cover_is_the_surest_face_or_the_chosen_one(installation: Installation, shelf: Shelf) -> None:
    photos = [shelf.add(make.photo(), f"{number}.jpg") for number in range(2)]
    for photo, score in zip(photos, (0.4, 1.9), strict=True):
        crowds.show(installation, photo, crowds.face("ada", 0.3, score=score))
    [ada] = people(shelf.by, shelf)
    assert ada["coverFileId"] == photos[1]["fileId"]
    assert ada["coverBox"] == {"x": 0.3, "y": 0.2, "width": 0.2, "height": 0.3}
    [other] = faces(shelf, photos[0])
    chosen = change(shelf, f"/people/{ada['personId']}", coverFaceId=other["faceId"])
    assert chosen["coverFileId"] == photos[0]["fileId"]
    shelf.by.delete(f"{shelf.library}/files/{photos[0]['fileId']}")
    [left] = people(shelf.by, shelf)
    assert (left["coverFileId"], left["fileCount"]) == (photos[1]["fileId"], 1)


def test_merged_people_are_one_from_then_on(installation: Installation, shelf: Shelf) -> None:
    photos, who = two_people(installation, shelf)
    change(shelf, f"/people/{who['grace']}", name="Grace")
    merge = f"{shelf.library}/people/{who['ada']}/merge"
    assert shelf.by.post(merge, json={"source": who["ada"]}).status_code == 400
    made = shelf.by.post(merge, json={"source": who["grace"]}).json()
    assert (made["personId"], made["name"], made["fileCount"]) == (who["ada"], "Grace", 3)
    assert shelf.by.get(f"{shelf.library}/people/{who['grace']}").status_code == 404
    crowds.show(installation, shelf.add(make.photo(), "new.jpg"), "grace", "ada")
    [one] = people(shelf.by, shelf)
    assert one["fileCount"] == 4
    assert found(shelf, "person:grace") >= {each["fileId"] for each in photos}


def test_deleting_somebody_deletes_the_vectors_and_nothing_brings_the_faces_back(
    installation: Installation, shelf: Shelf
) -> None:
    photos, who = two_people(installation, shelf)
    assert shelf.by.delete(f"{shelf.library}/people/{who['ada']}").status_code == 204
    with installation.app.reading(SYSTEM) as unit:
        rows = unit.db.query(Face).all()
        assert (
            sorted((each.vector is None, each.is_ignored) for each in rows) == [(False, False)] * 2 + [(True, True)] * 3
        )
        assert [each.person_id for each in rows if each.is_ignored] == [None] * 3
    for photo, seen in zip(photos, (("ada",), ("ada", "grace"), ("grace", "ada")), strict=True):
        crowds.show(installation, photo, *seen)
    assert [each["personId"] for each in people(shelf.by, shelf)] == [who["grace"]]
    assert faces(shelf, photos[0]) == []
    with installation.app.reading(SYSTEM) as unit:
        assert unit.db.query(Face).filter(Face.vector.is_not(None)).count() == 2


def test_a_face_is_moved_set_apart_or_no_face(installation: Installation, shelf: Shelf) -> None:
    photos, who = two_people(installation, shelf)
    path = f"/files/{photos[1]['fileId']}/faces"
    left, right = faces(shelf, photos[1])
    change(shelf, f"{path}/{left['faceId']}", 400)
    moved = change(shelf, f"{path}/{left['faceId']}", personId=who["grace"])["faces"]
    assert {each["personId"] for each in moved} == {who["grace"]}
    alone = change(shelf, f"{path}/{left['faceId']}", personId=None)["faces"][0]["personId"]
    assert alone not in who.values()
    crowds.show(installation, shelf.add(make.photo(), "new.jpg"), "hedy")
    assert faces(shelf, photos[1])[0]["personId"] == alone
    [kept] = change(shelf, f"{path}/{left['faceId']}", ignored=True)["faces"]
    assert kept["faceId"] == right["faceId"]
    assert shelf.by.get(f"{shelf.library}/people/{alone}").status_code == 404
    change(shelf, f"{path}/{left['faceId']}", 404, ignored=True)
    other = shelf.by.library(name="Other")
    change(other, f"{path}/{right['faceId']}", 404, ignored=True)


def test_looking_again_keeps_whose_faces_are(installation: Installation, shelf: Shelf) -> None:
    photos, who = two_people(installation, shelf)
    before = faces(shelf, photos[1])
    crowds.show(installation, photos[1], crowds.face("ada", 0.06), crowds.face("grace", 0.36))
    assert [(each["faceId"], each["personId"]) for each in faces(shelf, photos[1])] == [
        (each["faceId"], each["personId"]) for each in before
    ]
    crowds.show(installation, photos[1], crowds.face("grace", 0.36))
    assert [each["personId"] for each in faces(shelf, photos[1])] == [who["grace"]]


def test_a_reader_of_one_folder_sees_people_of_that_alone(installation: Installation, shelf: Shelf) -> None:
    inner = shelf.below("Inner")
    beside = [shelf.add(make.photo(), f"{number}.jpg") for number in range(2)]
    inside = inner.add(make.photo(), "inside.jpg")
    crowds.show(installation, beside[0], crowds.face("ada", score=2.0), crowds.face("grace", 0.5))
    crowds.show(installation, beside[1], "ada")
    crowds.show(installation, inside, "ada")
    ada, grace = people(shelf.by, shelf)
    change(shelf, f"/people/{ada['personId']}", name="Ada")
    assert (ada["fileCount"], grace["fileCount"]) == (3, 1)
    user = installation.user("bob")
    with installation.app.writing(SYSTEM) as unit:
        folder = folders.get(unit, ids.decode(shelf.library_id), ids.decode(inner.folder_id))
        members.assign(unit, folder, user.id, Role.reader)
    bob = installation.caller("bob")
    [seen] = people(bob, shelf)
    assert (seen["personId"], seen["name"], seen["fileCount"]) == (ada["personId"], "Ada", 1)
    assert seen["coverFileId"] == inside["fileId"]
    listed = bob.get(f"{shelf.library}/people/{ada['personId']}/files").json()["files"]
    assert [each["fileId"] for each in listed] == [inside["fileId"]]
    for path in ("", "/files"):
        assert bob.get(f"{shelf.library}/people/{grace['personId']}{path}").status_code == 404
    assert bob.get(f"{shelf.library}/files/{beside[0]['fileId']}/faces").status_code == 404
    assert bob.call("PATCH", f"{shelf.library}/people/{ada['personId']}", json={"name": "A"}).status_code == 403
    assert {each["fileId"] for each in bob.get(f"{shelf.library}/search?q=person:ada").json()["files"]} == {
        inside["fileId"]
    }


def test_the_same_photo_in_two_libraries_has_people_of_its_own(installation: Installation, shelf: Shelf) -> None:
    photo = make.photo()
    other = shelf.by.library(name="Other")
    mine, theirs = shelf.add(photo), other.add(photo)
    for file in (mine, theirs):
        crowds.show(installation, file, "ada")
    [ada], [twin] = people(shelf.by, shelf), people(shelf.by, other)
    change(shelf, f"/people/{ada['personId']}", name="Ada")
    assert "name" not in people(shelf.by, other)[0]
    assert found(other, "person:ada") == set()
    assert shelf.by.get(f"{shelf.library}/people/{twin['personId']}").status_code == 404
    change(shelf, f"/people/{twin['personId']}", 404, name="Ada")
    merge = shelf.by.post(f"{shelf.library}/people/{ada['personId']}/merge", json={"source": twin["personId"]})
    assert merge.status_code == 404
    shelf.by.delete(f"{shelf.library}/people/{ada['personId']}")
    assert [each["personId"] for each in people(shelf.by, other)] == [twin["personId"]]


def test_purging_deletes_faces_and_vectors(installation: Installation, shelf: Shelf) -> None:
    photos, _ = two_people(installation, shelf)
    for photo in photos:
        shelf.by.delete(f"{shelf.library}/files/{photo['fileId']}")
    assert people(shelf.by, shelf) == []
    assert installation.rows(Face) == 5
    assert shelf.by.post(f"{shelf.library}/trash/empty").status_code == 200
    installation.work_off()
    assert [installation.rows(each) for each in (Face, FacesSought)] == [0, 0]
    installation.check_counts()


def test_a_library_without_people_has_none(shelf: Shelf) -> None:
    shelf.add(make.photo())
    assert people(shelf.by, shelf) == []
    assert shelf.by.get(f"{shelf.library}/people/{shelf.library_id}").status_code == 404
