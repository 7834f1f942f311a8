"""Who may do what with albums, and what an album lets its readers see elsewhere."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from tests import make
from tests.albums.conftest import House
from tests.installation import Caller

from albumen.albums import albums
from albumen.albums.albums import NewAlbum
from albumen.changes.models import Regranted
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Scope
from albumen.kernel.errors import Denied


def sees(house: House, caller: Caller, file_id: str) -> bool:
    """Whether a file can be had, by each way to it."""
    path = f"{house.shelf.library}/files/{file_id}"
    answers = [caller.get(path + end).status_code for end in ("", "/contents?attachment=true", "/metadata")]
    assert len(set(answers)) == 1, answers
    return answers[0] == 200


def shown(caller: Caller) -> set[str]:
    """All images that someone is told of."""
    return set(caller.get("/images").json()["ids"])


def test_readers_of_an_album_see_its_files_and_no_others(house: House) -> None:
    album = house.album(fileIds=house.photos[:2])
    bob = house.give("bob", "reader", house.path(album))
    assert house.files(album, bob) == house.photos[:2]
    assert bob.get(house.albums).json()[0]["userRole"] == "reader"
    assert [sees(house, bob, each) for each in house.photos[:3]] == [True, True, False]
    assert shown(bob) == set(house.photos[:2])
    assert "userRole" not in bob.get(house.shelf.library).json()
    house.shelf.by.delete(f"{house.path(album)}/files", json={"fileIds": house.photos[:1]})
    assert shown(bob) == {house.photos[1]}
    house.trash(house.photos[1])
    assert shown(bob) == set()
    assert not sees(house, bob, house.photos[1])
    house.installation.check_counts()


@pytest.mark.parametrize("role", ["reader", "contributor", "owner"])
def test_what_each_role_on_an_album_may_do(house: House, role: str) -> None:
    album = house.album(fileIds=house.photos[:2])
    bob = house.give("bob", role, house.path(album))
    may_add, may_change = role != "reader", role == "owner"
    own = {"fileIds": house.photos[:1]}
    assert bob.post(f"{house.path(album)}/files", json=own).status_code == (200 if may_add else 403)
    assert bob.delete(f"{house.path(album)}/files", json={"fileIds": []}).status_code == 400
    assert bob.delete(f"{house.path(album)}/files", json=own).status_code == (204 if may_add else 403)
    assert house.patch(album, bob, name="Bob's").status_code == (200 if may_change else 403)
    assert bob.get(f"{house.path(album)}/users").status_code == (200 if may_add else 403)
    to_carol = {"userId": "carol", "role": "reader"}
    assert bob.post(f"{house.path(album)}/users", json=to_carol).status_code == (200 if may_change else 403)
    assert bob.delete(house.path(album)).status_code == (204 if may_change else 403)


def test_an_album_takes_only_what_its_contributor_may_see(house: House) -> None:
    album = house.album(fileIds=house.photos[:2])
    bob = house.give("bob", "contributor", house.path(album))
    assert bob.post(f"{house.path(album)}/files", json={"fileIds": [house.photos[5]]}).status_code == 404
    house.give("bob", "reader", house.below.folder)
    assert bob.post(f"{house.path(album)}/files", json={"fileIds": [house.photos[5]]}).status_code == 200
    assert house.files(album) == [*house.photos[:2], house.photos[5]]


def test_whoever_has_no_role_does_not_know_of_an_album(house: House) -> None:
    album = house.album(fileIds=house.photos)
    bob = house.give("bob", "owner", house.below.folder)
    for path in ("", "/files", "/users"):
        assert bob.get(house.path(album) + path).status_code == 404
    assert bob.get(house.albums).json() == []
    assert bob.delete(house.path(album)).status_code == 404
    assert house.installation.caller("eve").get(house.albums).status_code == 404


@pytest.mark.parametrize(("role", "status"), [("reader", 403), ("contributor", 200), ("owner", 200)])
def test_making_an_album_takes_a_contributor_of_the_library(house: House, role: str, status: int) -> None:
    bob = house.give("bob", role, house.shelf.library)
    for form in ({}, {"query": {"version": "1.0", "criteria": []}}):
        assert bob.post(house.albums, json={"name": "Bob's", **form}).status_code == status


def test_contributors_of_a_folder_make_albums_of_what_they_see(house: House) -> None:
    bob = house.give("bob", "contributor", house.below.folder)
    album = house.album(bob, fileIds=house.photos[4:])
    assert album["userRole"] == "owner"
    assert house.files(album) == house.photos[4:]
    assert bob.post(house.albums, json={"name": "X", "fileIds": house.photos[:1]}).status_code == 404
    query = {"version": "1.0", "criteria": []}
    assert bob.post(house.albums, json={"name": "X", "query": query}).status_code == 403
    assert house.give("carol", "reader", house.below.folder).post(house.albums, json={"name": "X"}).status_code == 403


def test_members_of_the_library_see_all_albums(house: House) -> None:
    bob = house.give("bob", "contributor", house.shelf.library)
    album = house.album(fileIds=house.photos[:1])
    theirs = house.album(bob, name="Bob's", fileIds=house.photos[1:2])
    carol = house.give("carol", "reader", house.shelf.library)
    assert [each["userRole"] for each in carol.get(house.albums).json()] == ["reader", "reader"]
    assert carol.post(f"{house.path(album)}/files", json={"fileIds": house.photos}).status_code == 403
    assert house.patch(theirs, name="Alice owns the library").status_code == 200
    assert house.patch(album, bob, name="Bob does not").status_code == 403


def test_roles_on_an_album_are_changed_and_taken_away(house: House) -> None:
    album = house.album(fileIds=house.photos[:1])
    bob = house.give("bob", "reader", house.path(album))
    users = f"{house.path(album)}/users"
    assert house.shelf.by.post(users, json={"userId": "bob", "role": "owner"}).status_code == 409
    assert house.shelf.by.call("PATCH", f"{users}/bob", json={"role": "contributor"}).json()["role"] == "contributor"
    assert {each["userId"]: each["role"] for each in bob.get(users).json()} == {"alice": "owner", "bob": "contributor"}
    assert house.shelf.by.delete(f"{users}/bob").status_code == 204
    assert bob.get(house.path(album)).status_code == 404
    assert not sees(house, bob, house.photos[0])


def test_who_loses_sight_by_the_end_of_an_album_is_told_to_look_again(house: House) -> None:
    album = house.album(fileIds=house.photos)
    bob = house.give("bob", "reader", house.path(album))
    with house.installation.app.reading(SYSTEM) as unit:
        before = dict(unit.db.execute(select(Regranted.user_id, Regranted.number)).all())
    house.shelf.by.delete(house.path(album))
    with house.installation.app.reading(SYSTEM) as unit:
        after = dict(unit.db.execute(select(Regranted.user_id, Regranted.number)).all())
    bobs = house.installation.user("bob").id
    assert after[bobs] > before[bobs]
    assert shown(bob) == set()


def test_albums_of_a_deleted_library_are_gone(house: House) -> None:
    album = house.album(fileIds=house.photos)
    bob = house.give("bob", "reader", house.path(album))
    assert house.shelf.by.delete(house.shelf.library).status_code == 204
    for caller in (house.shelf.by, bob):
        assert caller.get(house.path(album)).status_code == 404
        assert caller.get(house.albums).status_code == 404
    assert shown(bob) == set()


def test_a_key_that_only_reads_makes_no_album(house: House) -> None:
    actor = replace(house.installation.actor("alice"), scopes=frozenset({Scope.read}))
    with pytest.raises(Denied), house.installation.app.writing(actor) as unit:
        albums.create(unit, ids.decode(house.shelf.library_id), NewAlbum("X"))
    assert house.shelf.by.get(house.albums).json() == []


def test_new_photos_of_the_folder_do_not_appear_in_albums_by_hand(house: House) -> None:
    album = house.album(fileIds=house.photos)
    house.shelf.add(make.photo(), "new.jpg")
    assert house.files(album) == house.photos
