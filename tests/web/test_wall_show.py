"""The screen at an event: what is approved is on it within seconds, a code to join in, and three pictures at most."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests import make
from tests.events.party import Party
from tests.events.test_guest_uploads import send
from tests.installation import Caller, Installation, wait_until
from tests.web import studio as studios
from tests.web.studio import Studio

from albumen import worker


@pytest.fixture
def studio(installation: Installation, alice: Caller, browser: Browser) -> Iterator[Studio]:
    crew = worker.crew(installation.app)
    crew.start()
    with studios.opened(browser, installation) as made:
        yield made
    crew.stop()


def shown(page: Page) -> str:
    """The photo that is on the screen: the path of its picture, without the signature."""
    return str(page.evaluate("document.querySelector('.screen-stage img.in')?.src ?? ''")).partition("?")[0]


def held(page: Page) -> int:
    return int(page.evaluate("document.querySelectorAll('.screen-stage img').length"))


def test_what_is_approved_is_on_the_screen_within_seconds(
    studio: Studio, installation: Installation, alice: Caller
) -> None:
    party = Party.of(installation, alice, photos=2, guestUpload="moderated")
    guest = party.enter(party.code("view", "upload"), guestName="Olga")
    installation.work_off()
    page = studio.window()
    page.goto(party.path)
    page.get_by_role("link", name="Show on a screen").click()
    wait_until(lambda: shown(page), "a photo")
    expect(page.get_by_role("img", name="QR code that leads to this event")).to_be_visible()
    first = shown(page)
    page.keyboard.press(" ")
    page.keyboard.press("ArrowRight")
    wait_until(lambda: shown(page) != first, "the other photo")
    page.keyboard.press(" ")
    [gift] = send(guest, make.photo(size=(640, 480))).json()["uploads"]
    installation.work_off()
    assert alice.post(f"{party.path}/contributions/approve", json={"fileIds": [gift["fileId"]]}).status_code == 200
    expect(page.locator("#by")).to_have_text("Olga")
    assert held(page) <= 3
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        assert held(page) <= 3


def test_only_codes_that_may_view_put_up_a_screen(studio: Studio, installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice, photos=1)
    code, other = party.code("view"), party.code("upload")
    installation.work_off()
    address = party.event()["publicUrl"]
    path = f"/e/{address}/wall"
    nobody = installation.client.get(path, headers={"Accept": "text/html"}, follow_redirects=False)
    assert (nobody.status_code, nobody.headers["location"]) == (303, f"/e/{address}")
    assert installation.client.get(f"{path}/photos").status_code == 401
    told = party.enter(other).headers
    assert installation.client.get(f"{path}/photos", headers=told).status_code == 403
    allowed = party.enter(code).headers
    answer = installation.client.get(f"{path}/photos", headers=allowed)
    assert answer.json()["photos"] == list(party.file_ids)
    same = {**allowed, "If-None-Match": answer.headers["etag"]}
    assert installation.client.get(f"{path}/photos", headers=same).status_code == 304
    [file_id] = party.file_ids
    assert installation.client.get(f"{path}/photos/{file_id}", headers=allowed).json()["src"].startswith("/media/")
    stranger = party.shelf.add(make.photo())["fileId"]
    assert installation.client.get(f"{path}/photos/{stranger}", headers=allowed).status_code == 404
    party.recode(code, disabled=True)
    assert installation.client.get(f"{path}/photos", headers=allowed).status_code in (401, 410)
