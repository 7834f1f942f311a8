"""The first start: what is asked, what is refused, and how few clicks lead from it to a guest with all photos."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests import make
from tests.http import served
from tests.installation import Installation
from tests.web import reach
from tests.web.test_pages import PASSWORD, Browser
from tests.web.watch import Watch

from albumen import server, worker
from albumen.accounts import first, sessions, users
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Unavailable
from albumen.libraries.models import Library
from albumen.mail import Letter, MemoryMail

TOLD: dict[str, Any] = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD, "again": PASSWORD}
PLACE: dict[str, Any] = {"library": "Weddings", "zone": "Europe/Lisbon"}
MOST_CLICKS = 12


@pytest.fixture
def keeper(installation: Installation) -> Iterator[Browser]:
    """A browser in which the link of the first start was followed."""
    with Browser(installation) as browser:
        assert "Sign in once with" in browser.get("/setup").text
        token = first.sign_in_token(installation.app)
        assert browser.submit(f"/sign-in/{token}", csrf=False).headers["location"] == "/setup"
        yield browser


def library(installation: Installation) -> tuple[str, str]:
    """The name and the time zone of the only library."""
    with installation.app.reading(SYSTEM) as unit:
        row = unit.db.scalars(select(Library)).one()
        return row.name, row.time_zone


def test_setting_up_asks_once_and_makes_the_library(keeper: Browser, installation: Installation) -> None:
    assert keeper.get("/welcome").headers["location"] == "/setup"
    assert 'autocomplete="new-password"' in keeper.get("/setup").text
    for fields, said in (
        ({"email": "none"}, "This is not an e-mail address."),
        ({"again": "other"}, "The two passwords differ."),
        ({"library": " "}, "A name has 1 to 255 characters and no slash."),
        ({"zone": "Europe/Atlantis"}, "Choose a time zone."),
    ):
        answer = keeper.submit("/setup", **{**TOLD, **PLACE, **fields})
        assert answer.status_code == 422
        assert said in answer.text
        assert installation.rows(Library) == 0
    assert keeper.submit("/setup", **TOLD, **PLACE).headers["location"] == "/setup"
    assert library(installation) == ("Weddings", "Europe/Lisbon")
    assert first.sign_in_token(installation.app) is None
    page = keeper.get("/setup").text
    assert str(installation.app.settings.store_folder) in page
    assert keeper.submit("/setup", **{**TOLD, "email": "eve@example.org"}, **PLACE).headers["location"] == "/setup"
    assert keeper.submit("/setup/library", library="Home", zone="UTC").headers["location"] == "/setup?done=saved"
    assert keeper.submit("/setup/library", library="a/b", zone="UTC").status_code == 422
    assert library(installation) == ("Home", "UTC")


def test_only_keepers_set_up(keeper: Browser, installation: Installation) -> None:
    keeper.submit("/setup", **TOLD, **PLACE)
    with Browser(installation) as other:
        assert other.get("/setup").headers["location"] == "/login?next=%2Fsetup"
        with installation.app.writing(SYSTEM) as unit:
            token = sessions.make_link(unit, users.add(unit, "bob@example.org"), hours=1)
        assert other.submit(f"/sign-in/{token}").headers["location"] == "/welcome"
        answers = [
            other.get("/setup"),
            *(other.submit(f"/setup{each}", **PLACE) for each in ("", "/library", "/letter")),
        ]
        assert [each.status_code for each in answers] == [403] * 4


class NoMail:
    """A mail server that does not answer."""

    def send(self, _letter: Letter) -> None:
        """Raises Unavailable."""
        raise Unavailable("The mail server does not answer.")


def test_a_letter_is_tried(keeper: Browser, installation: Installation) -> None:
    keeper.submit("/setup", **TOLD, **PLACE)
    mail = MemoryMail()
    for chosen, said in ((mail, "The letter is on its way."), (NoMail(), "The mail server does not answer.")):
        house = Installation(replace(installation.app, mail=chosen), installation.clock)
        with Browser(house) as browser:
            browser.cookies = keeper.cookies
            answer = browser.submit("/setup/letter")
            assert said in (answer if answer.status_code == 422 else browser.get(answer.headers["location"])).text
    [letter] = mail.letters
    assert letter.to == "ada@example.org"


def test_few_clicks_lead_from_the_first_start_to_a_guest_with_all_photos(
    installation: Installation, browser: Chromium, tmp_path: Path
) -> None:
    clicks = walk(installation, browser, tmp_path, photos=12)
    assert len(clicks) <= MOST_CLICKS, clicks


@pytest.mark.torture
def test_two_hundred_photos_take_no_more_clicks(installation: Installation, browser: Chromium, tmp_path: Path) -> None:
    clicks = walk(installation, browser, tmp_path, photos=200)
    assert len(clicks) <= MOST_CLICKS, clicks


def walk(installation: Installation, browser: Chromium, folder: Path, *, photos: int) -> list[str]:
    """From the link that was printed to a ZIP in a guest's hands; what was clicked on the way."""
    files = {f"IMG_{number:04}.jpg": make.photo(size=(16, 12)) for number in range(photos)}
    for name, body in files.items():
        (folder / name).write_bytes(body)
    clicks: list[str] = []
    with ExitStack() as stack:
        crew = worker.crew(installation.app)
        crew.start()
        stack.callback(crew.stop)
        port = stack.enter_context(served.served(server.serve(installation.app)))
        watch = Watch()

        def note(told: str) -> None:
            clicks.append(told)

        def window() -> Page:
            told: dict[str, Any] = {"service_workers": "block", "reduced_motion": "reduce"}
            context = browser.new_context(base_url=f"http://127.0.0.1:{port}", **told)
            stack.callback(context.close)
            context.expose_function("clicked", note)
            context.add_init_script(_COUNT)
            page = context.new_page()
            watch.over(page)
            return page

        token = first.sign_in_token(installation.app)
        codes = host(window(), f"/sign-in/{token}", [folder / name for name in files])
        got = guest(window(), codes[1])
        watch.check()
    with zipfile.ZipFile(io.BytesIO(got)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
    return clicks


_COUNT = "addEventListener('pointerdown', event => clicked(event.target.textContent.trim()), true)"


def host(page: Page, link: str, files: list[Path]) -> list[str]:
    """Set up, make an event, upload, make two codes; these."""
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    reach.check(page)
    for name, text in (("Your name", "Ada"), ("E-mail", "ada@example.org"), ("Password again", PASSWORD)):
        page.get_by_label(name).fill(text)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ready")
    reach.check(page)
    page.get_by_role("link", name="Make an event").click()
    page.get_by_label("Name").first.fill("Anna & Ben")
    page.get_by_role("button", name="Make event").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Choose photos and videos").click()
    chooser.value.set_files(files)
    expect(page.locator("upload-queue h2")).to_have_text(f"{len(files)} photos are in the event", timeout=400_000)
    page.get_by_role("link", name="Make a code").click()
    return [code(page, "Family"), code(page, "Everybody", is_next=True)]


def code(page: Page, label: str, *, is_next: bool = False) -> str:
    """Make a code; how it reads."""
    if is_next:
        page.get_by_role("link", name="Another code").click()
    page.get_by_label("Whose is it?").fill(label)
    page.get_by_role("button", name="Make code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(label)
    return page.locator(".big-code").inner_text()


def guest(page: Page, code: str) -> bytes:
    """Come in by a code that was written down, and download all."""
    page.goto("/")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="See the photos").click()
    page.get_by_role("link", name=re.compile("^Download")).first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    return download.value.path().read_bytes()
