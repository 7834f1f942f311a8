"""The bar over an open photo, where there is little room."""

import pytest
from playwright.sync_api import expect
from tests.web.studio import Studio


@pytest.mark.parametrize("width", [360, 390])
def test_the_day_of_a_photo_is_told_in_full_on_a_phone(lone: Studio, width: int) -> None:
    page = lone.window(viewport={"width": width, "height": 800}, has_touch=True, is_mobile=True)
    page.goto("/library")
    page.locator(".cell a").first.tap()
    day = page.locator(".pswp__date")
    expect(day).to_have_text("22 Nov 2018")
    expect(page.locator(".pswp").get_by_role("button", name="Delete")).to_be_visible()
    assert day.evaluate("each => each.scrollWidth <= each.clientWidth")
