"""Waiting for news: answers at once, or as soon as there is some, holding neither a thread nor a connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from anyio import to_thread

from albumen.app import App

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
"""What the client still says, as ASGI tells it."""
LOOK_SECONDS = 1.0
"""How often is looked for what other processes have committed."""


@dataclass(frozen=True)
class Wait:
    """What rings for the news, how long somebody would wait, and what the client still says."""

    topic: int
    seconds: float
    receive: Receive


async def first[Answer](
    app: App, wait: Wait, look: Callable[[], tuple[Answer, bool]], has_moved: Callable[[], bool]
) -> Answer:
    """What `look` finds once it says that this is an answer; whatever it finds when the wait is over.

    Both are called in threads; `has_moved` is the cheaper one, for what other processes have committed.  The wait ends
    early when the client has gone or the server stops.
    """
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + wait.seconds
    with app.works.chimes.heard(wait.topic) as rung:
        async with _hanging_up(wait.receive) as gone:
            while True:
                rung.clear()
                found, is_news = await to_thread.run_sync(look)
                is_over = app.works.chimes.is_closed or gone.done() or loop.time() >= ends_at
                if is_news or is_over:
                    return found
                await _news(rung, has_moved, _Until(gone, ends_at))


@dataclass(frozen=True)
class _Until:
    """What ends a wait that brings no news."""

    gone: asyncio.Future[None]
    ends_at: float


async def _news(rung: asyncio.Event, has_moved: Callable[[], bool], until: _Until) -> None:
    """Return once there is something new, here or elsewhere, or the wait is over."""
    loop = asyncio.get_running_loop()
    ringing = asyncio.ensure_future(rung.wait())
    try:
        while (left := until.ends_at - loop.time()) > 0:
            some = (ringing, until.gone)
            await asyncio.wait(some, timeout=min(left, LOOK_SECONDS), return_when=asyncio.FIRST_COMPLETED)
            if any(each.done() for each in some) or await to_thread.run_sync(has_moved):
                return
    finally:
        ringing.cancel()


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
