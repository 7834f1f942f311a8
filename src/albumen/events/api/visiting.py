"""Who a guest is, as endpoints are handed it: the visit, checked in the transaction of the request itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from albumen.app import App
from albumen.events import guests
from albumen.events.visits import Visit
from albumen.http.deps import TheApp, TurnToRead, TurnToWrite
from albumen.http.guest_tokens import guest_token
from albumen.kernel.actor import SYSTEM
from albumen.unit import Unit


@dataclass(frozen=True)
class Visited:
    """A unit, and the visit that it is about."""

    unit: Unit
    visit: Visit


async def _token(request: Request) -> str:
    return guest_token(request)


GuestToken = Annotated[str, Depends(_token)]


def _reading(app: TheApp, token: GuestToken, _: TurnToRead) -> Iterator[Visited]:
    with app.reading(SYSTEM) as unit:
        yield Visited(unit, guests.resume(unit, token))


def _writing(app: TheApp, token: GuestToken, _: TurnToWrite) -> Iterator[Visited]:
    with app.writing(SYSTEM) as unit:
        yield Visited(unit, guests.resume(unit, token))


@dataclass(frozen=True)
class Asking:
    """Who asks, with a turn to read; nothing is opened yet."""

    app: App
    token: str

    async def read[Result](self, look: Callable[[Visited], Result]) -> Result:
        """Open a unit, look, and close it, all in one thread.

        `GuestReading` goes to a thread and back for each of the three, and waits behind all others at each way; this
        is for what a thousand guests ask at once.  Raises what the look raises, and what resuming a visit does.
        """
        return await run_in_threadpool(self._look, look)

    def _look[Result](self, look: Callable[[Visited], Result]) -> Result:
        with self.app.reading(SYSTEM) as unit:
            return look(Visited(unit, guests.resume(unit, self.token)))


async def _asking(app: TheApp, token: GuestToken, _: TurnToRead) -> Asking:
    return Asking(app, token)


GuestAsking = Annotated[Asking, Depends(_asking, scope="function")]
GuestReading = Annotated[Visited, Depends(_reading, scope="function")]
GuestWriting = Annotated[Visited, Depends(_writing, scope="function")]
