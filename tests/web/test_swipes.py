"""Photos on a phone: swiped to the next, dragged down to close; two fingers zoom, and turn no page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.events.party import Party
from tests.installation import Caller, Installation, wait_until
from tests.web import studio as studios
from tests.web.studio import Studio

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
CURRENT = ".pswp__item[aria-hidden=false] img.pswp__img:not(.pswp__img--placeholder)"
Point = tuple[float, float]


@pytest.fixture
def studio(installation: Installation, alice: Caller, browser: Browser) -> Iterator[Studio]:
    with studios.opened(browser, installation) as made:
        yield made


class Hand:
    """One finger, or two, on a window."""

    def __init__(self, page: Page) -> None:
        self._line = page.context.new_cdp_session(page)

    def _touch(self, kind: str, *points: Point) -> None:
        told = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        self._line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    def swipe(self, right: int, down: int = 0, start: Point = (200, 300)) -> None:
        """Put a finger down, draw it that far, lift it."""
        x, y = start
        self._touch("touchStart", start)
        for step in (0.1, 0.25, 0.5, 0.75, 1):
            self._touch("touchMove", (x + right * step, y + down * step))
        self._touch("touchEnd")

    def pinch(self) -> None:
        """Put two fingers down, draw them apart and to the side."""
        self._touch("touchStart", (180, 300), (220, 300))
        for step in range(1, 6):
            self._touch("touchMove", (180 - step * 26, 300 - step * 4), (220 + step * 26, 300 + step * 4))
        self._touch("touchEnd")


def source(page: Page) -> str:
    """The picture that is shown large, without the signature of its link."""
    shown = page.locator(CURRENT)
    return str(shown.get_attribute("src")).partition("?")[0] if shown.count() == 1 else ""


def test_photos_are_swiped_through_and_dragged_away(studio: Studio, installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice, photos=3)
    code = party.code("view")
    installation.work_off()
    page = studio.window(**PHONE)
    hand = Hand(page)
    page.goto("/library/pages")
    photos = [str(each.get_attribute("href")) for each in page.locator(".tiles a").all()]
    page.goto(photos[0])
    for right, number in ((-150, 1), (-150, 2), (150, 1)):
        hand.swipe(right)
        expect(page).to_have_url(re.compile(photos[number]))
        expect(page.locator(".stage img")).to_be_visible()
        page.wait_for_load_state()
    hand.swipe(-40)
    hand.swipe(-80, 120)
    hand.swipe(0, 200, start=(200, 40))
    hand.pinch()
    wait_until(lambda: page.evaluate("visualViewport.scale") > 1.1, "the photo to be zoomed")
    hand.swipe(-150)
    page.wait_for_load_state()
    expect(page).to_have_url(re.compile(photos[1]))
    page.goto(photos[2])
    page.wait_for_load_state()
    hand.swipe(0, 200)
    expect(page).to_have_url(re.compile("/library(/pages)?(#|$)"))
    path, _, token = code["qrUrl"].partition("/e/")[2].partition("#")
    page.goto(f"/e/{path}#{token}")
    page.wait_for_url("**/photos")
    links = page.locator("[data-tiles] a[data-id]")
    page.goto(str(links.first.get_attribute("href")))
    page.wait_for_load_state()
    first = page.url
    hand.swipe(-150)
    expect(page).not_to_have_url(first)
    page.wait_for_load_state()
    hand.swipe(150)
    expect(page).to_have_url(first)
    page.wait_for_load_state()
    hand.swipe(0, 200)
    expect(page).to_have_url(re.compile("/photos#p-"))


@pytest.mark.torture
@pytest.mark.parametrize("path", ["/library", "/e"])
def test_large_photos_are_swiped_pinched_and_dragged_away(
    path: str, studio: Studio, installation: Installation, alice: Caller
) -> None:
    party = Party.of(installation, alice, photos=3)
    code = party.code("view")
    installation.work_off()
    page = studio.window(**PHONE)
    hand = Hand(page)
    page.goto(path if path == "/library" else f"/e/{code['qrUrl'].partition('/e/')[2]}")
    page.locator(".cell.in a, [data-tiles] a[data-id]").first.tap()
    wait_until(lambda: source(page), "the photo")
    first = source(page)
    hand.swipe(-300, start=(350, 400))
    wait_until(lambda: source(page) not in ("", first), "the next photo")
    second = source(page)
    hand.pinch()
    assert source(page) == second
    page.keyboard.press("z")
    hand.swipe(0, 300)
    expect(page.locator(".pswp")).to_have_count(0)
