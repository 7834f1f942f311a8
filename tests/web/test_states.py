"""Every page in the states in which it is seldom seen: nothing there, too much there, refused, over, not open, broken.

`docs/browser-checks.md` lists pages and states.  The states that shut out most are looked at in every run, all others
where time does not matter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests import make
from tests.events.party import Party
from tests.events.test_guest_uploads import send
from tests.installation import Caller, Installation, Shelf
from tests.web import reach
from tests.web import studio as studios
from tests.web.studio import Studio

from albumen.accounts.models import User
from albumen.kernel.actor import SYSTEM

PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzesfeier-" + "Ж" * 60 + " & 家族の結婚式 <b>"
LIBRARY = (
    *("/library", "/library/pages", "/folders", "/folders/tree", "/albums", "/albums/new?q=type:photo", "/favourites"),
    *("/archive", "/shared", "/tags", "/trash", "/map", "/people", "/duplicates", "/search?q=nothing-like-this"),
    *("/upload", "/import", "/more", "/libraries", "/events", "/events/new", "/vault"),
)
ACCOUNT = tuple(
    f"/settings/{each}"
    for each in ("profile", "security", "sessions", "tokens", "appearance", "storage", "second-factor", "delete")
)
KEEPER = ("", "/users", "/jobs", "/storage", "/health", "/audit", "/settings")
HOST = ("", "/upload", "/codes", "/codes/new", "/moderation", "/cards", "/activity", "/settings", "/webhooks")
GUEST = ("photos", "favourites", "download", "add", "mine")


@dataclass(frozen=True)
class Round:
    """A look at page after page, on a phone."""

    studio: Studio
    page: Page

    def look(self, *paths: str) -> None:
        """Each shuts nobody out."""
        for path in paths:
            self.page.goto(path)
            self.page.wait_for_load_state()
            reach.check(self.page)

    def enter(self, code: dict[str, str]) -> str:
        """Come in by a code; where the event is."""
        path, _, token = code["qrUrl"].partition("/e/")[2].partition("#")
        self.page.goto(f"/e/{path}#{token}")
        self.page.wait_for_url(f"**/e/{path}/*")
        return f"/e/{path}"


@pytest.fixture
def studio(installation: Installation, alice: Caller, browser: Browser) -> Iterator[Studio]:
    with studios.opened(browser, installation) as made:
        made.watch.allow(*map(str, (400, 401, 403, 404, 410, 422, 429)))
        yield made


@pytest.fixture
def rounds(studio: Studio) -> Round:
    return Round(studio, studio.window(**PHONE, reduced_motion="reduce"))


def keeper(installation: Installation) -> None:
    """Make Alice look after the server."""
    user_id = installation.user("alice").id
    with installation.app.writing(SYSTEM) as unit:
        unit.db.get_one(User, user_id).is_keeper = True


def long_names(installation: Installation, alice: Caller) -> tuple[Party, Shelf, str]:
    """An event, a folder, an album, a photo, a code, a set and tags with names as long as names can be."""
    party = Party.of(installation, alice, photos=2, guestUpload="moderated")
    party.change(eventName=LONG)
    shelf = party.shelf.below(LONG[:120])
    file = shelf.add(make.photo(), f"{LONG[:100]}.jpg")["fileId"]
    told = {"title": LONG, "comments": LONG * 3, "tags": [LONG[:60], "Sea/Harbour/Lighthouse"]}
    edited = alice.call("PATCH", f"{shelf.library}/files/{file}", json=told)
    assert edited.status_code == 200, edited.text
    alice.post(f"{party.path}/sets", json={"name": LONG[:100]})
    return party, shelf, file


def test_what_is_over_not_yet_open_or_refused(installation: Installation, alice: Caller, rounds: Round) -> None:
    party = Party.of(installation, alice, photos=1, guestUpload="moderated", secondsToLive=86_400)
    code, other = party.code("view", "upload"), party.code("view")
    installation.work_off()
    party.change(revealOn=(datetime.now(UTC) + timedelta(days=2)).isoformat())
    base = rounds.enter(code)
    expect(rounds.page.get_by_text("The photos are not shown yet.")).to_be_visible()
    rounds.look(f"{base}/photos", f"{base}/photos/{party.file_ids[0]}")
    party.recode(code, disabled=True)
    rounds.look(f"{base}/photos")
    rounds.enter(other)
    installation.clock.advance(days=2)
    rounds.look(f"{base}/photos", "/admin")
    expect(rounds.page.get_by_role("heading", level=1)).not_to_have_text("Look after the server")


def test_names_as_long_as_names_can_be(installation: Installation, alice: Caller, rounds: Round) -> None:
    party, _, file = long_names(installation, alice)
    code = party.code("view", "download", "upload", "favorite", label=LONG[:120])
    guest = party.enter(code, guestName=LONG[:60])
    send(guest, make.photo())
    installation.work_off()
    rounds.look(f"/library/p/{file}", party.path, f"{party.path}/codes", f"{party.path}/moderation")
    rounds.look(f"{rounds.enter(code)}/photos")
    expect(rounds.page.get_by_role("heading", level=1)).to_have_text(LONG)


@pytest.mark.torture
def test_names_as_long_as_names_can_be_on_all_pages(installation: Installation, alice: Caller, rounds: Round) -> None:
    keeper(installation)
    party, shelf, file = long_names(installation, alice)
    for number in range(70):
        alice.post(f"{shelf.library}/albums", json={"name": f"{number} {LONG[:60]}", "fileIds": [file]})
        shelf.below(f"{number} {LONG[:60]}")
    code = party.code("view", "download", "upload", "favorite", label=LONG[:120])
    send(party.enter(code, guestName=LONG[:60]), *(make.photo() for _ in range(5)))
    installation.work_off()
    album = alice.get(f"{shelf.library}/albums").json()[0]["albumId"]
    with installation.app.writing(SYSTEM) as unit:
        unit.db.get_one(User, installation.user("alice").id).name = LONG[:100]
    rounds.look(*LIBRARY, *ACCOUNT, *(f"/admin{each}" for each in KEEPER))
    rounds.look(*(f"/albums/{album}{each}" for each in ("", "/photos", "/change", "/order")))
    rounds.look(*(f"/library/p/{file}{each}" for each in ("", "/edit", "/move", "/versions")))
    rounds.look(f"/folders/{shelf.folder_id}", f"/folders/{shelf.folder_id}/change", "/search?q=type:photo")
    rounds.look(*(f"{party.path}{each}" for each in HOST), f"{party.path}/codes/{code['accessorId']}")
    base = rounds.enter(code)
    rounds.look(*(f"{base}/{each}" for each in GUEST), f"{base}/photos/{party.file_ids[0]}", f"{base}/wall")
    expect(rounds.page).to_have_url(re.compile("/wall$"))


@pytest.mark.torture
def test_nothing_is_there_yet(installation: Installation, alice: Caller, rounds: Round) -> None:
    keeper(installation)
    rounds.look(*LIBRARY, *ACCOUNT, *(f"/admin{each}" for each in KEEPER), "/setup", "/offline")
    party = Party.of(installation, alice, photos=0, guestUpload="moderated")
    rounds.look(*(f"{party.path}{each}" for each in HOST))
    base = rounds.enter(party.code("view", "download", "upload", "favorite"))
    rounds.look(*(f"{base}/{each}" for each in GUEST), f"{base}/wall", f"{base}/photos")
    expect(rounds.page.get_by_role("heading", name="No photos yet")).to_be_visible()


@pytest.mark.torture
def test_photos_that_wait_or_cannot_be_shown(installation: Installation, alice: Caller, rounds: Round) -> None:
    party = Party.of(installation, alice, photos=2, guestUpload="moderated")
    code = party.code("view", "download", "upload", "favorite")
    guest = party.enter(code)
    send(guest, make.photo())
    file = party.file_ids[0]
    rounds.look("/library", "/library/pages", f"/library/p/{file}", party.path, f"{party.path}/moderation")
    base = rounds.enter(code)
    rounds.look(f"{base}/photos", f"{base}/mine")
    expect(rounds.page.get_by_text("Nothing yet.")).to_be_visible()


@pytest.mark.torture
def test_those_who_may_only_look_and_those_who_may_not(
    installation: Installation, alice: Caller, studio: Studio
) -> None:
    party = Party.of(installation, alice, photos=2)
    installation.caller("rita").get("/users/me")
    alice.post(f"{party.shelf.library}/users", json={"userId": "rita", "role": "reader"})
    installation.work_off()
    studio.name = "rita"
    reader = Round(studio, studio.window(**PHONE, reduced_motion="reduce"))
    file = f"/library/p/{party.file_ids[0]}"
    reader.look(file, f"{file}/edit", f"{file}/versions", party.path, f"{party.path}/codes", f"{party.path}/settings")
    reader.look("/folders", "/albums", "/trash", "/library/p/none", "/albums/none", "/events/none", "/e/none/none")
    nobody = studio.browser.new_context(base_url=studio.address, **PHONE, reduced_motion="reduce").new_page()
    studio.contexts.append(nobody.context)
    stranger = Round(studio, nobody)
    stranger.look("/", "/login", "/forgot", "/login?next=/upload", "/sign-in/used", "/reset/used", "/invite/used")
    stranger.look(f"/e/{party.event()['publicUrl']}", "/nothing-here", "/departed/none", "/v/none", "/s/none")
    for number in range(11):
        nobody.goto("/")
        nobody.get_by_label("Code").fill(f"zzzz-zz{number:02}")
        nobody.get_by_role("button", name="See the photos").click()
        nobody.get_by_role("alert").wait_for()
    reach.check(nobody)
    nobody.goto("/login")
    nobody.get_by_label("E-mail").fill("nobody@example.org")
    nobody.get_by_label("Password").fill("wrong")
    nobody.get_by_role("button", name="Sign in", exact=True).click()
    nobody.get_by_role("alert").wait_for()
    reach.check(nobody)


@pytest.mark.torture
def test_forms_that_were_filled_in_wrongly(installation: Installation, alice: Caller, rounds: Round) -> None:
    party = Party.of(installation, alice, photos=1)
    installation.work_off()
    page = rounds.page
    for path, button in (
        ("/events/new", "Make event"),
        (f"{party.path}/codes/new", "Make code"),
        ("/albums/new?q=type:photo", "Make album"),
        ("/settings/delete", "Delete account"),
    ):
        page.goto(path)
        page.locator("main form").evaluate_all("all => all.forEach(each => each.noValidate = true)")
        page.get_by_role("button", name=button).click()
        page.wait_for_load_state()
        reach.check(page)
    rounds.look("/search?q=(sea", "/search?q=rating:>=x", "/map?bbox=1,2", "/library?to=never")


@pytest.mark.torture
def test_a_line_that_breaks(installation: Installation, alice: Caller, rounds: Round) -> None:
    party = Party.of(installation, alice, photos=2)
    installation.work_off()
    rounds.studio.watch.allow("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "503")
    page = rounds.page
    page.route("**/v1/libraries/**", lambda route: route.fulfill(status=503))
    page.route("**/media/**", lambda route: route.abort())
    for path in ("/library", f"/albums/{party.event()['albumId']}", f"/library/p/{party.file_ids[0]}"):
        page.goto(path)
        reach.check(page)
    page.unroute("**/*")
    page.goto("/upload")
    page.context.set_offline(True)
    studios.drop(page, studios.photos(1))
    expect(page.get_by_text("There is no connection")).to_be_visible()
    reach.check(page)
