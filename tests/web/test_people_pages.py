"""The pages of people, without JavaScript."""

import re
from contextlib import closing
from html import unescape

import pytest
from tests import make
from tests.assets import crowds
from tests.installation import Installation, Shelf
from tests.web.desk import Desk


@pytest.fixture
def photos(installation: Installation, shelf: Shelf) -> list[str]:
    """Three photos: Ada, Ada with Grace, Grace with Ada."""
    found = []
    for number, seen in enumerate((("ada",), ("ada", "grace"), ("grace", "ada"))):
        photo = shelf.add(make.photo(taken=f"2024:06:0{9 - number} 12:00:00"), f"{number}.jpg")
        crowds.show(installation, photo, *seen)
        found.append(photo["fileId"])
    installation.work_off()
    return found


def listed(page: str) -> list[str]:
    return re.findall(r'<a href="(/people/[\w-]+)">', page)


def test_it_is_said_how_faces_are_looked_for(desk: Desk) -> None:
    page = desk.page("/people")
    assert "ALBUMEN_SEEING_FACES=true" in page
    assert "docs/pictures.md" in page


def test_people_are_listed_with_their_faces_and_photos(photos: list[str], desk: Desk) -> None:
    page = desk.page("/people")
    ada, grace = listed(page)
    assert page.count("Who is this?") == 2
    assert re.findall(r"(\d) photos<", page) == ["3", "2"]
    assert len(re.findall(r'<svg viewBox="\d+ \d+ \d+ \d+" aria-hidden="true"><image href="/media/', page)) == 2
    assert re.findall(r'href="/library/p/([\w-]+)"', desk.page(grace)) == photos[1:]
    assert re.findall(r'href="/library/p/([\w-]+)"', desk.page(ada)) == photos


def test_somebody_is_named_and_found(photos: list[str], desk: Desk) -> None:
    ada, _ = listed(desk.page("/people"))
    page = desk.page(desk.sent(f"{ada}/name", name="Ada Lovelace"))
    assert "The name is kept." in page
    assert "<h1>Ada Lovelace</h1>" in page
    wall = re.search(r'href="(/search\?q=[^"]+)">On the wall', page)
    assert wall
    assert "3 photos found" in desk.page(unescape(wall[1]))
    refused = desk.submit(f"{ada}/name", name="???")
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    assert "<h1>Who is this?</h1>" in desk.page(desk.sent(f"{ada}/name", name=""))


def test_two_are_made_one(photos: list[str], desk: Desk) -> None:
    ada, grace = listed(desk.page("/people"))
    assert re.findall(r'name="source" value="([\w-]+)"', desk.page(f"{ada}/merge")) == [grace.rpartition("/")[2]]
    page = desk.page(desk.sent(f"{ada}/merge", source=grace.rpartition("/")[2]))
    assert "These are one person now." in page
    assert listed(desk.page("/people")) == [ada]
    assert desk.get(grace).status_code == 404


def test_somebody_is_hidden_shown_and_forgotten(photos: list[str], desk: Desk) -> None:
    ada, grace = listed(desk.page("/people"))
    assert listed(desk.page(desk.sent(f"{ada}/hide", wanted="yes"))) == [grace]
    assert listed(desk.page("/people?hidden=true")) == [ada, grace]
    assert "is shown again" in desk.page(desk.sent(f"{ada}/hide", wanted="no"))
    assert listed(desk.page(desk.sent(f"{ada}/forget"))) == [grace]
    assert desk.get(ada).status_code == 404


def test_readers_see_people_and_change_none(installation: Installation, shelf: Shelf, photos: list[str]) -> None:
    with closing(Desk(installation, "rita")) as reader, closing(Desk(installation, "mallory")) as stranger:
        shelf.by.post(f"{shelf.library}/users", json={"userId": "rita", "role": "reader"})
        ada, _ = listed(reader.page("/people"))
        assert "Forget this person" not in reader.page(ada)
        assert reader.get(f"{ada}/merge").status_code == 403
        assert reader.submit(f"{ada}/name", name="Eve").status_code == 403
        assert reader.submit(f"{ada}/forget").status_code == 403
        assert stranger.get(ada).status_code == 404
