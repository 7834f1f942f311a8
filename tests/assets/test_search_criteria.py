"""Searches by criteria: orders of several keys, the names that fields go by, and mistakes by their place."""

import base64
from itertools import pairwise
from typing import Any

import pytest
from tests import make
from tests.assets.many import Many, Row, fill
from tests.installation import Caller, Installation, Shelf

from albumen.assets.search import orders
from albumen.kernel import ids
from albumen.kernel.pages import to_cursor


@pytest.fixture
def many(installation: Installation) -> Many:
    return fill(installation)


def asked(*criteria: Any, order: Any = ()) -> dict[str, Any]:
    return {"version": "1.0", "criteria": list(criteria), "orderBy": [*order]}


def one(attribute: str, operator: Any, value: Any) -> dict[str, Any]:
    return {"attribute": attribute, "operator": operator, "value": value}


def found(by: Caller, library_id: str, query: dict[str, Any], **params: Any) -> list[str]:
    """The ids on all pages, in their order; the first tells how many there are."""
    shown: list[str] = []
    totals: list[int | None] = []
    while True:
        answer = by.post(f"/libraries/{library_id}/search", json=query, params=params)
        assert answer.status_code == 200, answer.text
        shown += [each["fileId"] for each in answer.json()["files"]]
        totals.append(answer.json().get("total"))
        if "next" not in answer.json():
            assert totals[0] in (None, len(shown))
            assert not any(totals[1:])
            return shown
        params["cursor"] = answer.json()["next"]


KEYS: dict[str, Any] = {
    "modifiedOn": lambda row: row.file.modified_at,
    "isVideo": lambda row: row.original.is_video,
    "parentFolderName": lambda row: row.folder.folded,
    "rating": lambda row: row.file.rating,
    "takenOn": lambda row: row.file.sorted_at,
    "importedOn": lambda row: row.file.imported_at,
    "filename": lambda row: row.file.folded,
    "fileSize": lambda row: row.file.size_bytes,
    "width": lambda row: row.original.width,
}
ORDERS = (
    (("modifiedOn", "asc"),),
    (("modifiedOn", "desc"),),
    (("isVideo", "desc"),),
    (("parentFolderName", "asc"),),
    (("rating", "desc"), ("takenOn", "asc")),
    (("isVideo", "asc"), ("parentFolderName", "desc"), ("filename", "asc")),
    (("fileSize", "asc"), ("modifiedOn", "desc"), ("importedOn", "desc")),
    (("width", "desc"), ("rating", "asc"), ("takenOn", "desc")),
)


def stand_right(before: Row, after: Row, order: Any) -> bool:
    """Whether two files may follow each other; what lacks a key comes last."""
    for name, direction in order:
        one, other = KEYS[name](before), KEYS[name](after)
        if one != other:
            if one is None or other is None:
                return other is None
            return bool(one > other if direction == "desc" else one < other)
    return before.file.id < after.file.id


@pytest.mark.parametrize("is_much", [False, True], ids=["few", "many"])
@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "-".join(name for name, _ in order))
def test_pages_by_several_keys_bring_each_file_once(
    many: Many, order: Any, is_much: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_much:
        monkeypatch.setattr(orders, "_SORTED", 3)
    alice, library_id = many.installation.caller("alice"), ids.encode(many.library_id)
    told = [{"attribute": name, "direction": direction} for name, direction in order]
    for criterion, q in ((one("width", "gte", 0), ""), (one("tags", "eq", "beach"), "tag:beach")):
        shown = found(alice, library_id, asked(criterion, order=told), limit=7)
        assert sorted(shown) == sorted(map(ids.encode, many.plainly(q)))
        rows = {ids.encode(row.file.id): row for row in many.rows}
        assert all(stand_right(rows[a], rows[b], order) for a, b in pairwise(shown))


def test_a_cursor_of_another_order_is_refused(many: Many) -> None:
    alice, path = many.installation.caller("alice"), f"/libraries/{ids.encode(many.library_id)}/search"
    by = {name: asked(order=[{"attribute": name}]) for name in ("modifiedOn", "parentFolderName")}
    first = alice.post(path, json=by["modifiedOn"], params={"limit": 2}).json()
    again = alice.post(path, json=by["parentFolderName"], params={"limit": 2, "cursor": first["next"]})
    assert again.status_code == 400


@pytest.mark.parametrize(
    "name", ["isVideo", "favorite", "isFailed", "hasGps", "width", "modifiedOn", "parentFolderName"]
)
def test_no_cursor_breaks_an_order(many: Many, name: str) -> None:
    alice, path = many.installation.caller("alice"), f"/libraries/{ids.encode(many.library_id)}/search"
    query = asked(order=[{"attribute": name}, {"attribute": "rating"}])
    for keys in ((), (1, 1), ("a", 1, 1), (0, 1, "a"), (None, None, None), (1 << 62, 1, 1), (1, -(1 << 62), 1)):
        answer = alice.post(path, json=query, params={"cursor": to_cursor(*keys)})
        assert answer.status_code in (200, 400), (keys, answer.text)


def test_an_order_does_not_tell_the_names_of_folders(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    filed = [shelf.below(name).add(make.photo())["fileId"] for name in ("House of secrets", "Another")]
    album = alice.post(f"{shelf.library}/albums", json={"name": "A", "fileIds": filed}).json()["albumId"]
    carol = installation.caller("carol")
    installation.user("carol")
    given = {"userId": "carol", "role": "reader"}
    assert alice.post(f"{shelf.library}/albums/{album}/users", json=given).status_code == 200
    query = asked(order=[{"attribute": "parentFolderName"}])
    assert found(alice, shelf.library_id, query) == filed[::-1]
    assert found(carol, shelf.library_id, query, limit=1) == sorted(filed, key=ids.decode)
    cursor = carol.post(f"{shelf.library}/search", json=query, params={"limit": 1}).json()["next"]
    assert b"secret" not in base64.urlsafe_b64decode(cursor + "==")


NAMES: tuple[tuple[dict[str, Any], str], ...] = (
    (one("tag", "eq", "beach"), "tag:beach"),
    (one("name", "matches", "*.nef"), "name:*.nef"),
    (one("size", "gt", 10_000_000), "size:>10mb"),
    (one("taken", "gte", "2023-06-01"), "taken:>=2023-06"),
    (one("imported", "lt", "2023-01-10T00:00:00Z"), "imported:<2023-01-10"),
    (one("modified", "gte", "2023-01-10T00:00:00Z"), "modified:>=2023-01-10"),
    (one("type", "eq", "video"), "type:video"),
    (one("type", "neq", "raw"), "-type:raw"),
    (one("type", "oneOf", ["jpeg", "mp4"]), "type:jpeg OR type:mp4"),
    (one("type", "notOneOf", ["jpeg", "mp4"]), "-type:jpeg -type:mp4"),
    (one("is", "eq", "favorite"), "is:favorite"),
    (one("is", "neq", "Processing"), "-is:processing"),
    ({"any": [one("is", "eq", "failed"), {"not": one("size", "gte", 1)}]}, "is:failed OR -size:>=1"),
    ({"all": [{"not": {"any": [one("tag", "eq", "beach"), one("is", "eq", "video")]}}]}, "-(tag:beach OR is:video)"),
)


@pytest.mark.parametrize(("criterion", "q"), NAMES, ids=lambda each: each if isinstance(each, str) else "")
def test_fields_go_by_their_names_in_criteria_too(many: Many, criterion: dict[str, Any], q: str) -> None:
    query = asked(criterion, order=[{"attribute": "name"}, {"attribute": "size"}])
    shown = found(many.installation.caller("alice"), ids.encode(many.library_id), query)
    assert 0 < len(shown) < len(many.plainly(""))
    assert set(shown) == set(map(ids.encode, many.plainly(q)))


DEEP: dict[str, Any] = one("is", "eq", "favorite")
for _ in range(30):
    DEEP = {"not": DEEP}
WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"version": "1.0"}, "criteria"),
    ({"version": "2.0", "criteria": []}, "version"),
    (asked(one("colour", "eq", "red")), "criteria.0.attribute"),
    (asked(one("rating", "eq", 5), one("rating", "contains", 5)), "criteria.1.operator"),
    (asked(one("size", "lt", "much")), "criteria.0.value"),
    (asked({"any": [one("type", "eq", "poem")]}), "criteria.0.any.0.value"),
    (asked(one("type", "lt", "video")), "criteria.0.operator"),
    (asked(one("type", ["eq"], "video")), "criteria.0.operator"),
    (asked(one("is", "oneOf", ["video", 5])), "criteria.0.value.1"),
    (asked(one("is", "oneOf", [])), "criteria.0.value"),
    (asked({"attribute": "type", "operator": "eq"}), "criteria.0.value"),
    (asked({"attribute": ["type"], "operator": "eq", "value": 1}), "criteria.0.attribute"),
    (asked(DEEP), "criteria.0" + 20 * ".not"),
    (asked("x"), "criteria.0"),
    (asked(order=["x"]), "orderBy.0"),
    (asked(order=[{"attribute": "tags"}]), "orderBy.0.attribute"),
    (asked(order=[{"attribute": "rating"}, {"attribute": "size", "direction": "up"}]), "orderBy.1.direction"),
    (asked(order=4 * [{"attribute": "rating"}]), "orderBy"),
)


@pytest.mark.parametrize(("query", "place"), WRONG, ids=[place for _, place in WRONG])
def test_a_mistake_is_told_by_the_field_that_was_sent(alice: Caller, query: dict[str, Any], place: str) -> None:
    shelf: Shelf = alice.library()
    answer = alice.post(f"{shelf.library}/search", json=query)
    assert (answer.status_code, [each["loc"] for each in answer.json()["errors"]]) == (400, [place])
