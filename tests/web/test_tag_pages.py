"""The pages of tags, without JavaScript."""

import re
from contextlib import closing
from html import unescape

import pytest
from tests import make
from tests.installation import Caller, Installation, Shelf
from tests.web.desk import Desk


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    """Three photos: of the sea, of Lisbon, and of both."""
    shelf = alice.library()
    for number, tags in enumerate((["Sea"], ["Travel/Lisbon"], ["Sea", "Travel/Lisbon"])):
        file = shelf.add(make.photo(), f"{number}.jpg")["fileId"]
        assert alice.call("PATCH", f"{shelf.library}/files/{file}", json={"tags": tags}).status_code == 200
    return shelf


def counts(page: str) -> dict[str, int]:
    """How many photos the list says are under each tag, by its last level."""
    rows = re.findall(r'<li class="tag-row.*?</li>', page, re.DOTALL)
    return {re.findall(r">([^<>/]+)</span><small", row)[0]: int(re.findall(r"<small>(\d+)", row)[0]) for row in rows}


def undo_in(page: str) -> str:
    found = re.search(r'name="undo" value="([\w-]+)"', page)
    assert found
    return found[1]


def test_tags_stand_as_a_tree_and_lead_to_their_photos(shelf: Shelf, desk: Desk) -> None:
    page = desk.page("/tags")
    assert counts(page) == {"Sea": 2, "Travel": 2, "Lisbon": 2}
    searches = [unescape(each) for each in re.findall(r'href="(/search\?q=[^"]+)"', page)]
    assert len(searches) == 3
    for path in searches:
        assert "2 photos found" in desk.page(path)


def test_a_tag_is_renamed_with_all_below_it_and_back(shelf: Shelf, desk: Desk) -> None:
    page = desk.page("/tags/change?tag=travel")
    assert "with 1 tag below it" in page
    done = desk.page(desk.sent("/tags/rename", tag="Travel", to="Trips"))
    assert "2 photos were changed." in done
    assert counts(done) == {"Sea": 2, "Trips": 2, "Lisbon": 2}
    back = desk.page(desk.sent("/tags/undo", undo=undo_in(done)))
    assert "2 photos are as they were." in back
    assert counts(back) == {"Sea": 2, "Travel": 2, "Lisbon": 2}
    refused = desk.submit("/tags/rename", tag="Travel", to=" ")
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    assert desk.get("/tags/change?tag=nothing").status_code == 404


def test_a_tag_is_merged_into_another(shelf: Shelf, desk: Desk) -> None:
    page = desk.page("/tags/change?tag=Travel/Lisbon")
    assert '<option value="Sea">' in page
    assert '<option value="Travel/Lisbon">' not in page
    assert "Merge 2 photos" in page
    assert counts(desk.page(desk.sent("/tags/rename", tag="Travel/Lisbon", to="Sea"))) == {"Sea": 3}


def test_a_tag_is_deleted_and_the_photos_stay(installation: Installation, shelf: Shelf, desk: Desk) -> None:
    done = desk.page(desk.sent("/tags/delete", tag="sea"))
    assert counts(done) == {"Travel": 2, "Lisbon": 2}
    installation.check_counts()
    assert len(desk.page("/library/pages").split('id="p-')) == 4
    desk.sent("/tags/undo", undo=undo_in(done))
    assert counts(desk.page("/tags"))["Sea"] == 2


def test_readers_see_tags_and_change_none(installation: Installation, shelf: Shelf) -> None:
    with closing(Desk(installation, "rita")) as reader:
        shelf.by.post(f"{shelf.library}/users", json={"userId": "rita", "role": "reader"})
        page = reader.page("/tags")
        assert counts(page)["Sea"] == 2
        assert "/tags/change" not in page
        assert reader.get("/tags/change?tag=Sea").status_code == 403
        assert reader.submit("/tags/delete", tag="Sea").status_code == 403
