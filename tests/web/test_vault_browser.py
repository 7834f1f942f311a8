"""A vault in the browser: set up, shared with a device at the command line, locked, and opened by a link."""

import gc
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, StorageState, expect
from tests import make
from tests.installation import wait_until
from tests.web import reach
from tests.web.conftest import Visit
from tests.web.live import Live
from typer.testing import CliRunner

from albumen_client.vault import collect, photos, snapshots
from albumen_client.vault.asking import opened
from albumen_client.vault.cli import vault
from albumen_client.vault.vault import now

SECRET = "five words are quite enough"
SLOW = 180_000
"""Milliseconds: what a passphrase opens takes seconds of a whole core, and much longer on one that many share."""
KEPT = """async () => ({
    caches: (await Promise.all((await caches.keys()).map(async (name) =>
        (await (await caches.open(name)).keys()).map((each) => new URL(each.url).pathname)))).flat(),
    databases: (await indexedDB.databases()).length,
    stored: JSON.stringify({ ...localStorage, ...sessionStorage }),
})"""
SOUGHT = """async (film) => {
    const told = (name) => new Promise((done) => film.addEventListener(name, done, { once: true }));
    if (film.readyState < 2) await told("loadeddata");
    film.currentTime = film.duration * 0.8;
    await told("seeked");
    return film.currentTime / film.duration;
}"""
LOADED = "async (src) => Object.assign(new Image(), { src }).decode().then(() => 'there', () => 'gone')"
Run = Callable[..., str]


@contextmanager
def program() -> Iterator[None]:
    """What a program has open ends with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as the other device, and give what it says."""
    monkeypatch.setenv("ALBUMEN_VAULT_PASSPHRASE", SECRET)

    def call(*command: object) -> str:
        with program():
            result = CliRunner().invoke(vault, [*map(str, command), "--home", str(tmp_path / "keys")])
        assert result.exit_code == 0, result.output
        return result.output

    return call


def tiles(page: Page) -> Locator:
    return page.locator("#vault-grid button")


def set_up(page: Page) -> str:
    """Make the vault, with words that are typed from the sheet; the words."""
    page.goto("/vault")
    page.locator("#new-passphrase").fill(SECRET)
    page.locator("#new-passphrase-again").fill(SECRET)
    reach.check(page)
    page.get_by_role("button", name="Go on to the 24 words").click()
    expect(page.locator("#sheet-words li")).to_have_count(24)
    words = page.locator("#sheet-words li").all_text_contents()
    for number in (1, 2):
        label = page.locator(f"#word-label-{number}").inner_text()
        page.locator(f"#word-{number}").fill(words[int(label.split()[1]) - 1])
    reach.check(page)
    page.get_by_role("button", name="I have the words on paper").click()
    expect(page.locator("#vault-empty")).to_be_visible(timeout=SLOW)
    expect(page.locator("#vault-files")).to_be_focused()
    return " ".join(words)


def new_key(page: Page) -> str:
    """A key for the program at the command line."""
    page.goto("/settings/tokens")
    page.get_by_label("What is it for?").fill("vault")
    page.get_by_role("button", name="Create key").click()
    return page.locator(".secret code").inner_text()


def seen(image: Locator) -> int:
    """How wide a decrypted picture is."""
    expect(image).to_have_attribute("src", re.compile("^blob:"))
    return int(image.evaluate("async each => { await each.decode(); return each.naturalWidth }"))


def unlock(page: Page, passphrase: str) -> None:
    page.get_by_label("Passphrase", exact=True).fill(passphrase)
    page.get_by_role("button", name="Open the vault").click()


@pytest.fixture
def window(visit: Visit, keeper: StorageState) -> Page:
    visitor = visit(storage_state=keeper, service_workers="allow", reduced_motion="reduce")
    visitor.watch.allow("ERR_FILE_NOT_FOUND")  # a picture whose address was given back
    return visitor.page


def test_two_devices_share_a_vault_and_nothing_stays_in_the_browser(
    window: Page, live: Live, run: Run, tmp_path: Path, visit: Visit
) -> None:
    one, two, film = (tmp_path / name for name in ("one.jpg", "two.jpg", "film.mp4"))
    one.write_bytes(make.photo(taken="2021-07-01 12:00:00"))
    two.write_bytes(make.photo(taken="2022-08-02 13:14:00"))
    film.write_bytes(make.film(codec="libx264", frames=50, size=(320, 240)))
    key = new_key(window)
    words = set_up(window)

    run("unlock", live.address, "--key", key)
    run("add", one)
    expect(tiles(window)).to_have_accessible_name("Photo, 1 July 2021, 12:00, one.jpg")
    window.locator("#vault-files").set_input_files([two, film])
    expect(window.locator("#vault-adding")).to_contain_text("2 photos were added.")
    expect(window.locator("#vault-grid h2")).to_have_text(["August 2022", "July 2021", "Without a date"])
    assert seen(tiles(window).first.locator("img")) > 0
    reach.check(window)
    assert "3 photos" in run("status")
    run("get", "two.jpg", "--to", tmp_path / "keys")
    assert (tmp_path / "keys" / "two.jpg").read_bytes() == two.read_bytes()
    assert "files are as they were put in" in run("verify")
    go_back(window)
    play_and_delete(window, run, tmp_path)
    lock_and_open(window, words)
    follow_a_link(visit(service_workers="allow", reduced_motion="reduce").page, run)


def go_back(window: Page) -> None:
    """Back closes a photo, and only that; however a photo is closed, one entry of the history is gone with it."""
    photo, entries = window.locator("#vault-photo"), window.evaluate("history.length")
    for close in (
        window.go_back,
        lambda: window.keyboard.press("Escape"),
        lambda: photo.locator("[data-shut]").click(),
    ):
        tiles(window).first.click()
        window.keyboard.press("ArrowRight")
        expect(photo).to_have_accessible_name(re.compile("July 2021"))
        assert window.evaluate("[history.length, JSON.stringify(history.state)]") == [entries + 1, '{"photo":true}']
        close()
        expect(photo).to_be_hidden()
        wait_until(lambda: window.evaluate("history.state") is None, "the step back")
        expect(tiles(window)).to_have_count(3)
        expect(tiles(window).first).to_be_focused()


def play_and_delete(window: Page, run: Run, tmp_path: Path) -> None:
    """The film is sought in; a photo is deleted here, and gone there and from the store."""
    tiles(window).last.click()
    assert float(window.locator("video").evaluate(SOUGHT)) == pytest.approx(0.8, abs=0.05)
    window.keyboard.press("Escape")
    tiles(window).first.click()
    assert seen(window.locator("[data-stage] img")) > 0
    reach.check(window)
    with program(), opened(tmp_path / "keys") as device:
        [asset] = photos.find(device, "two.jpg")
        window.get_by_role("button", name="Delete", exact=True).click()
        expect(tiles(window)).to_have_count(2)
        assert device.remote.blob(asset.record.resources[0].signature)
        collect.collect(replace(device, clock=lambda: now() + timedelta(days=33)))
        assert device.remote.blob(asset.record.resources[0].signature) is None
        snapshots.take(device)
    assert "two.jpg" not in run("ls")


def lock_and_open(window: Page, words: str) -> None:
    """What was decrypted is gone with the lock; another passphrase opens nothing, the words do."""
    assert seen(window.locator("#vault-grid img").first) > 0
    address = window.locator("#vault-grid img").first.get_attribute("src")
    window.get_by_role("button", name="Lock").click()
    assert window.evaluate(LOADED, address) == "gone"
    expect(tiles(window)).to_have_count(0)
    kept = window.evaluate(KEPT)
    assert kept["databases"] == 0
    assert not [each for each in kept["caches"] if "vault" in each]
    assert "one.jpg" not in str(kept) and SECRET not in str(kept)
    reach.check(window)
    unlock(window, "another passphrase")
    expect(window.get_by_text("The passphrase is not right.")).to_be_visible(timeout=SLOW)
    window.get_by_role("button", name="Open it by the 24 words instead").click()
    asked: list[str] = []
    window.on("request", lambda request: asked.append(request.url))
    window.get_by_label("The 24 words").fill(words.upper())
    window.get_by_role("button", name="Open the vault").click()
    expect(tiles(window)).to_have_count(2)
    assert any("/log?after=" in each for each in asked)
    assert not any("/log?after=0&" in each for each in asked), "it begins at the snapshot"


def follow_a_link(page: Page, run: Run) -> None:
    """A visitor without an account sees what was shared, until it is taken back."""
    link = run("share", "one.jpg", "--name", "At the lake").strip()
    page.goto(link)
    page.set_viewport_size({"width": 320, "height": 640})
    reach.check(page)
    page.get_by_role("button", name="Open the photos").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("At the lake")
    assert seen(tiles(page).locator("img")) > 0
    tiles(page).click()
    assert seen(page.locator("[data-stage] img")) > 0
    expect(page.get_by_role("button", name="Download")).to_be_in_viewport(ratio=1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "one.jpg"
    run("unshare", link.partition("#")[0])
    page.goto("about:blank")
    page.goto(link)
    page.get_by_role("button", name="Open the photos").click()
    expect(page.get_by_role("alert")).to_contain_text("This link shows nothing any more")


def test_without_https_or_scripts_the_page_says_why_it_cannot(visit: Visit, keeper: StorageState) -> None:
    page = visit(storage_state=keeper).page
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.goto("/vault")
    expect(page.get_by_text("A vault needs HTTPS")).to_be_visible()
    expect(page.locator("#vault form:visible")).to_have_count(0)
    page.goto("/s/0123456789abcdef#nothing")
    expect(page.get_by_text("A vault needs HTTPS")).to_be_visible()
    plain = visit(storage_state=keeper, java_script_enabled=False).page
    for path in ("/vault", "/s/0123456789abcdef"):
        plain.goto(path)
        expect(plain.get_by_text("This page needs JavaScript")).to_be_visible()
        expect(plain.locator("main button:visible, main form:visible")).to_have_count(0)


def test_a_vault_locks_itself(visit: Visit, keeper: StorageState) -> None:
    page = visit(storage_state=keeper).page
    page.clock.install()
    page.goto("/vault")
    page.evaluate(
        """async () => {
            const { watch } = await import("app/vault-lock");
            window.locks = 0;
            window.busy = true;
            watch({ lock: () => (window.locks += 1), isBusy: () => window.busy });
        }"""
    )
    page.clock.fast_forward(600_000)
    assert page.evaluate("window.locks") == 0, "what is being sent goes on"
    page.evaluate("window.busy = false")
    page.clock.fast_forward(290_000)
    assert page.evaluate("window.locks") == 0
    page.clock.fast_forward(20_000)
    wait_until(lambda: page.evaluate("window.locks") > 0)
