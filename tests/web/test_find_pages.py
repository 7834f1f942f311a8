"""Pages for finding photos, without JavaScript: the map, duplicates, tags, people and searches."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from tests import make
from tests.installation import Installation, Shelf
from tests.web.desk import Desk

from albumen.web.statics import statics

MOST = 150_000
"""Bytes, compressed, that the map may add to what every page has."""
LISBON, PORTO, SUVA = (38.7223, -9.1393), (41.1496, -8.6110), (-18.1416, 178.4415)


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


def test_the_map_costs_no_more_than_it_may() -> None:
    names = ("vendor/leaflet.js", "vendor/leaflet.css", "vendor/land.json", "js/map-view.js", "js/map-land.js")
    addresses = [statics().addresses[each] for each in (*names, "css/find.css")]
    assert sum(len(statics().files[each.removeprefix("/static/")].brotlied) for each in addresses) < MOST


def test_others_see_nothing_of_the_map(installation: Installation, shelf: Shelf, reader: Desk) -> None:
    [lisbon] = placed(shelf, LISBON)
    assert photos_in(reader.page("/map")) == [lisbon]
    with closing(Desk(installation, "mallory")) as stranger:
        stranger.cookies.set("library", shelf.library_id)
        assert photos_in(stranger.page("/map")) == []
        assert lisbon not in stranger.get("/map/points?bbox=-180,-90,180,90&zoom=1").text


def groups_in(page: str) -> list[list[str]]:
    """The files of each group that may be settled."""
    return [word.split(",") for word in re.findall(r'name="files" value="([\w,-]+)"', page)]


@pytest.fixture
def twins(shelf: Shelf) -> tuple[str, str, str]:
    """One photo three times: in two folders, and with another date."""
    first = shelf.add(make.photo(seed=7, taken="2024:01:01 10:00:00"), "a.jpg")["fileId"]
    again = shelf.below("Backup").add(make.photo(seed=7, taken="2024:01:01 10:00:00"), "b.jpg")["fileId"]
    other = shelf.add(make.photo(seed=7, taken="2024:02:02 10:00:00"), "c.jpg")["fileId"]
    return first, again, other


def test_duplicates_stand_side_by_side_with_their_differences(
    installation: Installation, twins: tuple[str, str, str], desk: Desk
) -> None:
    installation.work_off()
    page = desk.page("/duplicates")
    [group] = groups_in(page)
    assert set(group) == set(twins[:2])
    assert re.search(r'aria-current="page">The same file', page)
    assert page.count("checked") == 1
    assert f'value="{group[0]}" checked' in page
    for said in ("Backup", "a.jpg", "b.jpg"):
        assert re.search(rf'class="differs".*differs:.*{re.escape(said)}', page)
    assert not re.search(r'class="differs"><dt>Resolution', page)
    same = desk.page("/duplicates?kind=pixels")
    [group] = groups_in(same)
    assert set(group) == set(twins)
    assert re.search(r'class="differs"><dt>Taken', same)


def test_the_chosen_is_kept_and_the_way_back_stays_open(
    installation: Installation, shelf: Shelf, twins: tuple[str, str, str], desk: Desk
) -> None:
    installation.work_off()
    shelf.by.call("PATCH", f"{shelf.library}/files/{twins[0]}", json={"tags": ["sea"]})
    files = ",".join(twins)
    there = desk.sent("/duplicates", kind="pixels", files=files, keep=twins[1], deed="chosen")
    page = desk.page(there)
    assert "2 photos are in the trash." in page
    assert groups_in(page) == []
    assert shelf.file(twins[1])["tags"] == ["sea"]
    assert shelf.by.get(f"{shelf.library}/files/{twins[0]}").status_code == 404
    undo = re.search(r'name="undo" value="([\w,-]+)"', page)
    assert undo
    back = desk.page(desk.sent("/duplicates/undo", kind="pixels", undo=undo[1]))
    assert "2 photos are back." in back
    assert len(groups_in(back)) == 1
    assert "tags" not in shelf.file(twins[1]) or shelf.file(twins[1])["tags"] == []
    installation.check_counts()


def test_several_are_kept_or_all_and_none_is_refused(
    installation: Installation, shelf: Shelf, twins: tuple[str, str, str], desk: Desk
) -> None:
    installation.work_off()
    told = {"kind": "pixels", "files": ",".join(twins)}
    refused = desk.page(desk.sent("/duplicates", **told, deed="chosen"))
    assert "Choose at least one photo to keep." in refused
    assert len(groups_in(refused)) == 1
    there = desk.sent("/duplicates", **told, deed="chosen", keep=[twins[0], twins[2]])
    assert "1 photo is in the trash." in desk.page(there)
    assert groups_in(desk.page("/duplicates?kind=pixels")) == []
    assert shelf.file(twins[0])["fileId"] == twins[0]
    copy = shelf.add(make.photo(seed=7, taken="2024:01:01 10:00:00"), "d.jpg")["fileId"]
    [group] = groups_in(desk.page("/duplicates?kind=exact"))
    assert set(group) == {twins[0], copy}
    assert "2 photos are kept." in desk.page(desk.sent("/duplicates", kind="exact", files=",".join(group), deed="all"))
    assert groups_in(desk.page("/duplicates?kind=exact")) == []


def test_the_best_of_each_group_on_the_page_is_kept_at_once(
    installation: Installation, shelf: Shelf, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("albumen.web.pages.duplicates.PAGE", 2)
    below = shelf.below("Backup")
    for seed in (1, 2, 3):
        for folder, name in ((shelf, "a"), (below, "b")):
            folder.add(make.photo(seed=seed), f"{name}{seed}.jpg")
    page = desk.page("/duplicates?kind=exact")
    every = re.search(r'name="files" value="([^"]+;[^"]+)"', page)
    assert every
    assert "cursor=" in page
    assert "2 photos are in the trash." in desk.page(
        desk.sent("/duplicates", kind="exact", files=every[1], deed="best")
    )
    assert len(groups_in(desk.page("/duplicates?kind=exact"))) == 1
    installation.check_counts()


def test_readers_see_duplicates_and_settle_none(twins: tuple[str, str, str], reader: Desk) -> None:
    page = reader.page("/duplicates?kind=exact")
    assert "Keep chosen" not in page
    assert "b.jpg" in page
    answer = reader.submit("/duplicates", kind="exact", files=",".join(twins[:2]), keep=twins[0], deed="chosen")
    assert answer.status_code == 403


def test_it_is_said_how_far_the_search_for_look_alikes_is(
    shelf: Shelf, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.add(make.photo())
    monkeypatch.setattr("albumen.assets.duplicates.grouping.MOST_AT_ONCE", 0)
    page = desk.page("/duplicates?kind=near")
    assert "Looking for photos that look alike" in page
    assert "Not found yet" in page
    assert f'data-progress="/v1{shelf.library}/duplicates' in page
