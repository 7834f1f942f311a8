"""What a person does with albums, versions, stars and commands, in a real browser before a real server."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.installation import Caller, Installation, Shelf
from tests.web import reach
from tests.web import studio as studios
from tests.web.live import jpeg
from tests.web.studio import Studio

TONES = ("#7a93a8", "#b08a6a", "#566b4a", "#c9a9a6")
PHONE = {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce"}


@dataclass(frozen=True)
class Home:
    """A library with an album of four photos, the first of which has two versions."""

    studio: Studio
    shelf: Shelf
    photos: list[str]
    album: str

    @property
    def pages(self) -> list[str]:
        """The pages on which it is looked after."""
        photo, album, folder = (
            f"/library/p/{self.photos[0]}",
            f"/albums/{self.album}",
            f"/folders/{self.shelf.folder_id}",
        )
        return [
            *(photo, f"{photo}/edit", f"{photo}/move", f"{photo}/versions"),
            *(f"{album}/photos", f"{album}/change", f"{album}/order", f"{folder}/change", "/folders/tree"),
            *("/shared", f"/shared/album/{self.album}", "/trash", "/albums/new?q=type:photo"),
        ]


@pytest.fixture
def home(installation: Installation, alice: Caller, browser: Browser) -> Iterator[Home]:
    shelf = alice.library()
    taken = [datetime(2018, 5, day, 12) for day in (4, 3, 2, 1)]
    photos = [shelf.add(jpeg(when, tone), f"{tone[1:]}.jpg")["fileId"] for when, tone in zip(taken, TONES, strict=True)]
    edited = {"file": ("edited.jpg", jpeg(taken[0], "#222222"))}
    assert alice.post(f"{shelf.library}/files/{photos[0]}/versions", files=edited).status_code == 200
    made = alice.post(f"{shelf.library}/albums", json={"name": "Lights", "fileIds": photos}).json()
    gone = shelf.add(jpeg(datetime(2018, 5, 5), "#333333"), "gone.jpg")["fileId"]
    alice.delete(f"{shelf.library}/files/{gone}")
    installation.work_off()
    with studios.opened(browser, installation) as studio:
        yield Home(studio, shelf, photos, made["albumId"])


def order(page: Page) -> Any:
    return page.locator(".orderable li").evaluate_all("all => all.map(each => each.dataset.id)")


def test_photos_of_an_album_are_dragged_into_order(home: Home) -> None:
    first, second, third, fourth = home.photos
    page = home.studio.window()
    page.goto(f"/albums/{home.album}/order")
    cover = page.locator(f"#p-{first} .cover")
    cover.hover()
    page.mouse.down()
    box = page.locator(f"#p-{third} .cover").bounding_box()
    assert box
    page.mouse.move(box["x"] + 10, box["y"] + 10, steps=8)
    with page.expect_response(re.compile("/order$")) as kept:
        page.mouse.up()
    assert kept.value.status == 204
    assert order(page) == [second, third, first, fourth]
    expect(page.locator(".ghost")).to_have_count(0)
    page.reload()
    assert order(page) == [second, third, first, fourth]
    page.locator(f"#p-{fourth}").get_by_role("button", name="First").press("Enter")
    expect(page).to_have_url(re.compile(f"#p-{fourth}$"))
    assert order(page) == [fourth, second, third, first]


def test_versions_are_compared_by_mouse_and_keyboard(home: Home) -> None:
    page = home.studio.window()
    page.goto(f"/library/p/{home.photos[0]}/versions")
    frame, slider = page.locator(".compared"), page.get_by_role("slider")
    for image in frame.locator("img").all():
        assert image.evaluate("async each => { await each.decode(); return each.naturalWidth }") > 0
    share = "each => parseFloat(getComputedStyle(each.querySelector('figure')).clipPath.split(' ')[1])"
    box = frame.bounding_box()
    assert box
    frame.click(position={"x": box["width"] / 4, "y": 50})
    expect(slider).to_have_value("25")
    slider.press("ArrowRight")
    expect(slider).to_have_value("26")
    hidden = frame.evaluate(share)
    slider.press("End")
    expect(slider).to_have_value("100")
    assert frame.evaluate(share) < hidden
    page.get_by_role("button", name="Restore version 1").click()
    expect(page.get_by_role("status")).to_have_text("The version is current again.")
    expect(page.get_by_text("Version 3", exact=True).last).to_be_visible()


def test_stars_are_given_where_the_facts_are_and_commands_found(home: Home) -> None:
    page = home.studio.window(reduced_motion="reduce")
    page.goto(f"/library/p/{home.photos[1]}")
    page.get_by_role("button", name="4 stars").click()
    expect(page.get_by_role("group", name="Rating: 4 of 5")).to_be_visible()
    assert home.shelf.file(home.photos[1])["rating"] == 4
    page.goto(f"/albums/{home.album}/photos")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Commands")
    expect(field).to_be_focused()
    field.fill("shar")
    expect(page.get_by_role("option", name="Shared")).to_be_visible()
    field.press("ArrowDown")
    field.press("ArrowUp")
    page.get_by_role("option", name="Shared").click()
    expect(page).to_have_url(re.compile("/shared$"))
    page.keyboard.press("Control+k")
    field.fill("lamp")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Search photos for “lamp”")
    reach.check(page)
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=lamp$"))


def test_pages_are_accessible_and_fit_a_narrow_phone(home: Home) -> None:
    page = home.studio.window(**PHONE)
    for path in home.pages:
        page.goto(path)
        reach.check(page)
