"""Devices of those who see a part of a library: what they gain, what they lose, and what they must not hear of."""

from typing import Any

import pytest
from tests import make
from tests.flows.replica import Replica
from tests.installation import Caller, Installation, Shelf


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library()


def folder(shelf: Shelf, name: str, parent: str | None = None) -> Shelf:
    made = shelf.by.post(f"{shelf.library}/folders", json={"name": name, "parentId": parent or shelf.folder_id})
    assert made.status_code == 200, made.text
    return Shelf(shelf.by, shelf.library_id, made.json()["folderId"])


def patch(shelf: Shelf, path: str, **changed: Any) -> None:
    answer = shelf.by.call("PATCH", path, json=changed)
    assert answer.status_code == 200, answer.text


def lend(place: str, shelf: Shelf) -> None:
    answer = shelf.by.post(f"{place}/users", json={"userId": "bob", "role": "reader"})
    assert answer.status_code == 200, answer.text


def test_what_is_moved_in_and_out(installation: Installation, shelf: Shelf) -> None:
    lent, other = folder(shelf, "Lent"), folder(shelf, "Other")
    inner = folder(shelf, "Inner", other.folder_id)
    files = [inner.add(make.photo())["fileId"] for _ in range(2)]
    lend(lent.folder, shelf)
    device = Replica(installation.caller("bob"), shelf.library_id)
    device.catch_up()
    device.check()
    for parent in (lent, other, lent):
        patch(shelf, inner.folder, parentId=parent.folder_id)
        device.catch_up()
        device.check()
        assert len(device.has["file"]) == (2 if parent is lent else 0)
    patch(shelf, f"{shelf.library}/files/{files[0]}", folderId=other.folder_id)
    shelf.by.delete(inner.folder)
    device.catch_up()
    device.check()
    assert device.has["file"] == {}


def test_roles_that_come_and_go_start_a_device_over(installation: Installation, shelf: Shelf) -> None:
    first, second = folder(shelf, "First"), folder(shelf, "Second")
    for each in (first, second):
        each.add(make.photo())
    lend(first.folder, shelf)
    bob = installation.caller("bob")
    device = Replica(bob, shelf.library_id)
    device.catch_up()
    lend(second.folder, shelf)
    device.catch_up()
    device.check()
    assert len(device.has["file"]) == 2
    cursor = bob.get(f"{shelf.library}/changes").json()["cursor"]
    user_id = next(each["userId"] for each in shelf.by.get(f"{first.folder}/users").json() if each["userName"] == "bob")
    assert shelf.by.delete(f"{first.folder}/users/{user_id}").status_code == 204
    assert bob.get(f"{shelf.library}/changes", params={"since": cursor}).status_code == 410
    device.catch_up()
    device.check()
    assert len(device.has["file"]) == 1


def test_an_album_shows_what_is_in_it(installation: Installation, shelf: Shelf) -> None:
    files = [shelf.add(make.photo())["fileId"] for _ in range(4)]
    form = {"name": "Best", "fileIds": files[:2]}
    album = f"{shelf.library}/albums/{shelf.by.post(f'{shelf.library}/albums', json=form).json()['albumId']}"
    lend(album, shelf)
    device = Replica(installation.caller("bob"), shelf.library_id)
    device.catch_up()
    device.check()
    assert device.has["file"].keys() == set(files[:2])
    assert shelf.by.post(f"{album}/files", json={"fileIds": [files[2]]}).status_code == 200
    device.catch_up()
    device.check()
    assert shelf.by.call("DELETE", f"{album}/files", json={"fileIds": [files[0]]}).status_code == 204
    shelf.by.delete(f"{shelf.library}/files/{files[1]}")
    patch(shelf, f"{shelf.library}/files/{files[3]}", rating=3)
    device.catch_up()
    device.check()
    assert device.has["file"].keys() == {files[2]}


def test_an_album_by_query_shows_what_it_finds(installation: Installation, shelf: Shelf) -> None:
    query = {"version": "1.0", "criteria": [{"attribute": "rating", "operator": "gte", "value": 4}]}
    made = shelf.by.post(f"{shelf.library}/albums", json={"name": "Good", "query": query})
    assert made.status_code == 200, made.text
    lend(f"{shelf.library}/albums/{made.json()['albumId']}", shelf)
    bob = installation.caller("bob")
    device = Replica(bob, shelf.library_id)
    device.catch_up()
    good, bad = (shelf.add(make.photo())["fileId"] for _ in range(2))
    patch(shelf, f"{shelf.library}/files/{good}", rating=5)
    patch(shelf, f"{shelf.library}/files/{bad}", rating=1)
    device.catch_up()
    device.check()
    assert device.has["file"].keys() == {good}
