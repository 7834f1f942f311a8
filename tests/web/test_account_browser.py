"""What takes a real browser: passkeys on a device, a second factor, and a job that is seen to fail and tried again."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.accounts.test_second_factor import bare
from tests.web.live import EMAIL, PASSWORD, Live, Visitor, started

from albumen.accounts import totp
from albumen.kernel import ids
from albumen.kernel.clock import system_clock


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def house(folder: Path) -> Iterator[Live]:
    """A server of its own: accounts are changed here."""
    with started(folder) as live:
        yield live


@pytest.fixture
def keeper(browser: Browser, house: Live) -> Iterator[Visitor]:
    """The first keeper, with a device that keeps passkeys."""
    visitor = Visitor(browser, house)
    page = visitor.page
    device = visitor.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    told = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    told |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": told})
    yield visitor
    visitor.context.close()
    visitor.watch.check()


def come_in(page: Page, house: Live) -> None:
    page.goto(house.sign_in)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(f"{house.address}/setup")


def add_passkey(page: Page) -> None:
    page.goto("/settings/security")
    adding = page.locator("form[data-passkey]")
    adding.get_by_label("Name of the passkey").fill("Laptop")
    adding.get_by_label("Current password").fill("wrong")
    adding.get_by_role("button").click()
    expect(adding.get_by_role("alert")).to_have_text("This is not the password.")
    adding.get_by_label("Current password").fill(PASSWORD)
    adding.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("The passkey is ready.")
    expect(page.locator(".rows")).to_contain_text("Laptop")


def turn_on_factor(page: Page) -> str:
    """A recovery code."""
    page.get_by_role("link", name="Set up").click()
    page.get_by_text("It cannot be scanned").click()
    secret = bare((page.locator("details code").text_content() or "").replace(" ", ""))
    page.get_by_label("Code", exact=True).fill(totp.code_at(secret, totp.step_of(system_clock())))
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    return page.locator(".codes li").first.text_content() or ""


def sign_in_by_code(page: Page, recovery: str) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/login/2fa"))
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    page.get_by_label("Code", exact=True).fill(recovery)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/library"))


def sign_in_by_passkey(page: Page) -> None:
    """It asks the device for its owner, and for nothing else; once removed it opens nothing."""
    page.goto("/settings/profile")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/library"))
    page.goto("/settings/security")
    expect(page.locator(".rows")).to_contain_text("last used")
    page.get_by_role("button", name="Remove Laptop").click()
    expect(page.get_by_role("status")).to_have_text("The passkey was removed.")


def fail_a_job(folder: Path) -> None:
    """Leave a row as a worker does that has given up; the letter's event is gone, so that another try ends well."""
    with closing(sqlite3.connect(folder / "data" / "albumen.db", timeout=30)) as database:
        told = ("letter", ids.encode(1), "{}", 2, "failed", 0, 3, 0, False, False, "The mail server is away.", 1)
        names = "kind, subject, args, priority, state, run_after, attempts, progress, cancel_requested, again, error"
        database.execute(f"INSERT INTO jobs ({names}, created_at) VALUES ({', '.join('?' * 12)})", told)
        database.commit()


def see_a_job_fail(page: Page, folder: Path) -> None:
    page.goto("/admin/jobs?state=failed")
    expect(page.locator(".jobs")).to_contain_text("There is none.")
    fail_a_job(folder)
    expect(page.locator(".jobs")).to_contain_text("The mail server is away.")
    page.goto("/admin/health")
    expect(page.locator(".checks")).to_contain_text("1 failed.")
    page.get_by_role("link", name="Go there").first.click()
    page.get_by_role("button", name="Retry: Send letters of events").click()
    expect(page.get_by_role("status").first).to_have_text("It is tried again.")
    expect(page.locator("#jobs")).to_contain_text("0 jobs are to be done.")


def test_a_keeper_guards_the_account_and_sees_a_job_fail(keeper: Visitor, house: Live, folder: Path) -> None:
    page = keeper.page
    come_in(page, house)
    add_passkey(page)
    recovery = turn_on_factor(page)
    sign_in_by_code(page, recovery)
    sign_in_by_passkey(page)
    see_a_job_fail(page, folder)
    expect(page.locator(".jobs")).to_contain_text("There is none.")
    keeper.watch.allow("401", "403")
