"""Take a picture of every page, light and dark, on a desktop and on a phone, to be looked at.

A server of its own is started on new data, with the photos of a folder (ALBUMEN_CORPUS/photos, or `--photos`), or on
data that an earlier run left (`--data`).
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
CORPUS = Path(os.environ.get("ALBUMEN_CORPUS") or ROOT.parent / "shared" / "corpus")
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
EMAIL, PASSWORD = "ada@example.org", "correct horse battery"
SHAPES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
}
SCHEMES = ("light", "dark")
KINDS = [f"{shape}-{scheme}" for shape in SHAPES for scheme in SCHEMES]
PAGES = {
    "timeline": "/library",
    "pages": "/library/pages",
    "folders": "/folders",
    "folder-tree": "/folders/tree",
    "albums": "/albums",
    "album-new": "/albums/new?q=type:photo",
    "favourites": "/favourites",
    "archive": "/archive",
    "shared": "/shared",
    "tags": "/tags",
    "map": "/map",
    "people": "/people",
    "duplicates": "/duplicates",
    "search": "/search",
    "search-found": "/search?q=type:photo",
    "search-wrong": "/search?q=tag:sea+rating:%3E%3Dx",
    "trash": "/trash",
    "upload": "/upload",
    "import": "/import",
    "more": "/more",
    "libraries": "/libraries",
    "events": "/events",
    "event-new": "/events/new",
    **{
        f"account-{each}": f"/settings/{each}"
        for each in ("profile", "security", "sessions", "tokens", "appearance", "storage", "second-factor")
    },
    "setup-rest": "/setup",
    "admin": "/admin",
    **{f"admin-{each}": f"/admin/{each}" for each in ("users", "jobs", "storage", "health", "audit", "settings")},
    "nothing": "/nothing-here",
}
EVENT = ("", "/upload", "/codes", "/codes/new", "/moderation", "/cards", "/activity", "/settings", "/webhooks")
PHOTO = ("", "/edit", "/move", "/versions")
GUEST = ("photos", "favourites", "download", "add", "mine")


@contextmanager
def served(data: Path) -> Iterator[str]:
    """A server on a folder of data; its address."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "albumen", "serve", "--port", str(port), "--data-dir", str(data)]
    with (data / "screenshots.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait(lambda: _answers(port), 60)
            yield f"http://localhost:{port}"
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with closing(socket.socket()) as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _wait(is_so: object, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():  # type: ignore[operator]  # any condition
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
        page.get_by_role("button", name="Sign in").click()
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
    _wait(lambda: page.locator(".cell.in").count() and not page.get_by_text("Being prepared").count(), 600)
    _arrange(page)
    _party(page, [str(each) for each in files[: most // 3]])


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


def taken(browser: Browser, address: str, state: str, told: argparse.Namespace) -> Iterator[str]:
    """Every page in every shape and theme; the names of the pictures."""
    for shape, options in SHAPES.items():
        for scheme in SCHEMES:
            if f"{shape}-{scheme}" not in told.kinds:
                continue
            shared = {"base_url": address, "color_scheme": scheme, "reduced_motion": "reduce", **options}
            context = browser.new_context(storage_state=state, locale=told.locale, **shared)
            page = context.new_page()
            pages = {**PAGES, **_found(page)}
            for name, path in pages.items():
                page.goto(path)
                yield from _shot(page, told.out / f"{name}-{shape}-{scheme}.png")
            yield from _states(page, told.out, f"{shape}-{scheme}")
            page.goto(pages["event-code"])
            way = str(page.locator(".code-card a[target]").get_attribute("href"))
            context.close()
            context = browser.new_context(locale=told.locale, **shared)
            yield from _strangers(context.new_page(), way, told.out, f"{shape}-{scheme}")
            context.close()


def _found(page: Page) -> dict[str, str]:
    """Pages whose addresses are only known once there are things."""
    found: dict[str, str] = {}
    for name, start, selector, parts in (
        ("album", "/albums", ".covers a", ("", "/photos", "/change", "/order")),
        ("folder", "/folders", ".folders a", ("",)),
        ("photo", "/library/pages", ".tiles a", PHOTO),
        ("event", "/events", ".covers a", EVENT),
        ("tag", "/tags", "main li a", ("",)),
        ("user", "/admin/users", "main a[href^='/admin/users/']", ("",)),
    ):
        page.goto(start)
        link = page.locator(selector).first
        if link.count():
            path = str(link.get_attribute("href")).partition("#")[0]
            found |= {f"{name}{each.replace('/', '-')}": f"{path}{each}" for each in parts}
    if "event-codes" in found:
        page.goto(found["event-codes"])
        found["event-code"] = str(page.locator(".codes a").first.get_attribute("href"))
    return found


def _strangers(page: Page, way: str, out: Path, kind: str) -> Iterator[str]:
    """What those see who are not signed in, and then a guest."""
    gate = way.partition("#")[0]
    for name, path in {"front": "/", "login": "/login", "forgot": "/forgot", "gate": gate}.items():
        page.goto(path)
        yield from _shot(page, out / f"{name}-{kind}.png")
    page.locator("#code").fill("zzzz-zzzz")
    page.locator(".code-form button").click()
    page.locator("[role=alert]").wait_for()
    yield from _shot(page, out / f"gate-wrong-{kind}.png")
    page.goto(way)
    page.wait_for_url("**/photos")
    page.locator(".heart button").first.click()
    for each in GUEST:
        page.goto(f"{gate}/{each}")
        yield from _shot(page, out / f"guest-{each}-{kind}.png")
    page.goto(f"{gate}/photos")
    page.goto(str(page.locator("[data-tiles] a[data-id]").first.get_attribute("href")))
    yield from _shot(page, out / f"guest-photo-{kind}.png")


def _states(page: Page, out: Path, kind: str) -> Iterator[str]:
    page.goto("/library")
    page.locator(".cell.in").first.wait_for()
    page.keyboard.press("Tab")
    page.locator(".cell.in .pick").first.evaluate("each => each.click()")
    page.locator(".cell.in .pick").nth(2).evaluate("each => each.click()")
    yield from _shot(page, out / f"selected-{kind}.png")
    page.locator('[data-deed="album"]').click()
    page.locator("#choose form").wait_for()
    yield from _shot(page, out / f"choose-{kind}.png")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator(".cell.in a").first.click()
    page.locator(".pswp__img").first.wait_for()
    page.wait_for_timeout(800)
    yield from _shot(page, out / f"lightbox-{kind}.png")
    page.keyboard.press("i")
    page.locator(".about-sheet dl").wait_for()
    yield from _shot(page, out / f"lightbox-about-{kind}.png")


def _shot(page: Page, file: Path) -> Iterator[str]:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(250)
    page.screenshot(path=file)
    yield file.name


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--photos", type=Path, default=CORPUS / "photos")
    parser.add_argument("--most", type=int, default=80)
    parser.add_argument("--locale", default="en-GB")
    parser.add_argument("--kinds", nargs="*", choices=KINDS, default=KINDS)
    parser.add_argument("--out", type=Path, default=ROOT / "screenshots")
    told = parser.parse_args()
    told.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        data = told.data or Path(scratch)
        is_new = not (data / "arranged").exists()
        data.mkdir(parents=True, exist_ok=True)
        with served(data) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
            state = signed_in(browser, address, data, told.out)
            if is_new:
                page = browser.new_context(base_url=address, storage_state=state, locale="en-GB").new_page()
                filled(page, told.photos, told.most)
                (data / "arranged").touch()
            for name in taken(browser, address, state, told):
                print(name)


if __name__ == "__main__":
    main()
