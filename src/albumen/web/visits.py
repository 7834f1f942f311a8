"""Whose visit a guest's page is about: the token's, at the address of its event."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request

from albumen.app import App
from albumen.events import addresses, guests
from albumen.events.event_views import public_url
from albumen.events.visits import Visit
from albumen.http.deps import TheApp, TurnToRead, TurnToWrite
from albumen.http.guest_tokens import guest_token
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import SignIn
from albumen.unit import Unit


@dataclass(frozen=True)
class Here:
    """A unit, the visit that a page is about, and where its pages begin."""

    app: App
    unit: Unit
    visit: Visit

    @property
    def base(self) -> str:
        """The path of the event's first page."""
        return path_of(public_url(self.visit.owner, self.visit.event))


def path_of(address: str) -> str:
    """The path of an event's first page, from its address."""
    return f"/e/{quote(address)}"


def resume(app: App, unit: Unit, token: str, address: str) -> Here:
    """The visit of a token, where it is to the event at this address.  Raises SignIn, Gone."""
    visit = guests.resume(unit, token)
    user, _, word = address.partition("/")
    at = addresses.find(unit, user, word)
    if at is None or at.id != visit.event.id:
        raise SignIn("Enter the code of this event.")
    return Here(app, unit, visit)


def _reading(app: TheApp, request: Request, user: str, word: str, _: TurnToRead) -> Iterator[Here]:
    with app.reading(SYSTEM) as unit:
        yield resume(app, unit, guest_token(request), f"{user}/{word}")


def _writing(app: TheApp, request: Request, user: str, word: str, _: TurnToWrite) -> Iterator[Here]:
    with app.writing(SYSTEM) as unit:
        yield resume(app, unit, guest_token(request), f"{user}/{word}")


Visiting = Annotated[Here, Depends(_reading, scope="function")]
"""For pages that are looked at."""
Acting = Annotated[Here, Depends(_writing, scope="function")]
"""For what changes something."""
