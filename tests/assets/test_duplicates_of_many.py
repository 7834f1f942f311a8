"""Near duplicates of a library so large that a job finds them."""

from typing import Any

import pytest
from tests import make
from tests.assets.test_duplicates import SIZE, add, changed
from tests.installation import Caller, Installation, Shelf


@pytest.fixture
def shelf(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A library of four files, which counts as a large one."""
    monkeypatch.setattr("albumen.assets.duplicates.grouping.MOST_AT_ONCE", 3)
    monkeypatch.setattr("albumen.assets.duplicates.grouping._READ", 1)
    return alice.library()


def pairs() -> list[bytes]:
    """Two photos, and a copy of each."""
    one, other = make.photo(size=SIZE, seed=1), make.photo(size=SIZE, seed=2)
    return [one, changed(one, "webp"), other, changed(other, "smaller")]


def offered(shelf: Shelf, query: str = "") -> dict[str, Any]:
    answer = shelf.by.get(f"{shelf.library}/duplicates?kind=near{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def together(found: dict[str, Any]) -> list[list[str]]:
    return sorted(sorted(each["fileId"] for each in group["files"]) for group in found["groups"])


def test_they_are_found_by_a_job_and_stay_until_it_has_looked_anew(installation: Installation, shelf: Shelf) -> None:
    first, second, third, fourth = add(shelf, *pairs())
    installation.work_off()
    assert offered(shelf) == {"groups": [], "isStale": True, "progress": 0.0}
    installation.work_off()
    found = offered(shelf)
    assert together(found) == sorted([sorted([first, second]), sorted([third, fourth])])
    assert "isStale" not in found
    shelf.add(make.photo(size=SIZE, seed=3), "more.jpg")
    installation.work_off()
    stale = offered(shelf)
    assert stale["isStale"]
    assert together(stale) == together(found)
    installation.work_off()
    assert offered(shelf) == found


def test_a_page_at_a_time(installation: Installation, shelf: Shelf) -> None:
    add(shelf, *pairs())
    installation.work_off()
    offered(shelf)
    installation.work_off()
    page = offered(shelf, "&limit=1")
    rest = offered(shelf, f"&limit=1&cursor={page['next']}")
    assert "next" not in rest
    assert sorted(together(page) + together(rest)) == together(offered(shelf))


def test_what_is_settled_goes_at_once_and_comes_back_when_it_is_undone(
    installation: Installation, shelf: Shelf
) -> None:
    first, second, third, fourth = add(shelf, *pairs())
    installation.work_off()
    offered(shelf)
    installation.work_off()
    at = f"{shelf.library}/duplicates"
    made = shelf.by.post(f"{at}/resolve", json={"keep": first, "drop": [second]}).json()
    assert together(offered(shelf)) == [sorted([third, fourth])]
    assert shelf.by.post(f"{at}/dismiss", json={"fileIds": [third, fourth]}).status_code == 204
    assert offered(shelf)["groups"] == []
    installation.work_off()
    assert shelf.by.post(f"{at}/undo", json={"undoId": made["undoId"]}).status_code == 200
    offered(shelf)
    installation.work_off()
    assert together(offered(shelf)) == [sorted([first, second])]
