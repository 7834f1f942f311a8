"""What is said for a moment, and where it stands."""

import pytest
from playwright.sync_api import expect
from tests.web.studio import Studio


@pytest.mark.parametrize("width", [390, 700, 1280])
def test_what_is_said_leaves_the_bar_of_chosen_photos_free(lone: Studio, width: int) -> None:
    page = lone.window(viewport={"width": width, "height": 800})
    page.goto("/library")
    cell = page.locator(".cell a").first
    expect(cell).to_be_visible()
    page.evaluate("import('app/toast').then(({ toast }) => toast('Said.', { action: 'Undo', run() {} }))")
    cell.focus()
    page.keyboard.press("x")
    bar, said = page.locator(".select-bar"), page.locator(".toast")
    expect(bar).to_be_visible()
    expect(said).to_be_visible()
    above, below = said.bounding_box(), bar.bounding_box()
    assert above and below
    assert above["y"] + above["height"] <= below["y"]
