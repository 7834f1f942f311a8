"""Asking which files are there already, before sending them."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from tests import make
from tests.assets import live_photos
from tests.installation import Caller, Installation, Shelf

from albumen.accounts.models import User
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import Library


def asked(*photos: bytes) -> list[dict[str, Any]]:
    """What a client says of files."""
    return [
        {"sha256": hashlib.sha256(photo).hexdigest(), "size": len(photo), "name": f"{number}.jpg"}
        for number, photo in enumerate(photos)
    ]


def check(by: Caller, *photos: bytes, **form: str) -> list[str | None]:
    """The id of each file that is there."""
    answer = by.post("/uploads/check", json={"files": asked(*photos), **form})
    assert answer.status_code == 200, answer.text
    told = answer.json()["files"]
    assert [each["isHere"] for each in told] == ["fileId" in each for each in told]
    assert [each["name"] for each in told] == [f"{number}.jpg" for number in range(len(photos))]
    return [each.get("fileId") for each in told]


def test_without_a_library_nothing_is_there(alice: Caller) -> None:
    assert check(alice, make.photo()) == [None]
    assert alice.get("/libraries").json() == [], "asking makes none"


def test_the_own_library_is_asked(alice: Caller, shelf: Shelf) -> None:
    own, other = make.photo(), make.photo()
    file_id = alice.catalogue(own).json()["fileId"]
    elsewhere = shelf.add(other)["fileId"]
    assert check(alice, own, other, make.photo()) == [file_id, None, None]
    assert check(alice, own, other, libraryId=shelf.library_id) == [None, elsewhere]


def test_how_much_more_fits_is_told_to_those_who_may_add(
    installation: Installation, alice: Caller, shelf: Shelf
) -> None:
    def room(by: Caller, **form: str) -> int | None:
        told = by.post("/uploads/check", json={"files": [], **form}).json()
        assert told["mostBytes"] == installation.app.settings.upload.max_bytes
        free: int | None = told.get("freeBytes")
        return free

    here = {"libraryId": shelf.library_id}
    assert (room(alice), room(alice, **here)) == (None, None)
    with installation.app.writing(SYSTEM) as unit:
        library = unit.db.get_one(Library, ids.decode(shelf.library_id))
        library.quota_bytes = library.used_bytes + 700
    assert (room(alice), room(alice, **here)) == (None, 700)
    bob = installation.caller("bob")
    bob.get("/users/me")
    shelf.by.post(f"{shelf.library}/users", json={"userId": "bob", "role": "reader"})
    assert room(bob, **here) is None
    with installation.app.writing(SYSTEM) as unit:
        unit.db.get_one(User, installation.user("alice").id).quota_bytes = 500
        unit.db.get_one(User, installation.user("bob").id).quota_bytes = 0
    assert (room(alice), room(alice, **here), room(bob, **here)) == (500, 500, 0)


def test_a_hash_opens_nothing(installation: Installation, alice: Caller, shelf: Shelf) -> None:
    photo = make.photo()
    shelf.add(photo)
    bob = installation.caller("bob")
    assert check(bob, photo) == [None]
    form = {"files": asked(photo), "libraryId": shelf.library_id}
    assert bob.post("/uploads/check", json=form).status_code == 404


def test_only_what_the_caller_sees_is_told(installation: Installation, shelf: Shelf) -> None:
    inner = shelf.below("Inner")
    hidden, shown = make.photo(), make.photo()
    shelf.add(hidden)
    file_id = inner.add(shown)["fileId"]
    bob = installation.caller("bob")
    bob.get("/libraries")
    shelf.by.post(f"{inner.folder}/users", json={"userId": "bob", "role": "reader"})
    assert check(bob, hidden, shown, libraryId=shelf.library_id) == [None, file_id]


def test_what_is_in_the_trash_is_not_there(shelf: Shelf) -> None:
    photo = make.photo()
    file_id = shelf.add(photo)["fileId"]
    shelf.by.delete(f"{shelf.library}/files/{file_id}")
    assert check(shelf.by, photo, libraryId=shelf.library_id) == [None]


def test_the_film_of_a_live_photo_is_there(shelf: Shelf, tmp_path: Path) -> None:
    photo, film = live_photos.live_photo(), live_photos.live_film(tmp_path)
    for name, half in (("IMG_1.jpg", photo), ("IMG_1.mov", film)):
        shelf.add(half, name)
    assert None not in check(shelf.by, photo, film, libraryId=shelf.library_id)


@pytest.mark.parametrize(
    "files",
    [
        [{"sha256": "x"}],
        [{"sha256": "0" * 63}],
        [{"size": 1}],
        [{"sha256": "0" * 64}] * 501,
        [{"sha256": "0" * 64, "size": -1}],
    ],
)
def test_what_makes_no_sense_is_refused(alice: Caller, files: list[dict[str, Any]]) -> None:
    assert alice.post("/uploads/check", json={"files": files}).status_code == 400


def test_500_at_once_and_another_size_is_another_file(alice: Caller) -> None:
    photo = make.photo()
    alice.catalogue(photo)
    [one] = asked(photo)
    told = alice.post("/uploads/check", json={"files": [{**one, "size": one["size"] + 1}, *[one] * 499]}).json()[
        "files"
    ]
    assert [each["isHere"] for each in told] == [False, *[True] * 499]
