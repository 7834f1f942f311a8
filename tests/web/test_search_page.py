"""The page of searches, without JavaScript: its parts, its orders, and what a mistake looks like."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from tests import make
from tests.installation import Shelf
from tests.web.desk import Desk

from albumen.assets.search import language
from albumen.kernel.errors import Invalid
from albumen.web.pages.search import MISTAKES

CANON, APPLE = ("Canon", "EOS R5"), ("Apple", "iPhone 15")


@pytest.fixture
def photos(shelf: Shelf) -> list[str]:
    """Three photos, the newest first, of which the names go the other way."""
    told = (("2024:05:01 12:00:00", CANON, "c.jpg"), ("2023:05:01 12:00:00", APPLE, "b.jpg"))
    found = [shelf.add(make.photo(taken=when, camera=camera), name)["fileId"] for when, camera, name in told]
    return [*found, shelf.add(make.photo(taken="2022:05:01 12:00:00", camera=APPLE), "a.jpg")["fileId"]]


def listed(page: str) -> list[str]:
    return re.findall(r'href="/library/p/([\w-]+)"', page)


def offered(page: str) -> dict[str, str]:
    """Where the values of the facets lead, with their counts."""
    told = re.findall(r'href="(/search\?[^"]+)"><span>([^<]+)</span><small>(\d+)</small>', page)
    return {f"{value} {count}": unescape(url) for url, value, count in told}


def test_what_is_found_can_be_narrowed_by_what_it_has_in_common(photos: list[str], desk: Desk) -> None:
    page = desk.page("/search?q=type:photo")
    assert "3 photos found" in page
    facets = offered(page)
    assert {"2024 1", "2023 1", "2022 1", "Canon EOS R5 1", "Apple iPhone 15 2"} <= set(facets)
    assert "2 photos found" in desk.page(facets["Apple iPhone 15 2"])
    assert "1 photo found" in desk.page(facets["2024 1"])


def test_a_search_with_or_is_narrowed_as_a_whole(photos: list[str], desk: Desk) -> None:
    facets = offered(desk.page("/search?q=taken:2024 OR camera:apple"))
    assert "2 photos found" in desk.page(facets["Apple iPhone 15 2"])
    assert "1 photo found" in desk.page(facets["2024 1"])


def test_photos_found_are_listed_in_another_order(
    photos: list[str], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("albumen.web.pages.search.PAGE", 2)
    page = desk.page("/search?q=type:photo&sort=name")
    assert listed(page) == [photos[2], photos[1]]
    assert 'sort=name" aria-current="true">By name' in page
    assert "sort=name" in offered(page)["2023 1"]
    more = re.search(r'href="([^"]+)" rel="next"', page)
    assert more
    assert listed(desk.page(unescape(more[1]))) == [photos[0]]
    assert desk.get("/search?q=a&sort=colour").status_code in (400, 422)


def test_a_browser_without_javascript_is_led_to_pages(photos: list[str], desk: Desk) -> None:
    led = re.search(r'<noscript><meta http-equiv="refresh" content="0; url=([^"]+)"', desk.page("/search?q=type:photo"))
    assert led
    assert listed(desk.page(unescape(led[1]))) == photos
    assert "Nothing was found" in desk.page("/search?q=nowhere&sort=taken")


def test_parts_are_taken_away_one_by_one(photos: list[str], desk: Desk) -> None:
    page = desk.page("/search?q=camera:apple taken:2023&sort=name")
    without = [unescape(each) for each in re.findall(r'class="chip" href="([^"]+)" aria-label="Without', page)]
    assert without == ["/search?q=taken%3A2023&sort=name", "/search?q=camera%3Aapple&sort=name"]


def test_a_mistake_is_pointed_at(photos: list[str], desk: Desk) -> None:
    page = desk.page("/search?q=camera:apple (taken:2023")
    assert "<mark>(</mark>" in page
    assert 'aria-invalid="true"' in page
    assert 'role="alert"' in page
    assert "Mistake at character 14: this bracket is not closed." in page
    assert listed(page) == []
    desk.cookies.set("language", "de")
    assert "Fehler bei Zeichen 14: Diese Klammer wird nicht geschlossen." in desk.page(
        "/search?q=camera:apple (taken:2023"
    )


def test_what_is_wrong_with_a_search_is_said_in_the_words_of_its_language() -> None:
    wrong = ("OR a", "a OR", 'a "b', "a)", "(a", "a -(", "()", "a - OR b")
    told = set()
    for text in (*wrong, "a -)"):
        with pytest.raises(Invalid) as refused:
            language.read(text, datetime.now(UTC))
        told.add(refused.value.errors[0][1].partition(": ")[2])
    assert told <= set(MISTAKES)
    assert len(told) > 4
