"""`GET /images?q=`: a search through all libraries, as each may see them, a page of ids after the other."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.assets.search import everywhere, orders, walk


def found(by: Caller, **params: Any) -> set[str]:
    """The ids on all pages."""
    ids: list[str] = []
    while True:
        answer = by.get("/images", params=params)
        assert answer.status_code == 200, answer.text
        ids += answer.json()["ids"]
        assert len(set(ids)) == len(ids)
        if "next" not in answer.json():
            return set(ids)
        params["cursor"] = answer.json()["next"]


def searched(shelf: Shelf, q: str, by: Caller | None = None) -> set[str]:
    """The ids that the search of the library finds."""
    answer = (by or shelf.by).get(f"{shelf.library}/search", params={"q": q})
    assert answer.status_code == 200, answer.text
    return {each["fileId"] for each in answer.json()["files"]}


@pytest.fixture
def shelves(alice: Caller) -> tuple[Shelf, Shelf]:
    """Two libraries with three photos each, in an upper folder and in one below it."""
    made = alice.library(), alice.library(name="Work")
    for shelf in made:
        shelf.add(make.photo(taken="2021-06-01 12:00:00", camera=("Canon", "R6")), "beach.jpg")
        shelf.add(make.photo(taken="2022-06-01 12:00:00", camera=("Nikon", "Z6")), "beach 2.jpg")
        shelf.below("Trip").add(make.photo(taken="2023-06-01 12:00:00"), "town.jpg")
    return made


QUERIES = ("beach", "-beach", "camera:canon", "taken:2022..", "folder:Trip", "folder:Tr", "beach OR folder:Trip", "")


@pytest.fixture
def bob(installation: Installation, shelves: tuple[Shelf, Shelf]) -> Caller:
    """Somebody who reads the lower folder of the first library."""
    shelf = shelves[0]
    [inner] = searched(shelf, "folder:Trip")
    installation.user("bob")
    folder = f"{shelf.library}/folders/{shelf.file(inner)['folderId']}"
    assert shelf.by.post(f"{folder}/users", json={"userId": "bob", "role": "reader"}).status_code == 200
    return installation.caller("bob")


@pytest.mark.parametrize("way", ["gathered", "walked", "without time"])
def test_all_libraries_are_searched_as_each_is(
    shelves: tuple[Shelf, Shelf], bob: Caller, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, other = shelves
    expected = {q: searched(shelf, q) | searched(other, q) for q in QUERIES}
    of_bob = {q: searched(shelf, q, bob) for q in QUERIES}
    assert sorted(map(len, expected.values())) == [0, 2, 2, 2, 4, 4, 6, 6]
    assert sorted(map(len, of_bob.values())) == [0, 0, 0, 1, 1, 1, 1, 1]
    if way != "gathered":
        monkeypatch.setattr(orders, "_SORTED", 0)
        monkeypatch.setattr(everywhere, "_AT_ONCE", 2)
    if way == "without time":
        monkeypatch.setattr(walk.Budget, "is_spent", lambda *_: True)
    for q in QUERIES:
        assert found(shelf.by, q=q, limit=1) == found(shelf.by, q=q) == expected[q], q
        assert found(bob, q=q) == of_bob[q], q


def test_what_may_not_be_seen_does_not_help_to_find(
    installation: Installation, shelves: tuple[Shelf, Shelf], bob: Caller
) -> None:
    assert len(found(shelves[0].by, q='folder:"All Pictures/Trip"')) == 2
    assert len(found(bob, q="folder:Trip")) == 1
    assert found(bob, q='folder:"All Pictures/Trip"') == set()
    assert found(installation.caller("mallory"), q="beach") == set()


def test_a_search_and_a_time_must_both_hold(shelves: tuple[Shelf, Shelf]) -> None:
    shelf, other = shelves
    wanted = searched(shelf, "beach taken:2022") | searched(other, "beach taken:2022")
    assert len(wanted) == 2
    span = {"begin-time": "2022-01-01", "end-time": "2022-12-31"}
    assert found(shelf.by, q="beach", **span) == wanted
    assert found(shelf.by, q="beach", limit=1, **span) == wanted


def test_pages_are_of_the_size_that_was_asked_for(shelves: tuple[Shelf, Shelf]) -> None:
    alice = shelves[0].by
    first = alice.get("/images", params={"q": "beach", "limit": 3}).json()
    second = alice.get("/images", params={"q": "beach", "limit": 3, "cursor": first["next"]}).json()
    assert [len(first["ids"]), len(second["ids"])] == [3, 1]
    assert "next" not in second


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_today_is_that_of_each_library(installation: Installation, alice: Caller, zone: str) -> None:
    zones = ("Pacific/Kiritimati", "Pacific/Pago_Pago")
    made = {each: alice.library(name=each[8:], timeZone=each) for each in zones}
    today = installation.clock().astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d 12:00:00")
    filed = {each: shelf.add(make.photo(taken=today))["fileId"] for each, shelf in made.items()}
    assert found(alice, q="taken:today") == {filed[zone]}


@pytest.mark.parametrize("who", ["alice", "somebody without a library"])
@pytest.mark.parametrize("q", ["beach (sun", "rating:many", "nothing:here", "x" * 2001])
def test_a_mistake_is_told_as_a_search_tells_it(installation: Installation, alice: Caller, q: str, who: str) -> None:
    shelf = alice.library()
    expected = alice.get(f"{shelf.library}/search", params={"q": q})
    answer = (alice if who == "alice" else installation.caller("bob")).get("/images", params={"q": q})
    assert (answer.status_code, answer.json()["errors"]) == (400, expected.json()["errors"])


def test_a_cursor_of_another_list_is_refused(alice: Caller) -> None:
    alice.library()
    for cursor in ("x", "WyJhIl0"):
        assert alice.get("/images", params={"q": "beach", "cursor": cursor}).status_code == 400
