"""What the first visit to a page costs in bytes: a budget that every new module and style sheet has to keep."""

import re

import brotli
from tests import make
from tests.events.party import Party
from tests.installation import Caller, Installation
from tests.web.test_guest_pages import ALL, Phone
from tests.web.test_pages import PASSWORD, Browser, upload

from albumen.accounts import users
from albumen.kernel.actor import SYSTEM
from albumen.web.statics import PREFIX, statics

_FETCHED = re.compile(r'<(?:script|link)\b[^>]*?(?:src|href)="(/static/[^"]+\.(?:js|css))"')
_FOR_READERS = re.compile(rb"^[ \t]*(?://|/\*[^\n]*\*/\n)", re.MULTILINE)


def weights(html: str) -> dict[str, int]:
    """The bytes of a page and of all modules and style sheets that it fetches by itself, as browsers take them."""
    found = {"page": len(brotli.compress(html.encode(), quality=5))}
    for address in dict.fromkeys(_FETCHED.findall(html)):
        found[address] = len(statics().files[address.removeprefix(PREFIX)].brotlied)
    return found


def check(html: str, budget: int) -> None:
    """Fails where a page is heavier than its budget, and says by what."""
    found = weights(html)
    told = "\n".join(f"{weight:6} {name}" for name, weight in sorted(found.items(), key=lambda each: -each[1]))
    assert sum(found.values()) <= budget, f"{sum(found.values())} bytes, and {budget} are allowed:\n{told}"


def test_the_timeline_weighs_no_more_than_35_kb(installation: Installation) -> None:
    with installation.app.writing(SYSTEM) as unit:
        users.add(unit, "ada@example.org", name="Ada", password=PASSWORD)
    with Browser(installation) as browser:
        browser.sign_in("ada@example.org")
        upload(browser, make.photo())
        page = browser.get("/library")
    assert "<photo-timeline" in page.text
    check(page.text, 35_000)


def test_what_guests_fetch(installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice)
    code = party.code(*ALL)["accessCode"]
    installation.work_off()
    with Phone(installation) as phone:
        check(phone.get("/").text, 18_000)
        check(phone.get("/e/alice/anna_ben").text, 18_000)
        phone.enter(code)
        page = phone.get("/e/alice/anna_ben/photos")
        assert "data-tiles" in page.text
        check(page.text, 35_000)


def test_modules_and_styles_are_sent_without_their_comments() -> None:
    """A comment on its own line says something to who reads the repository only."""
    for address, file in statics().files.items():
        if address.startswith(("js/", "css/")):
            assert not _FOR_READERS.search(file.plain), address
