"""The bar over an open photo, where there is little room."""

from datetime import datetime

import pytest
from playwright.sync_api import Browser, expect
from tests.installation import Caller, Installation
from tests.web import studio as studios
from tests.web.live import jpeg


@pytest.mark.parametrize("width", [360, 390])
def test_the_day_of_a_photo_is_told_in_full_on_a_phone(
    installation: Installation, alice: Caller, browser: Browser, width: int
) -> None:
    alice.library().add(jpeg(datetime(2018, 11, 22, 12)), "one.jpg")
    installation.work_off()
    with studios.opened(browser, installation) as studio:
        page = studio.window(viewport={"width": width, "height": 800}, has_touch=True, is_mobile=True)
        page.goto("/library")
        page.locator(".cell a").first.tap()
        day = page.locator(".pswp__date")
        expect(day).to_have_text("22 Nov 2018")
        expect(page.locator(".pswp").get_by_role("button", name="Delete")).to_be_visible()
        assert day.evaluate("each => each.scrollWidth <= each.clientWidth")
