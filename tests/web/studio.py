"""A host at a real browser: a served installation, and windows in which she is signed in."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests import make
from tests.http import served
from tests.installation import Installation
from tests.web.watch import Watch

from albumen import server
from albumen.accounts import sessions
from albumen.accounts.models import User
from albumen.kernel.actor import SYSTEM

_DROP = """([files, padding]) => {
    const data = new DataTransfer();
    for (const [name, body] of Object.entries(files)) {
        const bytes = Uint8Array.from(atob(body), each => each.charCodeAt(0));
        data.items.add(new File([bytes, new Uint8Array(padding)], name, { lastModified: 1560000000000 }));
    }
    dispatchEvent(new DragEvent("dragenter", { dataTransfer: data }));
    dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
}"""


class Scales:
    """Weighs what uploads bring to an app, also what breaks off."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self.received = app, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        path = str(scope.get("path"))
        is_upload = path.startswith("/v1/uploads") and path != "/v1/uploads/check"

        async def weighed() -> Message:
            message = await receive()
            self.received += len(message.get("body", b"")) if is_upload else 0
            return message

        await self._app(scope, weighed, send)


@contextmanager
def opened(browser: Browser, installation: Installation) -> Iterator["Studio"]:
    """A studio, until the block ends."""
    scales = Scales(server.serve(installation.app))
    with served.served(scales) as port:
        made = Studio(browser, installation, f"http://127.0.0.1:{port}", scales)
        yield made
        for context in made.contexts:
            context.close()
    made.watch.check()


@dataclass
class Studio:
    """An installation that is served, and the windows that look at it."""

    browser: Browser
    installation: Installation
    address: str
    scales: Scales
    name: str = "alice"
    contexts: list[BrowserContext] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)

    def window(self, **options: object) -> Page:
        """A window of somebody who is signed in."""
        told = {"base_url": self.address, "service_workers": "block", **options}
        context = self.browser.new_context(**told)  # type: ignore[arg-type]  # passed on
        context.set_default_timeout(30_000)
        context.add_cookies([{"name": "albumen", "value": self._session(), "url": self.address}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        self.watch.over(page)
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    def _session(self) -> str:
        self.installation.caller(self.name).get("/users/me")
        with self.installation.app.writing(SYSTEM) as unit:
            user = unit.db.scalars(select(User).where(User.name_key == self.name)).one()
            return sessions.start(unit, user, days=1)


def drop(page: Page, files: Mapping[str, bytes], padding: int = 0) -> None:
    """Drop files on a page, each with so many bytes behind its end, which do no harm."""
    page.evaluate(_DROP, [{name: base64.b64encode(body).decode() for name, body in files.items()}, padding])


def photos(count: int, prefix: str = "IMG") -> dict[str, bytes]:
    """So many tiny photos, all of them different."""
    return {f"{prefix}_{number:04}.jpg": make.photo(size=(16, 12)) for number in range(count)}
