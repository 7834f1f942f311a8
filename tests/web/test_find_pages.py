"""Pages for finding photos, without JavaScript: the map, duplicates, tags, people and searches."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from tests import make
from tests.installation import Caller, Installation, Shelf
from tests.web.test_host_pages import Desk

LISBON, PORTO, SUVA = (38.7223, -9.1393), (41.1496, -8.6110), (-18.1416, 178.4415)


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    return alice.library()


@pytest.fixture
def desk(installation: Installation, shelf: Shelf) -> Iterator[Desk]:
    with closing(Desk(installation, "alice")) as desk:
        yield desk


@pytest.fixture
def reader(installation: Installation, shelf: Shelf) -> Iterator[Desk]:
    """Somebody who may look, but not change anything."""
    with closing(Desk(installation, "rita")) as desk:
        shared = shelf.by.post(f"{shelf.library}/users", json={"userId": "rita", "role": "reader"})
        assert shared.status_code == 200, shared.text
        yield desk


def photos_in(page: str) -> list[str]:
    """The photos that a page leads to."""
    return re.findall(r'href="/library/p/([\w-]+)"', page)


def placed(shelf: Shelf, *places: tuple[float, float]) -> list[str]:
    """A photo at each place, the first the newest."""
    return [
        shelf.add(make.photo(taken=f"2024:06:{28 - number} 12:00:00", gps=at), f"{number}.jpg")["fileId"]
        for number, at in enumerate(places)
    ]


def test_the_map_says_so_where_no_photo_has_a_place(shelf: Shelf, desk: Desk) -> None:
    assert "Your map will be here" in desk.page("/map")
    shelf.add(make.photo())
    page = desk.page("/map")
    assert "Your map will be here" in page
    assert "photo-map" not in page


def test_the_list_of_places_leads_to_the_photos_of_each(shelf: Shelf, desk: Desk) -> None:
    lisbon, other, porto, suva = placed(shelf, LISBON, LISBON, PORTO, SUVA)
    page = desk.page("/map")
    assert photos_in(page) == [lisbon, other, porto, suva]
    counts = dict(re.findall(r"<span>([^<]+)</span><small>(\d+)</small>", page))
    assert (counts["Portugal"], counts["Lisbon"], counts["Porto"], counts["Fiji"]) == ("3", "2", "1", "1")
    found = re.search(r'href="(/map\?bbox=[^"]+)"[^>]*><span>Lisbon<', page)
    assert found
    there = desk.page(found[1])
    assert photos_in(there) == [lisbon, other]
    assert "2 photos here" in there
    assert photos_in(desk.page("/map?bbox=170,-30,-170,0")) == [suva]
    assert desk.get("/map?bbox=1,2,3").status_code == 400
    assert f'href="/map?bbox={LISBON[1] - 0.05:.4f}' in desk.page(f"/library/p/{lisbon}")


def test_points_of_the_map_agree_with_its_list(installation: Installation, shelf: Shelf, desk: Desk) -> None:
    lisbon, _, porto = placed(shelf, LISBON, LISBON, PORTO)
    installation.work_off()
    near = desk.get("/map/points?bbox=-10,38,-8,42&zoom=8").json()
    assert [(each["id"], each["count"], each["place"]) for each in near] == [(lisbon, 2, "Lisbon"), (porto, 1, "Porto")]
    assert all(each["src"].startswith("/media/") for each in near)
    [far] = desk.get("/map/points?bbox=-180,-90,180,90&zoom=1").json()
    assert (far["id"], far["count"]) == (lisbon, 3)
    strip = desk.get("/map/strip?bbox=-10,41,-8,42")
    assert photos_in(strip.text) == [porto]
    assert "<html" not in strip.text


def test_the_strip_of_the_map_goes_on(shelf: Shelf, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("albumen.web.pages.maps.PAGE", 2)
    found = placed(shelf, LISBON, LISBON, PORTO)
    page = desk.page("/map")
    assert photos_in(page) == found[:2]
    more = re.search(r'href="(/map\?[^"]+cursor=[^"]+)" rel="next"', page)
    assert more
    assert photos_in(desk.page(more[1].replace("&amp;", "&"))) == found[2:]


def test_others_see_nothing_of_the_map(installation: Installation, shelf: Shelf, reader: Desk) -> None:
    [lisbon] = placed(shelf, LISBON)
    assert photos_in(reader.page("/map")) == [lisbon]
    with closing(Desk(installation, "mallory")) as stranger:
        stranger.cookies.set("library", shelf.library_id)
        assert photos_in(stranger.page("/map")) == []
        assert lisbon not in stranger.get("/map/points?bbox=-180,-90,180,90&zoom=1").text
