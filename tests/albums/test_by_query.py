"""Albums by query: always current, in their own order, and honoured wherever someone asks who may see what."""

from typing import Any

import pytest
from tests import make
from tests.albums.conftest import House
from tests.albums.test_sharing import sees, shown

from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import Album


def query(*parts: tuple[str, str, Any], **more: Any) -> dict[str, Any]:
    told = [{"attribute": name, "operator": operator, "value": value} for name, operator, value in parts]
    return {"version": "1.0", "criteria": told, **more}


R5 = query(("camera", "contains", "eos r5"))


def test_an_album_by_query_shows_what_it_finds_by_the_time_taken(house: House) -> None:
    album = house.album(query=R5)
    assert album["query"] == R5
    assert album["fileCount"] == 3
    assert album["coverFileId"] == house.photos[1]
    assert house.files(album) == house.photos[1::2]


def test_it_is_always_current(house: House) -> None:
    album = house.album(query=R5)
    added = house.shelf.add(make.photo(taken="2021-07-01 13:00:00", camera=("Canon", "EOS R5")), "new.jpg")["fileId"]
    assert house.files(album) == [added, *house.photos[1::2]]
    house.trash(house.photos[1])
    assert house.files(album) == [added, *house.photos[3::2]]
    assert house.shelf.by.get(house.path(album)).json()["fileCount"] == 3
    house.installation.check_counts()


def test_its_order_is_that_of_the_query_in_pages(house: House) -> None:
    told = query(orderBy=[{"attribute": "camera", "direction": "desc"}, {"attribute": "takenOn", "direction": "desc"}])
    album = house.album(query=told)
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        page = house.shelf.by.get(f"{house.path(album)}/files", params={"limit": 2, "cursor": cursor}).json()
        found += [each["fileId"] for each in page["files"]]
        cursor = page.get("next")
    assert found == [*house.photos[4::-2], *house.photos[5::-2]]


def test_its_readers_see_what_it_finds_everywhere(house: House) -> None:
    album = house.album(query=R5)
    bob = house.give("bob", "reader", house.path(album))
    assert house.files(album, bob) == house.photos[1::2]
    assert shown(bob) == set(house.photos[1::2])
    assert [sees(house, bob, each) for each in house.photos[:2]] == [False, True]
    added = house.shelf.add(make.photo(camera=("Canon", "EOS R5")), "new.jpg")["fileId"]
    assert sees(house, bob, added)
    house.trash(added)
    assert not sees(house, bob, added)
    assert shown(bob) == set(house.photos[1::2])
    narrower = query(("filename", "eq", "img_1.JPG"))
    assert house.patch(album, query=narrower).json()["fileCount"] == 1
    assert shown(bob) == {house.photos[1]}


def test_it_shows_nothing_of_other_libraries(house: House) -> None:
    album = house.album(query=query())
    other = house.shelf.by.library(name="Other")
    foreign = other.add(make.photo(), "foreign.jpg")["fileId"]
    bob = house.give("bob", "reader", house.path(album))
    assert shown(bob) == set(house.photos)
    assert bob.get(f"{other.library}/files/{foreign}").status_code == 404
    assert bob.get(other.library).status_code == 404


def test_albums_of_both_kinds_add_up(house: House) -> None:
    by_hand = house.album(fileIds=house.photos[:1])
    by_query = house.album(query=R5)
    bob = house.give("bob", "reader", house.path(by_hand))
    house.give("bob", "contributor", house.path(by_query))
    house.give("bob", "reader", house.below.folder)
    assert shown(bob) == {house.photos[n] for n in (0, 1, 3, 4, 5)}
    counts = {each["albumId"]: each["fileCount"] for each in bob.get(house.albums).json()}
    assert counts == {by_hand["albumId"]: 1, by_query["albumId"]: 3}


def test_nothing_is_put_into_it_by_hand(house: House) -> None:
    album = house.album(query=R5)
    chosen = {"fileIds": house.photos[:1]}
    assert house.shelf.by.post(f"{house.path(album)}/files", json=chosen).status_code == 409
    assert house.shelf.by.delete(f"{house.path(album)}/files", json=chosen).status_code == 409
    assert house.patch(album, fileIds=house.photos[1::2]).status_code == 409
    assert house.shelf.by.post(house.albums, json={"name": "X", "query": R5, **chosen}).status_code == 400


def test_one_kind_does_not_become_the_other(house: House) -> None:
    assert house.patch(house.album(query=R5), query=None).status_code == 409
    assert house.patch(house.album(fileIds=house.photos), query=R5).status_code == 409


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({}, "query.criteria"),
        (query(("colour", "eq", "red")), "query.criteria.0.attribute"),
        (query(("rating", "contains", 5)), "query.criteria.0.operator"),
        (query(("takenOn", "lt", "soon")), "query.criteria.0.value"),
    ],
)
def test_a_wrong_query_is_refused_by_its_place(house: House, told: dict[str, Any], place: str) -> None:
    album = house.album(query=R5)
    made = house.shelf.by.post(house.albums, json={"name": "X", "query": told})
    for answer in (made, house.patch(album, query=told)):
        assert answer.status_code == 400
        assert place in [each["loc"] for each in answer.json()["errors"]]
    assert house.shelf.by.get(house.path(album)).json()["query"] == R5


def test_its_owner_changes_the_query_only_as_a_contributor_of_the_library(house: House) -> None:
    album = house.album(query=R5)
    bob = house.give("bob", "owner", house.path(album))
    assert house.patch(album, bob, name="Bob's").status_code == 200
    assert house.patch(album, bob, query=query()).status_code == 403
    house.give("bob", "contributor", house.shelf.library)
    assert house.patch(album, bob, query=query()).status_code == 200


def test_a_query_that_is_no_longer_understood_shows_nothing(house: House) -> None:
    album = house.album(query=R5)
    bob = house.give("bob", "reader", house.path(album))
    with house.installation.app.writing(SYSTEM) as unit:
        unit.db.get_one(Album, ids.decode(album["albumId"])).query = {"version": "0.9"}
    for caller in (bob, house.shelf.by):
        assert house.files(album, caller) == []
        assert caller.get(house.path(album)).json()["fileCount"] == 0
    assert shown(bob) == set()


def test_many_albums_by_query_are_counted(house: House) -> None:
    for n in range(25):
        house.album(name=f"{n:02}", query=query(("filename", "contains", f"_{n}")))
    counts = [each["fileCount"] for each in house.shelf.by.get(house.albums).json()]
    assert counts == [1] * 6 + [0] * 19
