"""First visits to pages: what they weigh on the wire, when they are painted, and how soon they answer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession, Page

SLOW_4G = {"latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
FAST_4G = {"latency": 60, "downloadThroughput": 9_000_000 / 8, "uploadThroughput": 1_500_000 / 8}
SETTLED_MS = 1500
OBSERVE = """(() => {
    const told = window.told = { paint: 0, shift: 0, ready: 0, events: [] };
    const see = (type, note, more) => new PerformanceObserver((list) => list.getEntries().forEach(note))
        .observe({ type, buffered: true, ...more });
    see("largest-contentful-paint", (each) => { told.paint = each.startTime; });
    see("layout-shift", (each) => { if (!each.hadRecentInput) told.shift += each.value; });
    see("event", (each) => { if (each.interactionId) told.events.push([each.name, each.duration]); },
        { durationThreshold: 16 });
    addEventListener("drawn", () => { told.ready = performance.now(); });
})()"""

SEEN = """() => [...document.images].reduce((sum, image) => {
    const { top, bottom } = image.getBoundingClientRect();
    const [found] = bottom > 0 && top < innerHeight ? performance.getEntriesByName(image.currentSrc) : [];
    return sum + (found?.encodedBodySize ?? 0);
}, 0)"""


@dataclass(frozen=True)
class Visited:
    """A page once it was at rest: bytes by kind, those of the pictures in its window, and milliseconds."""

    weights: Counter[str]
    seen: int
    painted_ms: float
    ready_ms: float
    shift: float


@dataclass
class Scales:
    """Weighs what comes over the wire, without headers, as it is compressed."""

    session: CDPSession
    weights: Counter[str] = field(default_factory=Counter)
    _kinds: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Weigh from here on."""
        self.session.on("Network.requestWillBeSent", self._asked)
        self.session.on("Network.dataReceived", self._came)
        self.session.send("Network.enable")

    def _asked(self, told: dict[str, Any]) -> None:
        self._kinds[told["requestId"]] = kind_of(urlsplit(told["request"]["url"]).path, told.get("type", ""))

    def _came(self, told: dict[str, Any]) -> None:
        self.weights[self._kinds.get(told["requestId"], "other")] += told["encodedDataLength"]


def kind_of(path: str, told: str) -> str:
    """What a request is counted as."""
    if told == "Document" or (path.startswith("/static/") and path.endswith((".css", ".js"))):
        return "vendored" if "/vendor/" in path else "own"
    if path.endswith("/timeline/index"):
        return "index"
    if path.startswith("/media/"):
        return "pictures"
    return "data" if path.startswith(("/v1/", "/walls/")) else "other"


def visited(page: Page, path: str, *, is_slow: bool) -> Visited:
    """Visit a page for the first time, on slow 4G with a processor four times as slow if asked for."""
    session = page.context.new_cdp_session(page)
    scales = Scales(session)
    scales.start()
    if is_slow:
        throttle(session, SLOW_4G, 4)
    page.add_init_script(OBSERVE)
    page.goto(path, wait_until="networkidle", timeout=120_000)
    page.wait_for_timeout(SETTLED_MS)
    told = page.evaluate("window.told")
    return Visited(scales.weights, page.evaluate(SEEN), told["paint"], told["ready"], told["shift"])


def throttle(session: CDPSession, network: dict[str, float], processor: float) -> None:
    """Make network and processor as slow as those of a phone."""
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {"offline": False, **network})
    session.send("Emulation.setCPUThrottlingRate", {"rate": processor})


def answered(page: Page, deeds: Sequence[str]) -> dict[str, float]:
    """How long each key, and the first click on a photo, took until it was painted: the longest event of each."""
    found = {}
    for deed in deeds:
        page.evaluate("window.told.events.length = 0")
        if deed == "click":
            page.locator(".cell.in a").nth(2).click()
        else:
            page.keyboard.press(deed)
        page.wait_for_timeout(SETTLED_MS)
        found[deed] = max((each for _, each in page.evaluate("window.told.events")), default=0.0)
    return found
