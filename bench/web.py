"""The pages in a real browser against their budgets, with 100,000 photos.

Scrolling is measured in CPU time of the renderer's main thread, from its trace, so that a busy machine changes it
little.  Paints and answers are times of the clock, on an emulated phone: they mean something on a quiet machine only.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from _report import Row, show
from _visits import FAST_4G, OBSERVE, Visited, answered, throttle, visited
from _wall import CHROMIUM, SHAPES, Shelf, drawn, filled, ready
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

FILES = int(os.environ.get("ALBUMEN_BENCH_WALL", "100000"))
TRACED = "toplevel,devtools.timeline,disabled-by-default-devtools.timeline"
WALL = "document.querySelector('photo-timeline')"
LONG_SECONDS = 30
KB = 1000
BLANK = """() => { window.seen = [0, 0]; const look = () => {
    for (const cell of document.querySelectorAll('.row:not([hidden]) .cell')) {
        const { top, bottom } = cell.getBoundingClientRect();
        if (bottom < 0 || top > innerHeight) continue;
        window.seen[0] += 1;
        if (!cell.matches('.in, .hash')) window.seen[1] += 1;
    }
    requestAnimationFrame(look); }; look(); }"""


@dataclass(frozen=True)
class Budget:
    """What a first visit may weigh (KB) and how long its largest paint may take (s); nothing where there is none."""

    name: str
    path: str
    own: int
    pictures: int | None = None
    painted: float | None = None


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
    """Measure everything that has a budget."""
    with filled(FILES) as shelf, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        guests(browser, shelf)
        for budget in (
            Budget("timeline", "/library", 35, 300, 2.5),
            Budget("upload", "/upload", 65),
            Budget("map", "/map", 185, None, 3),
            Budget("vault", "/vault", 95, None, 2.5),
            Budget("admin", "/admin", 45, None, 2),
        ):
            first_visit(browser, shelf, budget)
        for name in SHAPES:
            scrolling(browser, shelf, name)
            answers(browser, shelf, name)
        blanks(browser, shelf)
        browser.close()


def guests(browser: Browser, shelf: Shelf) -> None:
    """The gate of an event, and its photos to a guest whose browser has nothing of them yet."""
    tell(Budget("gate", shelf.gate, 18, 80, 1.8), *both(browser, shelf, shelf.gate, {}))
    context = shelf.window(browser, "phone", is_guest=True)
    page = context.new_page()
    page.goto(shelf.code)
    page.locator(".gallery img").first.wait_for(timeout=60_000)
    path, state = page.evaluate("location.pathname"), context.storage_state()
    context.close()
    tell(Budget("gallery", path, 35, 200, 2.5), *both(browser, shelf, path, {"cookies": state["cookies"]}))


def both(browser: Browser, shelf: Shelf, path: str, state: Any) -> tuple[Visited, Visited]:
    """A guest's first visit at full speed, and on a slow phone."""
    found = []
    for is_slow in (False, True):
        context = shelf.window(browser, "phone", is_guest=True)
        context.add_cookies(state.get("cookies", []))
        found.append(visited(context.new_page(), path, is_slow=is_slow))
        context.close()
    return found[0], found[1]


def first_visit(browser: Browser, shelf: Shelf, budget: Budget) -> None:
    """The same for somebody who is signed in."""
    found = []
    for is_slow in (False, True):
        context = shelf.window(browser, "phone")
        found.append(visited(context.new_page(), budget.path, is_slow=is_slow))
        context.close()
    tell(budget, *found)


def tell(budget: Budget, quick: Visited, slow: Visited) -> None:
    """Print a visit beside its budget."""
    weights = quick.weights
    note = ", ".join(f"{kind} {weight / KB:.1f}" for kind, weight in sorted(weights.items()))
    name = f"{budget.name}, first visit"
    show(Row("W", f"{name}: own HTML, CSS, JavaScript", weights["own"] / KB, "KB", None, f"<= {budget.own}", note))
    if budget.name == "timeline":
        show(Row("W", f"{name}: index", weights["index"] / KB, "KB", None, "<= 45"))
        show(Row("W", f"{name}, slow: wall ready", slow.ready_ms / 1000, "s", None, "<= 1.2"))
    if budget.pictures:
        note = f"{weights['pictures'] / KB:.0f} with those ahead"
        show(Row("W", f"{name}: pictures of its window", quick.seen / KB, "KB", None, f"<= {budget.pictures}", note))
    if budget.painted:
        show(Row("W", f"{name}, slow: largest paint", slow.painted_ms / 1000, "s", None, f"<= {budget.painted}"))
    show(Row("W", f"{name}, slow: layout shift", max(quick.shift, slow.shift), "", None, "<= 0.02"))


def scrolling(browser: Browser, shelf: Shelf, name: str) -> None:
    """What scrolling takes on one kind of screen, and what is left of it after half a minute."""
    page = drawn(shelf.window(browser, name))
    ready(page)
    session = page.context.new_cdp_session(page)
    for speed in (1500, 6000, 20_000):
        took = scrolled(page, session, speed)
        note = f"median {sorted(took.frames)[len(took.frames) // 2]:.1f}, {len(took.frames)} frames in 3 s"
        show(Row("W", f"{name}: CPU a frame at {speed:,} px/s, p95", took.p95, "ms", None, "<= 8", note))
        show(Row("W", f"{name}: longest task at {speed:,} px/s", max(took.tasks), "ms", None, "<= 50"))
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = busy(session)
    begun = time.monotonic()
    gesture(page, session, 6000, LONG_SECONDS)
    share = (busy(session) - before) / (time.monotonic() - begun)
    show(Row("W", f"{name}: main thread busy, {LONG_SECONDS} s at 6,000 px/s", share, "", None, "<= 0.48"))
    elements = page.evaluate("document.querySelectorAll('*').length")
    show(Row("W", f"{name}: elements after that", elements, "", None, "<= 900"))
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / (1 << 20)
    show(Row("W", f"{name}: JavaScript heap after that", heap, "MiB", None, "<= 25"))
    laid = "new wall.layout.constructor(wall.data, wall.layout.options)"
    timed = f"const begun = performance.now(); {laid}; return performance.now() - begun;"
    layout = page.evaluate(f"() => {{ const wall = {WALL}; {timed} }}")
    show(Row("W", f"{name}: layout of {FILES:,}", layout, "ms", None, "<= 100"))
    page.context.close()


def busy(session: CDPSession) -> float:
    """Seconds of CPU that tasks of the main thread took so far."""
    told = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return float(told["TaskDuration"])


def scrolled(page: Page, session: CDPSession, speed: int) -> Scrolled:
    """Scroll for some seconds at a speed, and read what that took from the trace."""
    events: list[dict[str, Any]] = []
    ended: list[bool] = []
    session.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
    session.once("Tracing.tracingComplete", lambda _: ended.append(True))
    session.send("Tracing.start", {"categories": TRACED, "transferMode": "ReportEvents"})
    gesture(page, session, speed, 3)
    session.send("Tracing.end")
    deadline = time.monotonic() + 60
    while not ended and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    return _read(events)


def gesture(page: Page, session: CDPSession, speed: int, seconds: int) -> None:
    """Scroll down."""
    size = page.viewport_size or {"width": 390, "height": 844}
    told = {"x": size["width"] // 2, "y": size["height"] // 2, "yDistance": -speed * seconds, "speed": speed}
    session.send("Input.synthesizeScrollGesture", {**told, "gestureSourceType": "mouse"})


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


def answers(browser: Browser, shelf: Shelf, name: str) -> None:
    """How soon the wall answers on a processor four times as slow: the first photo opened, then keys."""
    page = shelf.window(browser, name).new_page()
    page.add_init_script(OBSERVE)
    ready(page)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    opened = answered(page, ("click", "ArrowRight", "Escape"))
    keys = answered(page, ("x", "Shift+ArrowDown", "Control+a", "Escape", "m", "Control+End"))
    show(Row("W", f"{name}, slow: a photo opens", opened.pop("click"), "ms", None, "<= 200"))
    took = opened | keys
    slowest = max(took, key=lambda key: took[key])
    show(Row("W", f"{name}, slow: longest answer to a key", took[slowest], "ms", None, "<= 200", slowest))
    page.context.close()


def blanks(browser: Browser, shelf: Shelf) -> None:
    """Whether cells are seen empty at 4,000 px/s on fast 4G."""
    page = drawn(shelf.window(browser, "phone"))
    ready(page)
    session = page.context.new_cdp_session(page)
    throttle(session, FAST_4G, 1)
    page.evaluate(BLANK)
    gesture(page, session, 4000, 5)
    seen, blank = page.evaluate("window.seen")
    show(Row("W", "phone, fast 4G: empty cells at 4,000 px/s", 100 * blank / max(1, seen), "%", None, "<= 0"))
    page.context.close()


if __name__ == "__main__":
    main()
