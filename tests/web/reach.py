"""Whether a page shuts anybody out."""

from typing import Final

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Page, expect

_ALL: Final = {"resultTypes": ["violations"]}
_COLOURS: Final = {**_ALL, "runOnly": ["color-contrast"]}


def check(page: Page) -> None:
    """Nothing that readers of screens miss, light or dark; one heading; nothing wider than the window.

    The window's own motion should be reduced from the start: what is moving when that changes is cut off.
    """
    for scheme, rules in (("light", _ALL), ("dark", _COLOURS)):  # all else is the same by night
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of its words
        found = Axe().run(page, options=rules).response["violations"]
        grave = [f"{each['id']}: {each['help']}" for each in found if each["impact"] in ("serious", "critical")]
        assert grave == [], f"{page.url}, {scheme}: {grave}"
    expect(page.locator("h1")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
