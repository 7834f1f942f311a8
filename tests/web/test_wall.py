"""The wall of photos in a real browser: a hundred thousand of them, by mouse, touch and keyboard."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect
from tests.http.served import served
from tests.installation import Installation, wait_until
from tests.web.live import Live, Visitor
from tests.web.walls import Many, filled

from albumen import server
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import AlbumItem, File
from albumen.media.guard import Guard

COUNT = 100_000
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WALL = "document.querySelector('photo-timeline')"


@dataclass(frozen=True)
class Shown:
    """A server with many photos, and the browser before it."""

    installation: Installation
    many: Many
    address: str
    browser: Browser

    def visitor(self, **options: Any) -> Visitor:
        """A window of whoever the photos belong to."""
        visitor = Visitor(self.browser, Live(self.address, ""), **options)
        visitor.context.add_cookies([{"name": "albumen", "value": self.many.token, "url": self.address}])
        return visitor


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, guard: Guard, browser: Browser) -> Iterator[Shown]:
    installation = Installation.at(tmp_path_factory.mktemp("wall") / "data", guard)
    many = filled(installation, COUNT)
    with served(server.serve(installation.app)) as port:
        yield Shown(installation, many, f"http://localhost:{port}", browser)
    installation.close()


Open = Callable[..., Page]


@pytest.fixture
def opened(shown: Shown) -> Iterator[Open]:
    """Opens the timeline in windows that must be clean at the end."""
    visitors: list[Visitor] = []

    def open_page(path: str = "/library", **options: Any) -> Page:
        visitors.append(shown.visitor(**options))
        page = visitors[-1].page
        page.goto(path)
        expect(page.locator("photo-timeline[ready]")).to_be_attached()
        expect(page.locator(".cell.in").first).to_be_attached()
        return page

    yield open_page
    for visitor in visitors:
        visitor.context.close()
    for visitor in visitors:
        visitor.watch.check()


def at(page: Page, script: str) -> Any:
    """A value of the wall."""
    return page.evaluate(f"() => {{ const wall = {WALL}; return {script}; }}")


def top_place(page: Page) -> int:
    """The first photo that stands wholly below the bar."""
    place: int = at(page, "wall.layout.first[wall.layout.lineAt(Math.max(0, wall.lane.read() + 72))]")
    return place


def test_wall_stays_small_however_far_it_is_scrolled(opened: Open) -> None:
    page = opened()
    assert at(page, "wall.data.count") == COUNT
    for share in (0.2, 0.55, 0.9, 1):
        at(page, f"wall.go({share} * wall.lane.most - wall.lane.top)")
        expect(page.locator(".row:not([hidden]) .cell.in").first).to_be_attached()
        assert page.evaluate("document.querySelectorAll('*').length") < 900
    wait_until(lambda: at(page, f"!!wall.cellOf({COUNT - 1})"), "the last photo")
    expect(page.locator(".row:not([hidden])").last).to_be_in_viewport()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_scrubber_lands_on_the_month_it_names(opened: Open, options: dict[str, Any]) -> None:
    page = opened(**options)
    slider = page.get_by_role("slider", name="Go to a date")
    slider.focus()
    months = int(slider.get_attribute("aria-valuemax") or 0)
    assert months > 100
    for key, expected in (("PageDown", 12), ("ArrowDown", 13), ("ArrowUp", 12), ("End", months), ("Home", 0)):
        page.keyboard.press(key)
        expect(slider).to_have_attribute("aria-valuenow", str(expected))
        named = slider.get_attribute("aria-valuetext") or ""
        if 0 < expected < months:
            wanted = page.locator(".row:not([hidden]) .month-head").filter(has_text=named[-4:])
            expect(wanted.first).to_be_in_viewport()
            heads = page.locator(".row:not([hidden]) .month-head").all_text_contents()
            assert any(head.startswith(named[:3]) and head.endswith(named[-4:]) for head in heads)


def test_scrubber_is_dragged(opened: Open) -> None:
    page = opened()
    box = page.locator(".rail").bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2, steps=5)
    bubble = page.locator(".bubble")
    expect(bubble).to_be_visible()
    slider = page.get_by_role("slider", name="Go to a date")
    expect(bubble).to_have_text(slider.get_attribute("aria-valuetext") or "?")
    page.mouse.up()
    expect(bubble).to_be_hidden()
    assert 0.45 < at(page, "(wall.lane.read() + wall.lane.top) / wall.lane.most") < 0.55


def test_range_of_ten_thousand_goes_into_an_album_in_one_request(opened: Open, shown: Shown) -> None:
    page = opened()
    first = page.locator(".cell").first
    first.hover()
    first.locator(".pick").click()
    at(page, "wall.focusPlace(10000)")
    page.locator(".cell a:focus").click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar", name="Selected photos")
    expect(bar).to_contain_text("10,001 selected")
    bar.get_by_role("button", name="Add to album").click()
    page.get_by_label("New album").fill("Ten thousand and one")
    with page.expect_request("**/selection/add-to-album") as sent:
        page.get_by_role("dialog").get_by_role("button", name="Add").click()
    request = sent.value
    assert request.post_data_json is not None
    assert request.post_data_json["ranges"] == [[0, 10_001]]
    assert len(request.post_data or "") < 300
    expect(bar).to_be_hidden()
    shown.installation.work_off()
    expect(page.locator(".toast")).to_contain_text("10,001 photos are in “Ten thousand and one”", timeout=60_000)
    assert shown.installation.rows(AlbumItem) == 10_001


def test_photos_are_chosen_by_day_by_rubber_band_and_all_at_once(opened: Open) -> None:
    page = opened()
    bar = page.get_by_role("toolbar", name="Selected photos")
    page.locator(".day-head").first.hover()
    page.locator(".pick-day").first.click()
    assert at(page, "wall.selection.ranges()") == [[0, at(page, "wall.layout.placesOf(0)[1]")]]
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    grid = page.locator("photo-timeline").bounding_box()
    assert grid
    page.mouse.move(grid["x"] + 600, grid["y"] + 12)
    page.mouse.down()
    page.mouse.move(grid["x"] + 100, grid["y"] + 300, steps=6)
    page.mouse.up()
    assert at(page, "wall.selection.count") >= 2
    expect(page.locator(".band")).to_have_count(0)
    page.keyboard.press("Control+a")
    expect(bar).to_contain_text("100,000 selected")
    assert at(page, "wall.selection.ranges()") == [[0, COUNT]]
    bar.get_by_role("button", name="Select none").click()
    expect(bar).to_be_hidden()


def touch(session: CDPSession, kind: str, x: float, y: float) -> None:
    points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_long_press_begins_and_a_sideways_drag_paints(opened: Open) -> None:
    page = opened(**PHONE)
    finger = page.context.new_cdp_session(page)
    boxes = [page.locator(".cell").nth(number).bounding_box() for number in range(3)]
    assert all(boxes)
    x, y = boxes[0]["x"] + 20, boxes[0]["y"] + 50  # type: ignore[index]  # they are all there
    touch(finger, "touchStart", x, y)
    expect(page.locator(".cell.chosen")).to_have_count(1)
    touch(finger, "touchEnd", x, y)
    touch(finger, "touchStart", x, y)
    for step in range(1, 12):
        touch(finger, "touchMove", x + step * 14, y)
    touch(finger, "touchEnd", x, y)
    wait_until(lambda: at(page, "wall.selection.count") >= 2, "a painted range")
    assert at(page, "wall.lane.read() + wall.lane.top") == 0
    ranges = at(page, "wall.selection.ranges()")
    assert [len(ranges), ranges[0][0]] == [1, 0]


def test_keyboard_moves_chooses_and_jumps(opened: Open) -> None:
    page = opened()
    grid = page.get_by_role("grid", name="Photos by date")
    grid.focus()
    focused = page.locator(".cell a:focus")
    expect(focused).to_have_accessible_name(at(page, "wall.cellOf(0).link.getAttribute('aria-label')"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert at(page, "wall.current") == 1
    page.keyboard.press("Shift+ArrowDown")
    assert at(page, "wall.selection.holds(1, wall.current)")
    expect(page.locator(".cell[aria-selected=true]").first).to_be_attached()
    page.keyboard.press("Escape")
    month = "new Date(wall.data.days[wall.layout.dayOf(wall.current)] * 864e5).getUTCMonth()"
    before = at(page, month)
    page.keyboard.press("m")
    assert (before - at(page, month)) % 12 == 1
    page.keyboard.press("Control+End")
    assert at(page, "wall.current") == COUNT - 1
    expect(focused).to_be_in_viewport()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Move to trash")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_resizing_keeps_the_photo_at_the_top(opened: Open, options: dict[str, Any]) -> None:
    page = opened(**options)
    at(page, "wall.go(wall.layout.top[wall.layout.lineOf(40000)])")
    size = page.viewport_size
    assert size
    before = at(page, "wall.layout.first[wall.layout.lineAt(wall.lane.read())]")
    page.set_viewport_size({"width": size["height"], "height": size["width"]})
    wait_until(lambda: at(page, "wall.width === wall.clientWidth && wall.lane.screen === innerHeight"), "the new width")
    line = "wall.layout.lineAt(wall.lane.read() + 1)"
    assert at(page, f"wall.layout.first[{line}] <= {before} && {before} < wall.layout.first[{line} + 2]")


def test_lightbox_has_the_address_of_its_photo_and_back_lands_on_it(opened: Open) -> None:
    page = opened()
    at(page, "wall.focusPlace(54321)")
    expect(page.locator(".cell a:focus")).to_have_attribute("href", re.compile("^/library/p/"))
    address = page.locator(".cell a:focus").get_attribute("href")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    wait_until(lambda: page.evaluate("location.pathname") == address, "the address")
    expect(page.locator(".pswp--open")).to_be_visible()

    def turned() -> str | None:
        """The address of another photo, once the key was taken: while the lightbox opens it is not."""
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
        path: str = page.evaluate("location.pathname")
        return None if path == address else path

    wait_until(turned, "the next address")
    last = page.evaluate("location.pathname")
    page.go_back()
    expect(dialog).to_have_count(0)
    wait_until(lambda: page.evaluate("location.pathname") == "/library", "the timeline's address")
    expect(page.locator(".cell a:focus")).to_have_attribute("href", last)
    expect(page.locator(".cell a:focus")).to_be_in_viewport()


def test_deep_link_opens_and_closing_lands_on_the_photo(opened: Open, shown: Shown) -> None:
    page = opened()
    photo = page.evaluate(f"async () => (await {WALL}.data.known(54321)).id")
    page.goto(f"/library/p/{photo}")
    expect(page.locator(".facts")).to_be_visible()
    page.get_by_role("link", name="Timeline").click()
    wait_until(lambda: at(page, "wall.current") == 54321, "the photo")
    expect(page.locator(".cell a:focus")).to_be_in_viewport()
    with shown.installation.app.reading(SYSTEM) as unit:
        assert unit.db.get(File, ids.decode(photo)) is not None


def test_what_phones_fetch_ahead_is_what_the_wall_asks_for(opened: Open) -> None:
    """Each address once: one that were another by a letter would be fetched for nothing."""
    page = opened(**PHONE)
    page.reload()
    expect(page.locator(".cell.in").first).to_be_attached()
    ahead = page.locator("link[rel=preload][as=fetch]").evaluate_all("links => links.map(link => link.href)")
    asked = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    assert [re.sub(r".*/(\w+/)", r"\1", each.partition("?")[0]) for each in ahead[:1]] == ["timeline/index"]
    assert len(ahead) == 3
    for address in ahead:
        assert asked.count(address) == 1, address
    rest = [each for each in asked if each not in ahead]
    assert not [each for each in rest if "/timeline/" in each or "size=sm" in each]


def test_place_is_kept_over_a_reload(opened: Open) -> None:
    page = opened()
    at(page, "wall.go(wall.layout.top[wall.layout.lineOf(70000)])")
    wait_until(lambda: page.evaluate("(history.state?.at?.place ?? -1) >= 0"), "the place to be noted")
    before = top_place(page)
    page.reload()
    expect(page.locator("photo-timeline[ready]")).to_be_attached()
    wait_until(lambda: top_place(page) == before, "the same place")


def test_favourite_trash_and_undo(opened: Open, shown: Shown) -> None:
    page = opened()
    at(page, "wall.focusPlace(5)")
    page.keyboard.press("f")
    expect(page.locator(".toast")).to_contain_text("1 photo is a favourite.")
    at(page, "wall.focusPlace(200)")
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowRight")
    page.get_by_role("toolbar", name="Selected photos").get_by_role("button", name="Delete").click()
    expect(page.locator(".toast")).to_contain_text("2 photos are in the trash.")
    wait_until(lambda: at(page, "wall.data.count") == COUNT - 2, "the wall without them")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    wait_until(lambda: at(page, "wall.data.count") == COUNT, "the wall with them again")


def test_wall_says_what_it_is(opened: Open) -> None:
    page = opened()
    grid = page.get_by_role("grid", name="Photos by date")
    expect(grid).to_have_attribute("aria-rowcount", str(at(page, "wall.layout.lines")))
    expect(page.locator(".row").first).to_have_attribute("aria-rowindex", "1")
    assert page.locator(".cell a[tabindex='0']").count() <= 1
    expect(page.get_by_role("link", name="View as pages")).to_have_attribute("href", "/library/pages")
