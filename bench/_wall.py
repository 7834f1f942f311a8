"""A wall of 100,000 photos to measure: the newest are real, so that first screens weigh what they do for users."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import _million
import _photos
from _server import LiveServer
from ingest import await_renditions, until
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route

from albumen.db import fulltext, functions
from albumen.db.engine import sqlite_module

REAL = 72
EDGE = 1600
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SHAPES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 3,
        "is_mobile": True,
        "has_touch": True,
    },
}


@dataclass(frozen=True)
class Shelf:
    """A server with many photos, and an event of the real ones: its page, and its code in an address."""

    server: LiveServer
    gate: str
    code: str

    def window(self, browser: Browser, shape: str, *, is_guest: bool = False) -> BrowserContext:
        """A browser that has never been here, of the user of the bench or of nobody."""
        headers = {"Authorization": f"ApiKey {self.server.key}", "API-User-ID": "bench"}
        return browser.new_context(
            base_url=f"http://localhost:{self.server.port}",
            extra_http_headers={} if is_guest else headers,
            reduced_motion="reduce",
            service_workers="block",
            **SHAPES[shape],
        )


@contextmanager
def filled(files: int) -> Iterator[Shelf]:
    """A server with so many photos and a few real ones, newer than all others and in an event."""
    with tempfile.TemporaryDirectory(prefix="albumen-bench-") as folder:
        data_dir = Path(folder) / "data"
        data_dir.mkdir()
        with LiveServer(data_dir) as server:
            photos, host = list(_real(Path(folder))), server.connect()
            made = [host.upload(f"IMG_{number}.jpg", each)["fileId"] for number, each in enumerate(photos)]
            await_renditions(server)
            host = server.connect()
            event = host.request_json("POST", "/v1/events", {"eventName": "Party"})["eventId"]
            host.request_json("POST", f"/v1/events/{event}/files", {"fileIds": made})
            until(lambda: host.request_json("GET", f"/v1/events/{event}/cards")["pendingCount"] == 0)
            permissions = {"permissions": ["view", "download", "favorite"]}
            code = host.request_json("POST", f"/v1/events/{event}/accessors", permissions)["qrUrl"]
        _make_newest(data_dir / "albumen.db")
        _million.fill(data_dir / "albumen.db", files)
        with LiveServer(data_dir) as server:
            path = "/" + code.partition("://")[2].partition("/")[2]
            yield Shelf(server, path.partition("#")[0], path)


def _real(folder: Path) -> Iterator[bytes]:
    """Photos of the size that screens show, each with content of its own."""
    photos = _photos.prepare(folder / "photos", 24)
    for number in range(REAL):
        with Image.open(photos[number % len(photos)]) as image:
            image.draft("RGB", (EDGE, EDGE))
            image.thumbnail((EDGE, EDGE))
            out = io.BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=88)
        yield _photos.told_apart(out.getvalue(), number)


def _make_newest(database: Path) -> None:
    connection = sqlite_module().connect(str(database), isolation_level=None)
    functions.install(connection)
    fulltext.install(connection)
    newest = _million.FIRST + _million.SPAN
    connection.execute("UPDATE files SET sorted_at = ? + (rowid % 1440) * 60000", (newest,))
    connection.execute("DELETE FROM month_counts")
    connection.close()


def drawn(context: BrowserContext) -> Page:
    """A page whose pictures are made up, as those far down the wall have none."""
    body = io.BytesIO()
    Image.effect_noise((320, 240), 12).convert("RGB").save(body, "WEBP", quality=60)
    picture = body.getvalue()

    def answer(route: Route) -> None:
        route.fulfill(body=picture, content_type="image/webp")

    context.route("**/media/**", answer)
    return context.new_page()


def ready(page: Page) -> None:
    """Open the timeline, and wait for its first picture."""
    page.goto("/library")
    page.locator("photo-timeline[ready]").wait_for(state="attached", timeout=120_000)
    page.locator(".cell.in").first.wait_for(timeout=60_000)
