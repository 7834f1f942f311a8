"""Strings that nobody would search for: each is answered or refused, and none breaks anything."""

import random
from collections.abc import Iterator

import pytest
from tests.assets.many import Many, fill
from tests.assets.test_search_language import gibberish
from tests.installation import Caller, Installation, Shelf

from albumen.kernel import ids
from albumen.media.guard import Guard


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, guard: Guard) -> Iterator[Shelf]:
    installation = Installation.at(tmp_path_factory.mktemp("fuzz") / "data", guard)
    many: Many = fill(installation, 40)
    by: Caller = installation.caller("alice")
    yield Shelf(by, ids.encode(many.library_id), "")
    installation.close()


def check_answers(shelf: Shelf, seed: int, count: int) -> None:
    dice = random.Random(seed)
    for _ in range(count):
        q = gibberish(dice).encode("utf-8", "replace").decode()
        for path in ("search", "search/facets", "search/suggest"):
            order = {"orderBy": dice.choice(("taken", "name", "relevance"))} if path == "search" else {}
            answer = shelf.by.get(f"{shelf.library}/{path}", params={"q": q, **order})
            assert answer.status_code in (200, 400), (q, answer.text)
            assert answer.status_code == 200 or answer.json()["errors"], q
            assert path != "search/suggest" or answer.status_code == 200, q


def test_gibberish_is_answered_or_refused(shelf: Shelf) -> None:
    check_answers(shelf, 1, 150)


@pytest.mark.torture
def test_thousands_of_strings_are_answered_or_refused(shelf: Shelf) -> None:
    check_answers(shelf, 2, 3_000)


BODIES: list[object] = [
    {},
    {"version": "1.0"},
    {"version": "1.0", "criteria": [{"any": []}]},
    {"version": "1.0", "criteria": [{"any": [], "all": []}]},
    {"version": "1.0", "criteria": [{"not": None}]},
    {"version": "1.0", "criteria": [{"attribute": "text", "operator": "words", "value": "…"}]},
    {"version": "1.0", "criteria": [{"attribute": "text", "operator": "words", "value": "a " * 40}]},
    {"version": "1.0", "criteria": [{"attribute": "text", "operator": "eq", "value": "a"}]},
    {"version": "1.0", "criteria": [{"attribute": "within", "operator": "eq", "value": [1, 2, 3, 4]}]},
    {"version": "1.0", "criteria": [{"attribute": "has", "operator": "eq", "value": ["gps"]}]},
    {"version": "1.0", "criteria": [], "orderBy": [{"attribute": "near"}]},
    {"version": "1.0", "criteria": [], "orderBy": [{"attribute": "rating"}, {"attribute": "text"}]},
]


@pytest.mark.parametrize("body", BODIES)
def test_criteria_that_are_wrong_are_refused(shelf: Shelf, body: object) -> None:
    answer = shelf.by.post(f"{shelf.library}/search", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_criteria_nested_too_deep_are_refused(shelf: Shelf) -> None:
    told: dict[str, object] = {"attribute": "rating", "operator": "eq", "value": 1}
    for _ in range(30):
        told = {"not": told}
    assert shelf.by.post(f"{shelf.library}/search", json={"version": "1.0", "criteria": [told]}).status_code == 400


@pytest.mark.parametrize("cursor", ["", "x", "W10", "WzFd", "WzEsMl0", "WyJhIiwxXQ", "W251bGwsMV0", "Wy05LDFd"])
@pytest.mark.parametrize("order", ["taken", "imported", "name", "size", "rating", "relevance"])
def test_foreign_cursors_do_no_harm(shelf: Shelf, order: str, cursor: str) -> None:
    answer = shelf.by.get(f"{shelf.library}/search", params={"q": "img", "orderBy": order, "cursor": cursor})
    assert answer.status_code in (200, 400)
