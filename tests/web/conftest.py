"""One server and one browser for all tests of the pages."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, StorageState, expect, sync_playwright
from tests.installation import Caller, Installation, Shelf
from tests.web import studio as studios
from tests.web.desk import Desk
from tests.web.live import CHROMIUM, EMAIL, PASSWORD, Live, Visitor, jpeg, started
from tests.web.studio import Studio

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def browser(program: Callable[..., str]) -> Iterator[Browser]:
    """The Chromium of this machine."""
    found = program("chromium", "chromium-browser", "google-chrome")
    expect.set_options(timeout=30_000)  # a busy machine may be slow, and is no failure
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server on its first start."""
    with started(tmp_path_factory.mktemp("live")) as live:
        yield live


@pytest.fixture(scope="session")
def keeper(browser: Browser, live: Live) -> StorageState:
    """The session of the first keeper, who followed the link and chose an e-mail and a password."""
    visitor = Visitor(browser, live)
    page = visitor.page
    page.goto(live.sign_in)
    page.reload()  # looking does not use the link up
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{live.address}/setup")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ready")
    visitor.watch.check()
    state = visitor.context.storage_state()
    visitor.context.close()
    return state


@pytest.fixture
def visit(browser: Browser, live: Live) -> Iterator[Visit]:
    """Opens windows; at the end each must be clean, unless its test says that something was meant to fail."""
    opened: list[Visitor] = []

    def open_window(**options: Any) -> Visitor:
        opened.append(Visitor(browser, live, **options))
        return opened[-1]

    yield open_window
    for visitor in opened:
        visitor.context.close()
    for visitor in opened:
        visitor.watch.check()


@pytest.fixture
def shelf(alice: Caller) -> Shelf:
    """A library of Alice's."""
    return alice.library()


@pytest.fixture
def lone(installation: Installation, shelf: Shelf, browser: Browser) -> Iterator[Studio]:
    """Alice's library of one photo, at a real browser."""
    shelf.add(jpeg(datetime(2018, 11, 22, 12)), "one.jpg")
    installation.work_off()
    with studios.opened(browser, installation) as studio:
        yield studio


@pytest.fixture
def desk(installation: Installation, shelf: Shelf) -> Iterator[Desk]:
    """Alice, who has a library, signed in without JavaScript."""
    with closing(Desk(installation, "alice")) as desk:
        yield desk
