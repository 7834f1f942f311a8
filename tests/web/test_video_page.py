"""The page of a film plays it, and the page of a moving photo moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests import films, make
from tests.assets.live_photos import motion_photo
from tests.http.served import served
from tests.installation import Installation
from tests.web import reach
from tests.web.live import EMAIL, Live, Visitor

from albumen import server
from albumen.accounts import keys, sessions, users
from albumen.kernel.actor import SYSTEM
from albumen.media.guard import Guard


@dataclass
class House:
    """A server with one user, her key and her browser."""

    installation: Installation
    browser: Browser
    address: str
    key: str
    token: str
    visitors: list[Visitor]

    def add(self, body: bytes, name: str) -> str:
        """Upload a file; the path of its page."""
        headers = {"Authorization": f"ApiKey {self.key}"}
        answer = self.installation.client.post("/upload/", files={"file": (name, body)}, headers=headers)
        assert answer.is_success, answer.text
        return f"/library/p/{answer.json()['fileId']}"

    def open(self, path: str, **options: Any) -> Page:
        """A page in a window of her own."""
        visitor = Visitor(self.browser, Live(self.address, ""), **options)
        self.visitors.append(visitor)
        visitor.context.add_cookies([{"name": "albumen", "value": self.token, "url": self.address}])
        visitor.page.goto(path)
        return visitor.page


@pytest.fixture
def media() -> dict[str, Any]:
    """Settings of decoders that a test may choose."""
    return {}


@pytest.fixture
def house(browser: Browser, tmp_path: Path, guard: Guard, media: dict[str, Any]) -> Iterator[House]:
    installation = Installation.at(tmp_path / "data", guard, media=media)
    with installation.app.writing(SYSTEM) as unit:
        user = users.add(unit, EMAIL)
        token = sessions.start(unit, user, days=1)
        key = keys.create(unit, user, label="test", scopes=["write", "read"])[1]
    with served(server.serve(installation.app)) as port:
        made = House(installation, browser, f"http://localhost:{port}", key, token, [])
        yield made
        for visitor in made.visitors:
            visitor.context.close()
    installation.close()
    for visitor in made.visitors:
        visitor.watch.check()


PLAYS = "async film => { film.muted = true; await film.play(); while (film.currentTime < 0.2)"
PLAYS += " await new Promise(go => setTimeout(go, 20)); return [film.videoWidth, film.videoHeight]; }"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_converted_film_plays(house: House, tmp_path: Path, scripts: bool) -> None:
    path = house.add(films.film(films.named("turned-90.mov"), tmp_path).read_bytes(), "clip.mov")
    house.installation.work_off()
    page = house.open(path, java_script_enabled=scripts)
    film = page.locator("video")
    expect(film).to_be_visible()
    for name in ("controls", "playsinline", "poster"):
        assert film.get_attribute(name) is not None
    assert film.get_attribute("preload") == "metadata"
    if scripts:
        assert film.evaluate(PLAYS) == [180, 320]
        box = film.bounding_box()
        assert box
        assert box["width"] / box["height"] == pytest.approx(180 / 320, rel=0.03)


@pytest.mark.parametrize("media", [{"hls_bytes": 1000}])
def test_a_large_film_is_streamed(house: House, tmp_path: Path) -> None:
    path = house.add(films.film(films.named("plain.mp4"), tmp_path).read_bytes(), "clip.mp4")
    house.installation.work_off()
    page = house.open(path)
    sources = page.locator("video source").evaluate_all("all => all.map(each => each.type)")
    assert sources == ["application/vnd.apple.mpegurl", ""]
    film = page.locator("video")
    assert film.evaluate(PLAYS) == [320, 180]


def test_while_a_film_is_being_prepared_its_page_says_so(house: House, tmp_path: Path) -> None:
    path = house.add(films.film(films.named("divx.avi"), tmp_path).read_bytes(), "clip.avi")
    page = house.open(path)
    expect(page.get_by_text("Being prepared", exact=True)).to_be_visible()
    expect(page.get_by_text("The video is being prepared.")).to_be_visible()
    expect(page.locator("video")).to_have_count(0)
    expect(page.get_by_role("link", name="Download")).to_be_visible()
    house.installation.work_off()
    expect(page.locator("video"), "the page looks again by itself").to_be_visible(timeout=60_000)
    expect(page.get_by_text("being prepared")).to_have_count(0)


def test_a_film_that_cannot_be_converted_says_why(house: House) -> None:
    whole = make.film(kind="avi")
    start = whole.index(b"movi") + 4
    path = house.add(whole[:start] + bytes(len(whole) - start), "clip.avi")
    house.installation.work_off()
    page = house.open(path)
    expect(page.get_by_text("The original is kept and can be downloaded.")).to_be_visible()
    expect(page.locator("video")).to_have_count(0)


@pytest.fixture
def moving(house: House) -> str:
    """The path of the page of a motion photo."""
    path = house.add(motion_photo()[0], "PXL_1.MP.jpg")
    house.installation.work_off()
    return path


def test_a_moving_photo_moves_when_asked(house: House, moving: str) -> None:
    page = house.open(moving)
    button, film = page.get_by_role("button", name="Play motion"), page.locator(".moving video")
    expect(film).to_have_count(0)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(film).to_be_visible()
    assert film.evaluate("film => film.videoWidth") > 0
    button.click()
    expect(film).to_have_count(0)
    page.mouse.move(0, 0)
    button.hover()
    expect(film).to_be_visible()
    page.mouse.move(0, 0)
    expect(film).to_have_count(0)
    button.focus()
    page.keyboard.press("Space")
    expect(film).to_be_visible()


def test_without_scripts_the_moving_part_is_a_link(house: House, moving: str) -> None:
    link = house.open(moving, java_script_enabled=False).get_by_role("link", name="Play motion")
    address = link.get_attribute("href")
    assert address
    answer = house.installation.client.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")


def test_these_pages_are_accessible_and_fit_a_phone(house: House, moving: str, tmp_path: Path) -> None:
    film = house.add(films.film(films.named("plain.mp4"), tmp_path).read_bytes(), "clip.mp4")
    house.installation.work_off()
    for path in (moving, film):
        page = house.open(path, viewport={"width": 320, "height": 640}, reduced_motion="reduce")
        reach.check(page)
