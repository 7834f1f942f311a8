"""The wall of 100,000 photos in a real browser against its budget, and the last of a million reached by scrolling.

Times are CPU time of the renderer's main thread, from its trace, so that a busy machine changes them little.
"""

import io
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import _million
import brotli
from _report import Row, show
from _server import LiveServer
from PIL import Image
from playwright.sync_api import Browser, CDPSession, Page, Route, sync_playwright

FILES = int(os.environ.get("ALBUMEN_BENCH_WALL", "100000"))
LARGE = int(os.environ.get("ALBUMEN_BENCH_FILES", str(_million.FILES)))
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
TRACED = "toplevel,devtools.timeline,disabled-by-default-devtools.timeline"
WALL = "document.querySelector('photo-timeline')"


@dataclass(frozen=True)
class Scrolled:
    """What a scroll took, in milliseconds of CPU: each frame, and each task."""

    frames: Sequence[float]
    tasks: Sequence[float]

    @property
    def p95(self) -> float:
        """Of the frames."""
        return sorted(self.frames)[int(len(self.frames) * 0.95)]


def main() -> None:
    """Measure the budgets, then the million."""
    with tempfile.TemporaryDirectory(prefix="albumen-bench-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        with filled(Path(folder) / "wall", FILES) as server:
            for name, options in SHAPES.items():
                measure(browser, server, name, options)
        with filled(Path(folder) / "million", LARGE) as server:
            reach(browser, server)
        browser.close()


@contextmanager
def filled(data_dir: Path, files: int) -> Iterator[LiveServer]:
    """A server with so many photos."""
    data_dir.mkdir()
    with LiveServer(data_dir) as server:
        server.connect().request_json("POST", "/v1/libraries", {"name": "Many", "timeZone": "UTC"})
    _million.fill(data_dir / "albumen.db", files)
    with LiveServer(data_dir) as server:
        yield server


def opened(browser: Browser, server: LiveServer, options: dict[str, Any]) -> Page:
    """The timeline in a new window, with pictures that need no decoder on the server."""
    headers = {"Authorization": f"ApiKey {server.key}", "API-User-ID": "bench"}
    address = f"http://localhost:{server.port}"
    context = browser.new_context(base_url=address, extra_http_headers=headers, reduced_motion="reduce", **options)
    body = io.BytesIO()
    Image.effect_noise((320, 240), 12).convert("RGB").save(body, "WEBP", quality=60)
    picture = body.getvalue()

    def answer(route: Route) -> None:
        route.fulfill(body=picture, content_type="image/webp")

    context.route("**/media/**", answer)
    page = context.new_page()
    page.goto("/library")
    page.locator("photo-timeline[ready]").wait_for(state="attached", timeout=120_000)
    page.locator(".cell.in").first.wait_for(timeout=60_000)
    return page


def measure(browser: Browser, server: LiveServer, name: str, options: dict[str, Any]) -> None:
    """The budgets of a wall on one kind of screen."""
    page = opened(browser, server, options)
    session = page.context.new_cdp_session(page)
    for speed in (1500, 6000, 20_000):
        took = scrolled(page, session, speed)
        show(Row("W", f"{name}: CPU a frame at {speed:,} px/s, p95", took.p95, "ms", None, "<= 8"))
        show(Row("W", f"{name}: longest task at {speed:,} px/s", max(took.tasks), "ms", None, "<= 50"))
    elements = page.evaluate("document.querySelectorAll('*').length")
    show(Row("W", f"{name}: elements after scrolling", elements, "", None, "<= 900"))
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / (1 << 20)
    show(Row("W", f"{name}: JavaScript heap", heap, "MiB", None, "<= 25"))
    laid = "new wall.layout.constructor(wall.data, wall.layout.options)"
    timed = f"const begun = performance.now(); {laid}; return performance.now() - begun;"
    layout = page.evaluate(f"() => {{ const wall = {WALL}; {timed} }}")
    show(Row("W", f"{name}: layout of {FILES:,}", layout, "ms", None, "<= 100"))
    show(Row("W", f"{name}: own HTML, CSS and JavaScript", weight(page) / 1000, "KB br", None, "<= 35"))
    page.context.close()


def weight(page: Page) -> int:
    """The bytes of the page, its styles and its modules, as they are compressed on their way."""
    own = page.evaluate("performance.getEntriesByType('resource').map(each => new URL(each.name).pathname)")
    wanted = sorted(
        {each for each in own if each.endswith((".css", ".js"))} - {each for each in own if "vendor" in each}
    )
    bodies = [page.request.get(each, headers={"Accept-Encoding": "identity"}).body() for each in (*wanted, "/library")]
    return sum(len(brotli.compress(body)) for body in bodies)


def scrolled(page: Page, session: CDPSession, speed: int) -> Scrolled:
    """Scroll for some seconds at a speed, and read what that took from the trace."""
    events: list[dict[str, Any]] = []
    ended: list[bool] = []
    session.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
    session.once("Tracing.tracingComplete", lambda _: ended.append(True))
    size = page.viewport_size or {"width": 390, "height": 844}
    session.send("Tracing.start", {"categories": TRACED, "transferMode": "ReportEvents"})
    gesture = {"x": size["width"] // 2, "y": size["height"] // 2, "yDistance": -speed * 3, "speed": speed}
    session.send("Input.synthesizeScrollGesture", {**gesture, "gestureSourceType": "mouse"})
    session.send("Tracing.end")
    deadline = time.monotonic() + 60
    while not ended and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    return _read(events)


def _read(events: Sequence[dict[str, Any]]) -> Scrolled:
    fired = [each for each in events if each.get("name") == "FireAnimationFrame"]
    if not fired:
        raise SystemExit("Nothing was drawn.")
    threads = [(each["pid"], each["tid"]) for each in fired]
    main_thread = max(set(threads), key=threads.count)
    mine = [each for each in events if (each.get("pid"), each.get("tid")) == main_thread]
    tasks = [each for each in mine if each.get("name") == "ThreadControllerImpl::RunTask" and "tdur" in each]
    starts = sorted(each["ts"] for each in mine if each.get("name") == "FireAnimationFrame")
    frames = [0.0] * len(starts)
    at = 0
    for task in sorted(tasks, key=lambda each: int(each["ts"])):
        while at + 1 < len(starts) and task["ts"] >= starts[at + 1]:
            at += 1
        frames[at] += task["tdur"] / 1000
    return Scrolled(frames, [task["tdur"] / 1000 for task in tasks] or [0.0])


def reach(browser: Browser, server: LiveServer) -> None:
    """The last of a million photos, by the scrubber and by scrolling."""
    begun = time.monotonic()
    page = opened(browser, server, SHAPES["phone"])
    show(Row("W", f"{LARGE:,}: first picture", time.monotonic() - begun, "s", None, "<= 10"))
    last = f"Boolean({WALL}.cellOf({WALL}.data.count - 1))"
    page.get_by_role("slider").press("End")
    page.get_by_role("slider").press("Tab")
    page.evaluate(f"{WALL}.go({WALL}.lane.full)")
    page.wait_for_timeout(1500)
    show(Row("W", f"{LARGE:,}: last photo shown by the scrubber", float(page.evaluate(last)), "", None, ">= 1"))
    page.evaluate(f"{WALL}.go({WALL}.lane.full - 60000)")
    page.wait_for_timeout(500)
    session = page.context.new_cdp_session(page)
    gesture = {"x": 195, "y": 400, "yDistance": -70_000, "speed": 12_000, "gestureSourceType": "mouse"}
    session.send("Input.synthesizeScrollGesture", gesture)
    page.wait_for_timeout(1500)
    show(Row("W", f"{LARGE:,}: last photo shown by scrolling", float(page.evaluate(last)), "", None, ">= 1"))
    told = page.evaluate(f"({{ full: {WALL}.lane.full, page: document.documentElement.scrollHeight }})")
    print(json.dumps(told))
    page.context.close()


if __name__ == "__main__":
    main()
