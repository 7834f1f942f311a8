"""A host with a mouse and with a keyboard: photos dragged to a set, a code for that set, gifts decided by keys."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests import make
from tests.events.party import Party
from tests.events.test_guest_uploads import send
from tests.installation import Caller, Installation
from tests.web import reach
from tests.web import studio as studios
from tests.web.studio import Studio


@pytest.fixture
def studio(installation: Installation, alice: Caller, browser: Browser) -> Iterator[Studio]:
    with studios.opened(browser, installation) as made:
        yield made


def test_photos_dragged_to_a_set_are_what_its_code_shows(
    studio: Studio, installation: Installation, alice: Caller
) -> None:
    party = Party.of(installation, alice, photos=3)
    alice.post(f"{party.path}/sets", json={"name": "Dinner"})
    installation.work_off()
    page = studio.window()
    page.goto(party.path)
    tile = page.locator(f"#p-{party.file_ids[1]}")
    tile.locator("a").drag_to(page.get_by_role("link", name="Dinner"))
    expect(page.get_by_role("status")).to_have_text("The photos are in the set.")
    page.get_by_role("link", name="Codes").click()
    page.get_by_role("link", name="New code").first.click()
    page.get_by_label("Whose is it?").fill("Table 4")
    page.get_by_label("Some sets").check()
    page.get_by_label("Dinner").check()
    page.get_by_role("button", name="Make code").click()
    way = page.get_by_role("link", name="View as guest").get_attribute("href")
    assert way
    page.goto(way)
    expect(page.locator("[data-tiles] a[data-id]")).to_have_count(1)
    expect(page.locator(f"[data-tiles] a[data-id='{party.file_ids[1]}']")).to_be_visible()


def test_gifts_are_decided_by_keys(studio: Studio, installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice, photos=0, guestUpload="moderated")
    guest = party.enter(party.code("view", "upload"), guestName="Olga")
    gifts = [each["fileId"] for each in send(guest, *(make.photo() for _ in range(3))).json()["uploads"]]
    installation.work_off()
    page = studio.window()
    page.goto(f"{party.path}/moderation")
    for left, key in ((2, "a"), (1, "r")):
        page.keyboard.press("ArrowRight")
        page.keyboard.press(key)
        expect(page.locator(".gifts > li")).to_have_count(left)
    states = {each["fileId"]: each["state"] for each in guest.get("/access/uploads").json()["uploads"]}
    assert sorted(states.values()) == ["declined", "shown", "waiting"]
    assert set(states) == set(gifts)


def test_gifts_come_in_and_go_while_somebody_decides(studio: Studio, installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice, photos=0, guestUpload="moderated")
    guest = party.enter(party.code("view", "upload"), guestName="Olga")
    page, other = studio.window(reduced_motion="reduce"), studio.window()
    for each in (page, other):
        each.goto(f"{party.path}/moderation")
    expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()
    reach.check(page)
    send(guest, make.photo())
    gifts = page.locator(".gifts > li")
    expect(gifts).to_have_count(1)
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    send(guest, make.photo())
    installation.work_off()
    expect(gifts).to_have_count(2)
    expect(gifts.locator("img")).to_have_count(2)
    expect(gifts.first.get_by_role("checkbox")).to_be_focused()
    expect(gifts.first.get_by_role("checkbox")).to_be_checked()
    expect(page.get_by_role("button", name="Approve all 2")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator("#waiting")).to_have_text("1")
    expect(other.locator(".gifts > li")).to_have_count(1)
    other.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()
    expect(page.locator("#waiting")).to_be_hidden()


def test_nothing_is_decided_about_where_nothing_was_chosen(
    studio: Studio, installation: Installation, alice: Caller
) -> None:
    party = Party.of(installation, alice, photos=0, guestUpload="moderated")
    send(party.enter(party.code("view", "upload")), make.photo(), make.photo())
    page = studio.window()
    page.goto(f"{party.path}/moderation")
    page.get_by_role("button", name="Decline chosen").click()
    expect(page.locator(".notice")).to_have_text("Choose photos first.")
    expect(page.locator(".gifts > li")).to_have_count(2)
    for box in page.locator(".gifts").get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Decline chosen").click()
    expect(page.locator(".notice")).to_have_text("2 photos declined")


def test_a_photo_of_an_event_leads_to_its_neighbours_there_and_back(
    studio: Studio, installation: Installation, alice: Caller
) -> None:
    party = Party.of(installation, alice, photos=2)
    party.shelf.add(make.photo(), "elsewhere.jpg")
    installation.work_off()
    page = studio.window(reduced_motion="reduce")
    page.goto(party.path)
    page.locator(f"#p-{party.file_ids[0]} a").click()
    expect(page.locator("#close")).to_have_text("Anna & Ben")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(party.file_ids[1]))
    expect(page.get_by_role("link", name="Previous")).to_be_visible()
    expect(page.get_by_role("link", name="Next")).to_have_count(0)
    reach.check(page)
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(f"{party.path}#p-{party.file_ids[1]}$"))


def test_what_is_wrong_with_an_event_has_the_focus(studio: Studio, installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice, photos=0)
    page = studio.window(reduced_motion="reduce")
    page.goto(f"{party.path}/settings")
    end = page.get_by_label("Ends on")
    end.fill("2001-02-03T04:05")
    page.get_by_role("button", name="Save").click()
    expect(end).to_be_focused()
    expect(end).to_have_value("2001-02-03T04:05")
    expect(end).to_have_accessible_description(re.compile("The end must be after the event was made.$"))
    reach.check(page)
    studio.watch.allow("422")


def test_nobody_is_shut_out(studio: Studio, installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice, photos=1)
    party.code("view", "upload")
    alice.post(f"{party.path}/sets", json={"name": "Dinner"})
    page = studio.window(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    screen = f"/e/{party.event()['publicUrl']}/wall"
    for path in (f"{party.path}/upload", f"{party.path}/webhooks", f"{party.path}/settings", screen):
        page.goto(path)
        reach.check(page)
