"""A server of its own with photos, an album, events and a vault, to be looked at."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

EMAIL, PASSWORD = "ada@example.org", "correct horse battery"
VAULT = "five words are quite enough"


@contextmanager
def served(data: Path) -> Iterator[str]:
    """A server on a folder of data; its address."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "albumen", "serve", "--port", str(port), "--data-dir", str(data)]
    with (data / "screenshots.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            wait(lambda: _answers(port), 300)
            yield f"http://localhost:{port}"
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with closing(socket.socket()) as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def wait(is_so: Callable[[], object], seconds: float) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise SystemExit("That took too long.")
        time.sleep(0.5)


def signed_in(browser: Browser, address: str, data: Path, out: Path) -> str:
    """The session of the keeper, who follows the link of the first start, or signs in."""
    context = browser.new_context(base_url=address, locale="en-GB")
    page = context.new_page()
    link = re.search(rb"/sign-in/\S+", (data / "screenshots.log").read_bytes())
    if link:
        page.goto(link[0].decode())
        page.screenshot(path=out / "link.png")
        page.get_by_role("button", name="Sign in").click()
        page.screenshot(path=out / "setup.png", full_page=True)
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password again").fill(PASSWORD)
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/setup")
        page.goto("/library")
    else:
        page.goto("/login")
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/library")
    state = data / "session.json"
    context.storage_state(path=state)
    context.close()
    return str(state)


def filled(page: Page, photos: Path, most: int) -> None:
    """Upload photos, and arrange some of them."""
    files = sorted(each for each in photos.rglob("*") if each.suffix.lower() in (".jpg", ".jpeg", ".heic", ".mp4"))
    page.goto("/upload")
    page.locator("#files").set_input_files([str(each) for each in files[:most]])
    page.locator("upload-queue .queue-head .primary").wait_for(timeout=600_000)
    page.goto("/library")
    wait(lambda: page.locator(".cell.in").count() and not page.get_by_text("Being prepared").count(), 600)
    _arrange(page)
    _locked_away(page, [str(each) for each in files[:6]])
    _other_days(page)
    _party(page, [str(each) for each in files[: most // 3]])


def _locked_away(page: Page, files: list[str]) -> None:
    """Make a vault with some of them."""
    page.goto("/vault")
    page.locator("#new-passphrase").fill(VAULT)
    page.locator("#new-passphrase-again").fill(VAULT)
    page.get_by_role("button", name="Go on to the 24 words").click()
    page.locator("#sheet-words li").nth(23).wait_for()
    words = page.locator("#sheet-words li").all_text_contents()
    for number in (1, 2):
        asked = page.locator(f"#word-label-{number}").inner_text()
        page.locator(f"#word-{number}").fill(words[int(asked.split()[1]) - 1])
    page.get_by_role("button", name="I have the words on paper").click()
    page.locator("#vault-empty").wait_for()
    page.locator("#vault-files").set_input_files(files)
    wait(lambda: page.locator("#vault-grid button").count() == len(files), 600)


def _other_days(page: Page) -> None:
    """Events that are over, and not yet open."""
    for name, told in (("Over", {"secondsToLive": 1}), ("Later", {"revealOn": "2099-12-31T20:00:00Z"})):
        event = sent(page, "/v1/events", {"eventName": name, **told})
        sent(page, f"/v1/events/{event['eventId']}/accessors", {"permissions": ["view", "upload"], "label": "All"})


def sent(page: Page, path: str, told: dict[str, Any]) -> Any:
    """Ask the server for something, as the page that is open would."""
    token = str(page.locator("meta[name=csrf]").get_attribute("content"))
    answer = page.request.post(path, data=told, headers={"X-CSRF-Token": token})
    if not answer.ok:
        raise SystemExit(f"{path}: {answer.status} {answer.text()}")
    return answer.json()


def _party(page: Page, files: list[str]) -> None:
    """Make an event of some of them, with a code that allows everything."""
    page.goto("/events/new")
    page.locator("#name").fill("Anna & Ben")
    page.locator("#date").fill("2026-06-14")
    page.locator("main .button.primary").click()
    page.locator("#files").set_input_files(files)
    page.locator("upload-queue .queue-head .primary").wait_for(timeout=600_000)
    page.locator("upload-queue .queue-head .primary").click()
    page.locator("#label").fill("All guests")
    page.locator("[name=may][value=upload]").check()
    page.locator("main form .button.primary").click()
    page.locator(".big-code").wait_for()


def _arrange(page: Page) -> None:
    cells = page.locator(".cell:has(img[src])")
    for deed, fill in (
        ("album", "Summer by the sea"),
        ("tag", "family, travel/Portugal"),
        ("favourite", ""),
        ("archive", ""),
        ("trash", ""),
    ):
        first, last = {"trash": (6, 8), "archive": (9, 10)}.get(deed, (0, 4))
        cells.nth(first).hover()
        cells.nth(first).locator(".pick").click()
        cells.nth(last).click(modifiers=["Shift"])
        page.locator(f'[data-deed="{deed}"]').click()
        if fill:
            page.locator("#choose input[name=name], #choose input[name=add]").first.fill(fill)
            page.locator("#choose .primary").click()
        page.locator(".toast").wait_for()
        page.wait_for_timeout(500)
