"""A wall of a million photos: every way to its first, its middle and its last photo ends there exactly."""

import base64
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests.http.served import served
from tests.installation import Installation, wait_until
from tests.web.live import Live, Visitor
from tests.web.walls import Many, filled

from albumen import server
from albumen.kernel import ids
from albumen.media.guard import Guard

MILLION = 1_000_000
FIRST_ID = 10**12
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "has_touch": True, "is_mobile": True}
WALL = "document.querySelector('photo-timeline')"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_STANDS = """(place) => {
    const wall = document.querySelector('photo-timeline');
    const cell = wall.cellOf(place);
    if (!cell?.element.classList.contains('in')) return false;
    const { top, bottom, left, right } = cell.element.getBoundingClientRect();
    const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)?.closest('.cell');
    return top >= 0 && bottom <= innerHeight && found === cell.element;
}"""


@dataclass(frozen=True)
class MadeUp:
    """Answers for a wall of any size in place of the server: twenty years, and photos of several shapes."""

    count: int

    def answer(self, route: Route) -> None:
        """Answer the index, chunks, links, places and pictures."""
        asked = urlsplit(route.request.url)
        told = parse_qs(asked.query)
        if asked.path.endswith("/timeline/index"):
            route.fulfill(body=self._index(), content_type="application/octet-stream")
        elif "/timeline/chunks/" in asked.path:
            route.fulfill(body=self._chunk(int(asked.path.rpartition("/")[2])), content_type="application/octet-stream")
        elif asked.path == "/walls/links":
            route.fulfill(json={"until": 4_000_000_000, "links": dict.fromkeys(told["ids"][0].split(","), "/media/x")})
        elif asked.path == "/walls/place":
            route.fulfill(json={"place": ids.decode(told["id"][0]) - FIRST_ID})
        else:
            route.fulfill(body=PIXEL, content_type="image/png")

    def _index(self) -> bytes:
        days = 7500
        runs = (
            struct.pack("<iI", 19_900 - day, self.count * (day + 1) // days - self.count * day // days)
            for day in range(days)
        )
        shapes = bytes((100, 128, 148, 148, 156, 120, 148)) * (self.count // 7 + 1)
        return struct.pack("<4sIII", b"TLI1", self.count, days, 4) + b"".join(runs) + shapes[: self.count] + b"made"

    def _chunk(self, number: int) -> bytes:
        places = range(number * 512, min(self.count, number * 512 + 512))
        return b"".join(struct.pack("<QHBBB", FIRST_ID + place, 600, 0, 0, 0) for place in places)


@dataclass(frozen=True)
class Shown:
    """A window on a wall."""

    page: Page
    count: int

    def at(self, script: str) -> Any:
        """A value of the wall."""
        return self.page.evaluate(f"() => {{ const wall = {WALL}; return {script}; }}")

    def stands(self, place: int) -> None:
        """Waits until a photo is wholly in the window with its picture, and nothing over it."""
        wait_until(lambda: self.page.evaluate(_STANDS, place), f"photo {place}")

    def comes(self, script: str) -> None:
        """Waits until something is true of the wall."""
        wait_until(lambda: self.at(script), script)

    def open(self, path: str = "/library") -> None:
        """Load the page anew."""
        self.page.goto("about:blank")
        self.page.goto(path)
        expect(self.page.locator("photo-timeline[ready]")).to_be_attached(timeout=120_000)
        expect(self.page.locator(".cell.in").first).to_be_attached(timeout=120_000)

    def press(self, *keys: str) -> None:
        """Press keys on the page itself."""
        self.page.evaluate("document.activeElement?.blur()")
        for key in keys:
            self.page.keyboard.press(key)


Open = Callable[..., Shown]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory, guard: Guard) -> Iterator[tuple[str, Many]]:
    """The address of a server with a small library."""
    installation = Installation.at(tmp_path_factory.mktemp("few") / "data", guard)
    many = filled(installation, 40)
    with served(server.serve(installation.app)) as port:
        yield f"http://localhost:{port}", many
    installation.close()


def visited(browser: Browser, address: str, many: Many, **options: Any) -> Visitor:
    """A window of whoever the photos belong to."""
    visitor = Visitor(browser, Live(address, ""), reduced_motion="reduce", **options)
    visitor.context.add_cookies([{"name": "albumen", "value": many.token, "url": address}])
    return visitor


def by_keys(shown: Shown) -> None:
    """The scrubber's keys, the page's, and those in the grid."""
    last = shown.count - 1
    slider = shown.page.get_by_role("slider", name="Go to a date")
    for key, place in (("End", last), ("Home", 0)):
        slider.press(key)
        shown.stands(place)
    for key, place in (("End", last), ("Home", 0), ("Control+End", last), ("Control+Home", 0)):
        shown.press(key)
        shown.stands(place)
    shown.page.get_by_role("grid").focus()
    for key, place in (("Control+End", last), ("Control+Home", 0)):
        shown.page.keyboard.press(key)
        shown.stands(place)


def by_dragging(shown: Shown) -> None:
    """The scrubber's thumb: to the end, to the middle, to the beginning."""
    mouse, rail = shown.page.mouse, shown.page.locator(".rail").bounding_box()
    assert rail
    for share in (1.0, 0.5, 0.0):
        thumb = shown.page.locator(".thumb").bounding_box()
        assert thumb
        mouse.move(thumb["x"] + 2, thumb["y"] + thumb["height"] - 1)
        mouse.down()
        mouse.move(thumb["x"] + 2, rail["y"] + rail["height"] * share + (share - 0.5) * 4, steps=4)
        mouse.up()
        shown.comes(f"Math.abs((wall.lane.read() + wall.lane.top) / wall.lane.most - {share}) < 1e-6")
        below_bar = shown.at("wall.layout.first[wall.layout.lineAt(wall.lane.y + 200) + 1]")
        shown.stands({1.0: shown.count - 1, 0.0: 0}.get(share, below_bar))


def by_scrolling(shown: Shown) -> None:
    """A wheel turned from far before the end, over the place where the lane is moved."""
    shown.at("wall.go(wall.lane.full - 150_000)")
    shown.page.mouse.move(150, 400)

    def turned() -> bool:
        shown.page.mouse.wheel(0, 20_000)
        return bool(shown.at(f"wall.cellOf({shown.count - 1})"))

    wait_until(turned, "the last photo", 60)
    shown.stands(shown.count - 1)


def by_address(shown: Shown) -> None:
    """The link that a photo's own page has to its place."""
    for place in (0, shown.count // 2, shown.count - 1):
        photo = shown.page.evaluate(f"async () => (await {WALL}.data.known({place})).id")
        shown.open(f"/library#p-{photo}")
        shown.comes(f"wall.current === {place}")
        shown.stands(place)


@pytest.mark.parametrize("options", [pytest.param(DESKTOP, marks=pytest.mark.torture), PHONE], ids=["desktop", "phone"])
def test_every_way_through_a_million_leads_to_its_end(
    few: tuple[str, Many], browser: Browser, options: dict[str, Any]
) -> None:
    visitor = visited(browser, *few, **options)
    made_up = MadeUp(MILLION)

    def answer(route: Route) -> None:
        made_up.answer(route)

    for path in ("**/timeline/*", "**/timeline/chunks/**", "**/walls/*", "**/media/**"):
        visitor.context.route(path, answer)
    shown = Shown(visitor.page, MILLION)
    shown.open()
    assert not shown.at("wall.lane.isShort")
    for way in (by_keys, by_dragging, by_scrolling, by_address):
        way(shown)
    visitor.context.close()
    visitor.watch.check()


@pytest.mark.torture
def test_a_million_real_rows_are_reached(
    tmp_path_factory: pytest.TempPathFactory, guard: Guard, browser: Browser
) -> None:
    installation = Installation.at(tmp_path_factory.mktemp("million") / "data", guard)
    many = filled(installation, MILLION)
    with served(server.serve(installation.app)) as port:
        visitor = visited(browser, f"http://localhost:{port}", many, **PHONE)
        shown = Shown(visitor.page, MILLION)
        shown.open()
        assert shown.at("wall.data.count") == MILLION
        for way in (by_keys, by_dragging, by_scrolling, by_address):
            way(shown)
        visitor.context.close()
        visitor.watch.check()
    installation.close()
