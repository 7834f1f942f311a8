"""The clock for cameras, in a real browser: the code changes each second, and goes when it would be old."""

import io
import re
from typing import Any

import numpy as np
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, StorageState, expect
from tests.installation import wait_until
from tests.web.conftest import Visit


def shown(page: Page) -> list[str]:
    """What a camera would read from the screen."""
    grey = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L"))
    return [code.text for code in zxingcpp.read_barcodes(grey) if re.fullmatch("albumen:clock:[0-9]+:.+", code.text)]


def open_clock(page: Page) -> None:
    """Make an event, and open its clock."""
    page.goto("/library")
    csrf = page.locator('meta[name="csrf"]').get_attribute("content") or ""
    made: Any = page.request.post("/v1/events", data={"eventName": "Party"}, headers={"X-CSRF-Token": csrf})
    assert made.ok, made.text()
    page.goto(f"/events/{made.json()['eventId']}/clock")


def test_the_code_on_the_screen_is_the_time(visit: Visit, keeper: StorageState) -> None:
    page = visit(storage_state=keeper).page
    open_clock(page)
    expect(page.get_by_role("heading", name="Party")).to_be_visible()
    wait_until(lambda: shown(page), "a code")
    [first] = shown(page)
    wait_until(lambda: shown(page) not in ([], [first]), "another code")


def test_an_old_code_is_taken_away(visit: Visit, keeper: StorageState) -> None:
    visitor = visit(storage_state=keeper)
    page = visitor.page
    open_clock(page)
    wait_until(lambda: shown(page), "a code")
    page.route("**/clock.svg*", lambda route: route.fulfill(status=200, body=""))
    expect(page.get_by_role("alert")).to_be_visible()
    assert shown(page) == []
    page.unroute("**/clock.svg*")
    expect(page.get_by_role("alert")).to_be_hidden()
    wait_until(lambda: shown(page), "a code again")


def test_those_who_are_not_signed_in_are_asked_to(visit: Visit) -> None:
    page = visit().page
    page.goto("/events/1/clock")
    expect(page).to_have_url(re.compile("/login"))
