"""Take a picture of every page, light and dark, on a desktop and on a phone, to be looked at.

A server of its own is started on new data, with the photos of a folder (ALBUMEN_CORPUS/jpg, or `--photos`), or on
data that an earlier run left (`--data`).
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from showcase import VAULT, filled, served, signed_in

ROOT = Path(__file__).resolve().parent.parent
CORPUS = Path(os.environ.get("ALBUMEN_CORPUS") or ROOT.parent / "shared" / "corpus")
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
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
    "account-delete": "/settings/delete",
    "setup-rest": "/setup",
    "admin": "/admin",
    **{f"admin-{each}": f"/admin/{each}" for each in ("users", "jobs", "storage", "health", "audit", "settings")},
    "tag-change": "/tags/change?tag=family",
    "offline": "/offline",
    "nothing": "/nothing-here",
}
EVENT = (
    *("", "/upload", "/codes", "/codes/new", "/moderation", "/cards", "/activity", "/settings", "/webhooks", "/clock"),
)
PHOTO = ("", "/edit", "/move", "/versions")
GUEST = ("photos", "favourites", "download", "add", "mine", "wall")
STRANGERS = {
    "front": "/",
    "login": "/login",
    "forgot": "/forgot",
    **{f"{each}-used": f"/{each}/used" for each in ("sign-in", "reset", "invite")},
}


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
            yield from _vault(page, told.out, f"{shape}-{scheme}")
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
        ("folder", "/folders", ".folders a", ("", "/change")),
        ("photo", "/library/pages", ".tiles a", PHOTO),
        ("event", "/events", ".covers a", EVENT),
        ("tag", "/tags", "main li a", ("",)),
        ("job", "/admin/jobs?state=done", ".jobs a", ("",)),
        ("user", "/admin/users", "main a[href^='/admin/users/']", ("",)),
    ):
        page.goto(start)
        link = page.locator(selector).first
        if link.count():
            path = str(link.get_attribute("href")).partition("#")[0]
            found |= {f"{name}{each.replace('/', '-')}": f"{path}{each}" for each in parts}
    if "event-codes" in found:
        page.goto(found["event-codes"])
        code = str(page.locator(".codes a").first.get_attribute("href"))
        found |= {f"event-code{each.replace('/', '-')}": f"{code}{each}" for each in ("", "/edit", "/photos")}
    if "album" in found:
        found["album-shared"] = f"/shared/album/{found['album'].rpartition('/')[2]}"
    return found


def _strangers(page: Page, way: str, out: Path, kind: str) -> Iterator[str]:
    """What those see who are not signed in, and then a guest."""
    gate = way.partition("#")[0]
    over = gate.rpartition("/")[0] + "/over"
    for name, path in {**STRANGERS, "event-over": over, "gate": gate}.items():
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


def _vault(page: Page, out: Path, kind: str) -> Iterator[str]:
    """A vault that is locked, lost, open, and one of its photos."""
    page.goto("/vault")
    page.locator("#to-recover").click()
    yield from _shot(page, out / f"vault-lost-{kind}.png")
    page.locator("#to-unlock").click()
    yield from _shot(page, out / f"vault-locked-{kind}.png")
    page.locator("[data-part=locked] input[type=password]").fill(VAULT)
    page.locator("[data-part=locked] form .primary").click()
    page.locator("#vault-grid button img[src]").first.wait_for()
    yield from _shot(page, out / f"vault-{kind}.png")
    page.locator("[data-dialog=vault-settings]").click()
    yield from _shot(page, out / f"vault-keys-{kind}.png")
    page.keyboard.press("Escape")
    page.locator("#vault-grid button").first.click()
    page.locator("[data-stage] img[src], [data-stage] video").first.wait_for()
    yield from _shot(page, out / f"vault-photo-{kind}.png")


def _shot(page: Page, file: Path) -> Iterator[str]:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(250)
    page.screenshot(path=file)
    yield file.name


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--photos", type=Path, default=CORPUS / "jpg")
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
                high = {"width": 1440, "height": 2400}  # photos are chosen that are seen at once
                options: dict[str, Any] = {
                    "base_url": address,
                    "storage_state": state,
                    "locale": "en-GB",
                    "viewport": high,
                }
                page = browser.new_context(**options).new_page()
                filled(page, told.photos, told.most)
                (data / "arranged").touch()
            for name in taken(browser, address, state, told):
                print(name)


if __name__ == "__main__":
    main()
