"""Following the feed: answers at once, or as soon as there is news, holding neither a thread nor a connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from anyio import to_thread

from albumen.app import App
from albumen.kernel.actor import SYSTEM, Actor
from albumen.libraries import feed_pages, feed_views
from albumen.libraries.feed_views import ChangesView

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
"""What the client still says, as ASGI tells it."""
LOOK_SECONDS = 1.0
"""How often a waiting caller's library is looked at for what other processes have committed."""


@dataclass(frozen=True)
class Since:
    """Where somebody stands in a library's feed; None before the beginning."""

    library_id: int
    number: int | None
    limit: int


async def follow(app: App, actor: Actor, since: Since, *, seconds: float, receive: Receive) -> ChangesView:
    """The changes since; where there are none, waits for some, at most so long.  Raises NotFound, Denied, Gone.

    The wait ends early when the client has gone or the server stops.
    """
    ends_at = asyncio.get_running_loop().time() + seconds
    with app.works.chimes.heard(since.library_id) as rung:
        async with _hanging_up(receive) as gone:
            while True:
                rung.clear()
                page = await to_thread.run_sync(_page, app, actor, since)
                is_over = app.works.chimes.is_closed or gone.done() or since.number is None
                if page.changes or page.more or is_over or asyncio.get_running_loop().time() >= ends_at:
                    return page
                since = replace(since, number=int(page.cursor))
                await _news(app, since, rung, _Until(gone, ends_at))


def _page(app: App, actor: Actor, since: Since) -> ChangesView:
    with app.reading(actor) as unit:
        if since.number is None:
            return feed_views.of_start(feed_pages.head(unit, since.library_id))
        page = feed_pages.page(unit, since.library_id, since.number, since.limit)
        return feed_views.of_page(unit, since.library_id, page)


@dataclass(frozen=True)
class _Until:
    """What ends a wait that brings no news."""

    gone: asyncio.Future[None]
    ends_at: float


async def _news(app: App, since: Since, rung: asyncio.Event, until: _Until) -> None:
    """Return once the library's feed has moved on, here or elsewhere, or the wait is over."""
    loop = asyncio.get_running_loop()
    ringing = asyncio.ensure_future(rung.wait())
    try:
        while (left := until.ends_at - loop.time()) > 0:
            some = (ringing, until.gone)
            await asyncio.wait(some, timeout=min(left, LOOK_SECONDS), return_when=asyncio.FIRST_COMPLETED)
            if any(each.done() for each in some) or await to_thread.run_sync(_has_moved, app, since):
                return
    finally:
        ringing.cancel()


def _has_moved(app: App, since: Since) -> bool:
    with app.reading(SYSTEM) as unit:
        return feed_pages.newest(unit, since.library_id) != since.number


@asynccontextmanager
async def _hanging_up(receive: Receive) -> AsyncIterator[asyncio.Future[None]]:
    """Done once the client is gone."""

    async def listen() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    listening = asyncio.ensure_future(listen())
    try:
        yield listening
    finally:
        listening.cancel()
