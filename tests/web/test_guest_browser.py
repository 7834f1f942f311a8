"""Guests in a real browser: by a card's link, on a phone, with hearts, a lightbox, a download, photos to add."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect
from tests import make
from tests.events.party import Party
from tests.http import served
from tests.installation import Caller, Installation
from tests.web import reach
from tests.web.watch import Watch

from albumen import server, worker

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
ALL = ("view", "download", "upload", "favorite")


@dataclass
class Hall:
    """An event that is served, and the windows that look at it."""

    browser: Browser
    party: Party
    address: str
    contexts: list[BrowserContext] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)

    def window(self, **options: object) -> Page:
        """Another phone."""
        context = self.browser.new_context(base_url=self.address, **{**PHONE, **options})  # type: ignore[arg-type]  # passed on
        context.set_default_timeout(30_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", self._note)
        self.watch.over(page)
        return page

    def _note(self, request: Request) -> None:
        self.asked.append(request)

    def enter(self, page: Page, code: dict[str, str]) -> str:
        """Follow the link of a card; the token that it brought."""
        path, _, token = code["qrUrl"].partition("/e/")[2].partition("#")
        page.goto(f"/e/{path}#{token}")
        expect(page).to_have_url(f"{self.address}/e/{path}/photos")
        return token


@pytest.fixture
def hall(installation: Installation, alice: Caller, browser: Browser) -> Iterator[Hall]:
    party = Party.of(installation, alice, guestUpload="moderated", secondsToLive=3 * 86_400)
    crew = worker.crew(installation.app)
    crew.start()
    installation.work_off()
    with served.served(server.serve(installation.app)) as port:
        made = Hall(browser, party, f"http://127.0.0.1:{port}")
        yield made
        for context in made.contexts:
            context.close()
    crew.stop()
    made.watch.check()


def test_the_link_of_a_card_opens_the_gallery_and_its_token_goes_nowhere_else(
    hall: Hall, capfd: pytest.CaptureFixture[str]
) -> None:
    page = hall.window()
    token = hall.enter(page, hall.party.code(*ALL))
    expect(page.locator("[data-tiles] img")).to_have_count(4)
    for request in hall.asked:
        assert token not in request.url
        assert token not in request.headers.get("referer", "")
    told = capfd.readouterr()
    assert token not in told.out + told.err
    assert "#" not in page.url


def test_a_photo_opens_large_and_back_leads_to_the_same_place(hall: Hall) -> None:
    page = hall.window()
    hall.enter(page, hall.party.code(*ALL))
    page.locator("[data-tiles] a").nth(3).scroll_into_view_if_needed()
    before = page.evaluate("() => scrollY")
    page.locator("[data-tiles] a").nth(3).tap()
    expect(page.locator(".pswp--open")).to_be_visible()
    expect(page.locator(".pswp__img:visible").first).to_be_visible()
    page.go_back()
    expect(page.locator(".pswp--open")).to_have_count(0)
    assert abs(page.evaluate("() => scrollY") - before) < 5
    views = hall.party.host.get(f"{hall.party.path}/activity").json()["total"]["views"]
    assert views == 1


def test_an_open_photo_has_its_address_its_heart_and_a_download(hall: Hall) -> None:
    page = hall.window()
    hall.enter(page, hall.party.code(*ALL))
    gallery, photos = page.url, [f"{page.url}/{each}" for each in hall.party.file_ids]
    page.locator("[data-tiles] a").nth(1).tap()
    expect(page).to_have_url(photos[1])
    expect(page.locator(".pswp__item:visible")).to_have_count(3)  # it listens to keys from here on
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(photos[2])
    heart = page.locator(".pswp").get_by_role("button", name="Favourite")
    expect(heart).to_have_attribute("aria-pressed", "false")
    with page.expect_response("**/v1/access/favorites/*"):
        heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    with page.expect_response("**/v1/access/favorites/*"):
        page.keyboard.press("f")
    expect(heart).to_have_attribute("aria-pressed", "false")
    with page.expect_download() as saved:
        page.locator(".pswp").get_by_role("button", name="Download").click()
    assert saved.value.suggested_filename == "IMG_3.jpg"
    page.keyboard.press("Escape")
    expect(page).to_have_url(gallery)
    page.go_forward()
    expect(page.locator(".pswp--open")).to_be_visible()
    expect(page).to_have_url(photos[2])
    page.reload()
    expect(page.locator(".one img")).to_be_visible()
    page.go_back()
    expect(page.locator("[data-tiles] img")).to_have_count(4)


def test_what_a_code_does_not_allow_is_not_over_an_open_photo(hall: Hall) -> None:
    page = hall.window()
    hall.enter(page, hall.party.code("view"))
    expect(page.get_by_role("link", name="Choose")).to_have_count(0)
    page.locator("[data-tiles] a").first.tap()
    expect(page.locator(".pswp--open")).to_be_visible()
    expect(page.locator(".pswp").get_by_role("button", name="Close")).to_be_visible()
    assert page.locator(".pswp__button--heart, .pswp__button--save").count() == 0


def test_chosen_photos_are_downloaded(hall: Hall, tmp_path: Path) -> None:
    page = hall.window()
    hall.enter(page, hall.party.code(*ALL))
    page.get_by_role("link", name="Choose").tap()
    boxes = page.locator("[data-tiles] .pick")
    expect(page.get_by_role("button", name="Download")).to_be_disabled()
    for number in (0, 1, 2, 3, 1):
        boxes.nth(number).tap()
    expect(page.get_by_role("status")).to_have_text("3 chosen")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").tap()
    download.value.save_as(tmp_path / "some.zip")
    with zipfile.ZipFile(tmp_path / "some.zip") as archive:
        assert sorted(archive.namelist()) == [f"IMG_{number}.jpg" for number in (1, 3, 4)]
    page.get_by_role("link", name="Done").tap()
    expect(boxes).to_have_count(0)
    expect(page.get_by_role("link", name="Favourites")).to_be_visible()


def test_who_ends_choosing_stays_where_they_are(hall: Hall) -> None:
    page = hall.window(viewport={"width": 390, "height": 300})
    hall.enter(page, hall.party.code(*ALL))
    choose, boxes = page.get_by_role("link", name="Choose"), page.locator("[data-tiles] .pick")
    for key, pressed_on in (("Escape", boxes.last), ("Enter", page.get_by_role("link", name="Done"))):
        choose.press("Enter")
        boxes.last.check()
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        before = page.evaluate("scrollY")
        assert before > 100
        pressed_on.press(key)
        expect(boxes).to_have_count(0)
        expect(choose).to_be_focused()
        assert abs(page.evaluate("scrollY") - before) < 100


def test_a_film_goes_on_when_its_link_has_ended(hall: Hall) -> None:
    party = hall.party
    film = party.shelf.add(make.film(codec="libx264", size=(400, 300), frames=40), "cake.mp4")["fileId"]
    added = party.host.post(f"{party.shelf.library}/albums/{party.event()['albumId']}/files", json={"fileIds": [film]})
    assert added.status_code == 200, added.text
    party.installation.work_off()
    party.look()
    page = hall.window()
    hall.enter(page, party.code(*ALL))
    link, playing = page.locator(f'[data-tiles] a[data-id="{film}"]'), page.locator("video")
    ended = link.get_attribute("data-film")
    party.installation.clock.advance(hours=2)
    hall.watch.allow("410")
    link.tap()
    page.wait_for_function("() => document.querySelector('video')?.readyState > 1")
    box = playing.bounding_box()
    assert box and box["width"] == pytest.approx(390, abs=1)
    page.reload()  # now it has a page of its own
    page.wait_for_function("() => document.querySelector('video')?.readyState > 1")
    with page.expect_response("**/v1/access/files/*"):
        playing.evaluate("(film, ended) => { film.src = ended; film.currentTime = 1 }", ended)
    page.wait_for_function("() => document.querySelector('video').readyState > 1")
    assert playing.evaluate("film => film.currentTime") == pytest.approx(1, abs=0.1)


def test_a_heart_outlives_a_reload(hall: Hall) -> None:
    page = hall.window()
    hall.enter(page, hall.party.code(*ALL))
    heart = page.get_by_role("button", name="Favourite").nth(1)
    with page.expect_response("**/v1/access/favorites/*"):
        heart.tap()
    page.reload()
    expect(page.get_by_role("button", name="Favourite").nth(1)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Favourites").tap()
    expect(page.locator("[data-tiles] > li")).to_have_count(1)


def test_all_is_downloaded_as_it_was_taken(hall: Hall, tmp_path: Path) -> None:
    page = hall.window()
    hall.enter(page, hall.party.code(*ALL))
    page.get_by_role("link", name="Download").tap()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").tap()
    download.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "all.zip").read_bytes())) as archive:
        assert sorted(archive.namelist()) == [f"IMG_{number}.jpg" for number in (1, 2, 3, 4)]
        assert archive.testzip() is None


def test_photos_are_added_and_after_approval_another_guest_sees_them(hall: Hall, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        (tmp_path / f"GIFT_{number}.jpg").write_bytes(make.photo())
    first, second = hall.window(), hall.window()
    hall.enter(first, hall.party.code(*ALL))
    hall.enter(second, hall.party.code("view"))
    first.get_by_role("link", name="Add").tap()
    first.locator("#files").set_input_files(sorted(tmp_path.glob("GIFT_*.jpg")))
    expect(first.locator(".sum")).to_have_text("3 photos wait for approval. Thank you!")
    expect(first.locator(".sending small")).to_have_text(["Waits for approval"] * 3)
    first.get_by_role("link", name="What I have added").tap()
    expect(first.get_by_text("Waits for approval")).to_have_count(3)
    second.reload()
    expect(second.locator("[data-tiles] > li")).to_have_count(4)
    approved = hall.party.host.post(f"{hall.party.path}/contributions/approve", json={"all": True})
    assert approved.json() == {"decided": 3}
    for page in (first, second):
        page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")  # as if it was looked at again
    expect(second.locator("[data-tiles] > li")).to_have_count(7)
    expect(second.locator(".hero-words")).to_contain_text("7 photos")
    expect(first.get_by_text("Shown")).to_have_count(3)
    photos = second.locator("[data-tiles] a")
    assert len(set(photos.evaluate_all("all => all.map(each => each.dataset.id)"))) == 7


def test_photos_chosen_before_the_page_is_ready_are_added(hall: Hall, tmp_path: Path) -> None:
    (tmp_path / "GIFT.jpg").write_bytes(make.photo())
    hall.party.change(guestUpload="yes")
    page = hall.window()
    hall.enter(page, hall.party.code(*ALL))
    add = page.get_by_role("link", name="Add").get_attribute("href")

    def choose_first(module: Route) -> None:
        page.locator("#files").set_input_files(tmp_path / "GIFT.jpg")
        module.continue_()

    page.route("**/guest-add.*.js", choose_first)
    page.goto(str(add))
    expect(page.locator(".sum")).to_have_text("1 photo added. Thank you!")


def test_the_page_counts_down_and_turns_into_the_end(hall: Hall) -> None:
    page = hall.window()
    hall.enter(page, hall.party.code(*ALL))
    expect(page.get_by_role("timer")).to_have_text("2 days 23 hours left")
    hall.party.installation.clock.advance(days=4)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("This event has ended")
    assert page.locator("img").count() == 0
    hall.watch.allow("410")


def test_a_wrong_code_keeps_the_field(hall: Hall) -> None:
    page = hall.window()
    page.goto("/")
    page.get_by_label("Code").fill("zzzz-zzzz")
    page.get_by_role("button", name="See the photos").tap()
    expect(page.get_by_role("alert")).to_contain_text("This code opens nothing.")
    expect(page.get_by_label("Code")).to_have_value("zzzz-zzzz")
    expect(page.get_by_label("Code")).to_be_focused()
    hall.watch.allow("404")


def test_no_page_shuts_anybody_out(hall: Hall) -> None:
    page = hall.window(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    pages = ["/", "/e/alice/anna_ben"]
    for path in pages:
        page.goto(path)
        reach.check(page)
    hall.enter(page, hall.party.code(*ALL))
    photo = f"photos/{hall.party.file_ids[0]}"
    for path in ("photos", "photos?choose=1", photo, "favourites", "download", "add", "mine"):
        page.goto(f"/e/alice/anna_ben/{path}")
        reach.check(page)
