"""What is done to photos on a small wall: where the focus is afterwards, what is asked, and what is said offline."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from tests import make
from tests.events.party import Party
from tests.installation import Caller, Installation, wait_until
from tests.web import reach
from tests.web import studio as studios
from tests.web.studio import Studio

from albumen.libraries.models import AlbumItem

COUNT = 8
WALL = "document.querySelector('photo-timeline')"


@pytest.fixture
def studio(installation: Installation, alice: Caller, browser: Browser) -> Iterator[Studio]:
    """A library of eight photos, with an album, and an event of one of them."""
    party = Party.of(installation, alice, photos=0)
    shelf = party.shelf
    photos = [shelf.add(make.photo(taken=f"2021-07-0{day} 12:00:00"), f"{day}.jpg") for day in range(1, COUNT + 1)]
    alice.post(f"{shelf.library}/albums", json={"name": "Lights", "fileIds": [photos[0]["fileId"]]})
    installation.work_off()
    with studios.opened(browser, installation) as studio:
        yield studio


def opened(studio: Studio) -> Page:
    """The timeline."""
    page = studio.window(reduced_motion="reduce")
    page.goto("/library")
    expect(page.locator("photo-timeline[ready]")).to_be_attached()
    expect(page.locator(".cell.in").first).to_be_attached()
    return page


def at(page: Page, script: str) -> Any:
    """A value of the wall."""
    return page.evaluate(f"() => {{ const wall = {WALL}; return {script}; }}")


def focus(page: Page, place: int) -> None:
    at(page, f"wall.focusPlace({place})")


def focused(page: Page, place: int) -> None:
    """Fails where the focus is not on the photo that stands there."""
    found = f"wall.cellOf({place})?.link === document.activeElement && wall.current === {place}"
    wait_until(lambda: at(page, found), f"the focus on photo {place}")


def counted(page: Page, count: int) -> None:
    wait_until(lambda: at(page, "wall.data.count") == count, f"{count} photos")


def undo(page: Page) -> Locator:
    return page.locator(".toast").get_by_role("button", name="Undo")


def test_an_album_is_chosen_on_purpose_and_named(studio: Studio, installation: Installation) -> None:
    page = opened(studio)
    focus(page, 2)
    page.keyboard.press("l")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("event, its guests see it")).to_have_count(1)
    expect(dialog.locator("label:has(small)")).to_contain_text("Anna & Ben")
    expect(dialog.locator(":checked")).to_have_count(0)
    reach.check(page)
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    lights, name = dialog.get_by_label("Lights"), dialog.get_by_label("Or a new album")
    lights.check()
    name.fill("Lamps")
    expect(lights).not_to_be_checked()
    lights.check()
    expect(name).to_have_value("")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("1 photo is in “Lights”.")
    assert installation.rows(AlbumItem) == 2
    focused(page, 2)


def test_without_a_connection_it_is_said_what_was_done(studio: Studio) -> None:
    studio.watch.allow("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    page = opened(studio)
    said, is_cut = page.locator(".toast"), [False]
    page.route("**/selection/edit", lambda route: route.abort() if is_cut[0] else route.continue_())
    focus(page, 1)
    page.context.set_offline(True)
    page.keyboard.press("f")
    expect(said).to_have_text("There is no connection. Nothing was changed; try again when it is back.")
    page.keyboard.press("l")
    expect(said).to_have_text("There is no connection. Try again when it is back.")
    page.context.set_offline(False)
    is_cut[0] = True
    page.keyboard.press("f")
    expect(said).to_contain_text("The connection was lost. It may have been done all the same")
    is_cut[0] = False
    page.keyboard.press("f")
    expect(said).to_contain_text("1 photo is a favourite.")


def test_the_focus_stays_on_the_wall(studio: Studio) -> None:
    page = opened(studio)
    for place, left in ((3, 3), (COUNT - 1, COUNT - 2), (0, 0)):
        focus(page, place)
        page.keyboard.press("Delete")
        counted(page, COUNT - 1)
        expect(undo(page)).to_be_visible()
        focused(page, left)
        undo(page).press("Enter")
        counted(page, COUNT)
        expect(page.locator(".toast")).to_have_text("Undone.")
        focused(page, left)
    focus(page, 4)
    page.keyboard.press("x")
    page.get_by_role("toolbar", name="Selected photos").get_by_role("button", name="Delete").press("Enter")
    counted(page, COUNT - 1)
    focused(page, 4)


def test_a_button_that_was_hidden_just_now_does_not_keep_the_focus(studio: Studio) -> None:
    page = opened(studio)
    focus(page, 2)
    page.keyboard.press("x")
    expect(page.get_by_role("toolbar", name="Selected photos")).to_be_visible()
    page.evaluate(
        """async () => {
          const { takeFocus } = await import("app/timeline-keys");
          document.querySelector(".select-bar [data-deed=trash]").focus();
          document.querySelector(".select-bar").hidden = true;
          takeFocus(document.querySelector("photo-timeline"));
        }"""
    )
    focused(page, 2)


def test_deleting_a_large_photo_goes_on_to_the_next(studio: Studio) -> None:
    page = opened(studio)
    focus(page, COUNT - 2)
    page.keyboard.press("Enter")
    expect(page.locator(".pswp--open")).to_be_visible()
    addresses = [at(page, f"wall.address(wall.data.get({place}).id)") for place in range(COUNT)]

    def shown(address: str) -> None:
        wait_until(lambda: page.evaluate("location.pathname") == address, address)
        expect(page.locator(".pswp")).to_have_count(1)

    def delete(left: int) -> None:
        page.keyboard.press("Delete")
        counted(page, left)

    shown(addresses[-2])
    delete(COUNT - 1)
    shown(addresses[-1])
    undo(page).press("Enter")
    counted(page, COUNT)
    shown(addresses[-2])
    expect(page.locator(".pswp")).to_be_focused()
    page.keyboard.press("ArrowRight")
    shown(addresses[-1])
    for left in range(COUNT - 1, 0, -1):
        delete(left)
        shown(addresses[left - 1])
    expect(page.locator(".pswp__item[aria-hidden=false] img")).to_be_visible()
    delete(0)
    expect(page.locator(".pswp")).to_have_count(0)
    expect(page.locator("main")).to_be_focused()
    undo(page).press("Enter")
    counted(page, 1)
    focused(page, 0)


def test_a_wall_that_did_not_come_is_asked_for_again(studio: Studio) -> None:
    studio.watch.allow("500 (Internal Server Error)", "was preloaded")
    page = studio.window(reduced_motion="reduce")
    pattern = re.compile("/timeline/index")

    def fail(route: Route) -> None:
        route.fulfill(status=500, json={"detail": "The server could not do this."})

    page.route(pattern, fail)
    page.goto("/library")
    said = page.locator("photo-timeline [role=alert]")
    expect(said).to_contain_text("Nothing was lost.")
    again = said.get_by_role("button", name="Try again")
    again.press("Enter")
    expect(again).to_be_focused()
    reach.check(page)
    page.unroute(pattern)
    again.press("Enter")
    expect(page.locator("photo-timeline[ready]")).to_be_attached()
    expect(said).to_have_count(0)
    focused(page, 0)
    page.keyboard.press("ArrowRight")
    focused(page, 1)


def test_keys_are_listed_where_they_work(studio: Studio) -> None:
    page = opened(studio)
    focus(page, 1)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_role("heading", level=3)).to_have_text(["This page", "Photos", "Large photo"])
    expect(dialog).to_contain_text("Ends of the row")
    reach.check(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    focused(page, 1)
    page.keyboard.press("Enter")
    expect(page.locator(".pswp--open")).to_be_visible()
    page.keyboard.press("?")
    expect(dialog.get_by_role("heading", level=3)).to_have_text(["Large photo"])
    expect(dialog).to_contain_text("Slideshow")
    page.keyboard.press("Delete")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".pswp--open")).to_be_visible()
    assert at(page, "wall.data.count") == COUNT


def test_keys_are_named_as_they_are_on_a_german_keyboard(studio: Studio) -> None:
    page = studio.window(locale="de-DE", reduced_motion="reduce")
    page.goto("/library")
    expect(page.locator("photo-timeline[ready]")).to_be_attached()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog").locator("kbd")
    for name in ("Entf", "Strg+A", "Umschalt ← → ↑ ↓", "Pos1, Ende"):
        expect(keys.get_by_text(name, exact=True).first).to_be_visible()
    expect(keys.get_by_text("Delete")).to_have_count(0)


def test_names_of_libraries_are_not_broken_on_a_narrow_phone(studio: Studio) -> None:
    page = studio.window(viewport={"width": 320, "height": 640}, locale="de-DE", reduced_motion="reduce")
    page.goto("/libraries")
    name = page.locator(".rows b").get_by_text("Parties", exact=True)
    lines = """each => {
        const words = document.createRange();
        words.selectNodeContents(each);
        return words.getClientRects().length;
    }"""
    assert name.evaluate(lines) == 1
    reach.check(page)


def test_back_from_a_photo_that_was_loaded_anew_leads_to_the_wall(studio: Studio) -> None:
    page = opened(studio)
    focus(page, 2)
    page.keyboard.press("Enter")
    expect(page.locator(".pswp--open")).to_be_visible()
    page.wait_for_url("**/library/p/*")
    page.reload()
    expect(page.locator(".stage")).to_be_visible()
    page.go_back()
    expect(page.locator("photo-timeline[ready]")).to_be_attached()
    assert page.url.endswith("/library")
