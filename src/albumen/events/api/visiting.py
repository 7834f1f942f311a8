"""Who a guest is, as endpoints are handed it: the visit, checked in the transaction of the request itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

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


GuestReading = Annotated[Visited, Depends(_reading, scope="function")]
GuestWriting = Annotated[Visited, Depends(_writing, scope="function")]
