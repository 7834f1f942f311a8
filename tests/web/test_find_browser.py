"""The map and duplicates in a real browser before a real server."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from tests import make
from tests.http.served import served
from tests.installation import Installation, Shelf, wait_until
from tests.web import reach
from tests.web.live import Live, Visitor

from albumen import server
from albumen.accounts import sessions
from albumen.accounts.models import User
from albumen.kernel.actor import SYSTEM

LISBON, SINTRA, PORTO = (38.7223, -9.1393), (38.7985, -9.3881), (41.1496, -8.6110)
SUVA, APIA = (-18.1416, 178.4415), (-13.8333, -171.7667)
PHONE = {"viewport": {"width": 320, "height": 640}}
Open = Callable[..., Page]


@pytest.fixture
def opened(installation: Installation, shelf: Shelf, browser: Browser) -> Iterator[Open]:
    """Opens windows of the user whose library it is; they must be clean at the end, and ask nobody else."""
    installation.work_off()
    visitors: list[Visitor] = []
    hosts: set[str] = set()
    with installation.app.writing(SYSTEM) as unit:
        token = sessions.start(unit, unit.db.scalars(select(User).where(User.name_key == "alice")).one(), days=1)
    with served(server.serve(installation.app)) as port:
        live = Live(f"http://localhost:{port}", "")

        def open_page(path: str, **options: Any) -> Page:
            installation.work_off()
            visitors.append(Visitor(browser, live, reduced_motion="reduce", **options))
            context = visitors[-1].context
            context.add_cookies([{"name": "albumen", "value": token, "url": live.address}])
            context.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
            visitors[-1].page.goto(path)
            return visitors[-1].page

        yield open_page
        for visitor in visitors:
            visitor.context.close()
    for visitor in visitors:
        visitor.watch.check()
    assert hosts == {f"localhost:{port}"}


def placed(shelf: Shelf, *places: tuple[float, float]) -> None:
    for number, at in enumerate(places):
        shelf.add(make.photo(taken=f"2024:06:{28 - number} 12:00:00", gps=at, size=(300, 200)), f"{number}.jpg")


def shades(page: Page) -> int:
    """How many colours the tiles of the map have, seen from afar."""
    return int(
        page.evaluate(
            """() => {
                const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
                const seen = new Set();
                for (const tile of document.querySelectorAll("photo-map canvas")) {
                    pen.clearRect(0, 0, 8, 8);
                    pen.drawImage(tile, 0, 0, 8, 8);
                    new Uint32Array(pen.getImageData(0, 0, 8, 8).data.buffer).forEach((each) => seen.add(each));
                }
                return seen.size;
            }"""
        )
    )


def test_map_and_list_agree_and_the_address_leads_back(shelf: Shelf, opened: Open) -> None:
    placed(shelf, LISBON, LISBON, SINTRA, PORTO)
    page = opened("/map?bbox=-12,36,-6,43")
    expect(page.locator("photo-map[ready]")).to_be_visible()
    expect(page.get_by_role("heading", name="4 photos here")).to_be_visible()
    wait_until(lambda: shades(page) > 1, "the outlines")
    pins = page.locator(".pin")
    counted = (
        sum(int(each) for each in pins.locator("b").all_inner_texts()) + pins.filter(has_not=page.locator("b")).count()
    )
    assert counted == page.locator(".squares li").count() == 4
    page.locator(".place-list summary").first.click()
    page.get_by_role("link", name=re.compile("^Porto")).first.click()
    expect(page.get_by_role("heading", name="1 photo here")).to_be_visible()
    expect(page.locator(".squares li")).to_have_count(1)
    there = page.url
    assert "bbox=" in there
    page.get_by_role("button", name="1 photo, Porto").press("Enter")
    expect(page).to_have_url(re.compile("/library/p/"))
    page.keyboard.press("Escape")
    expect(page).to_have_url(there)
    page.reload()
    expect(page.get_by_role("heading", name="1 photo here")).to_be_visible()
    assert page.url == there


def test_map_is_used_by_keys_and_over_the_date_line(shelf: Shelf, opened: Open) -> None:
    placed(shelf, SUVA, APIA)
    page = opened("/map?bbox=170,-30,-160,0")
    expect(page.get_by_role("heading", name="2 photos here")).to_be_visible()
    pins = page.locator(".pin")
    expect(pins).to_have_count(2)
    area = page.locator("photo-map").bounding_box()
    boxes = [each.bounding_box() for each in pins.all()]
    assert area
    assert all(box and area["x"] < box["x"] < area["x"] + area["width"] for box in boxes)
    before = page.url
    page.locator("photo-map").focus()
    page.keyboard.press("ArrowLeft")
    expect(page).not_to_have_url(before)
    moved = page.url
    page.keyboard.press("+")
    expect(page).not_to_have_url(moved)


def test_duplicates_are_settled_by_keys_and_back(installation: Installation, shelf: Shelf, opened: Open) -> None:
    backup = shelf.below("Backup")
    for seed in (1, 2):
        for folder, name in ((shelf, "a"), (backup, "b")):
            folder.add(make.photo(seed=seed, size=(300, 200)), f"{name}{seed}.jpg")
    page = opened("/duplicates")
    groups = page.locator("form.dup")
    expect(groups).to_have_count(2)
    page.keyboard.press("2")
    expect(groups.first.get_by_role("checkbox").nth(1)).to_be_checked()
    expect(groups.first.get_by_role("checkbox").first).not_to_be_checked()
    page.keyboard.press("n")
    expect(groups.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("1 photo is in the trash.")
    expect(groups).to_have_count(1)
    expect(groups.first).to_be_focused()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("1 photo is back.")
    expect(groups).to_have_count(2)
    installation.check_counts()


def test_pages_for_finding_are_accessible_and_fit_a_phone(shelf: Shelf, opened: Open) -> None:
    placed(shelf, LISBON, PORTO)
    file = shelf.add(make.photo(seed=5, size=(300, 200)), "a.jpg")["fileId"]
    shelf.below("Backup").add(make.photo(seed=5, size=(300, 200)), "b.jpg")
    shelf.by.call("PATCH", f"{shelf.library}/files/{file}", json={"tags": ["Travel/Lisbon"]})
    page = opened("/more", **PHONE)
    for path in ("/map", "/duplicates", "/tags/change?tag=Travel", "/search?q=type:photo&sort=name"):
        page.goto(path)
        if path == "/map":
            expect(page.locator("photo-map[ready]")).to_be_visible()
        reach.check(page)
