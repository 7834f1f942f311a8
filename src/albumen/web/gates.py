"""What an event's first page tells anybody who has its address."""

from dataclasses import dataclass

from fastapi import Request

from albumen.accounts.models import User
from albumen.app import App
from albumen.events import addresses, guests, queries
from albumen.events.event_views import public_url
from albumen.events.models import Event
from albumen.http.guest_tokens import shown_token
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Gone, NotFound, SignIn
from albumen.libraries.models import Library
from albumen.unit import Unit
from albumen.web.visits import path_of, resume


@dataclass(frozen=True)
class Gate:
    """What an event's first page tells anybody: its name, its day, whose it is, and whether a name is asked for.

    `is_known`: whoever asks may come in; `is_closed`: they were in, by a code that opens it no longer.
    """

    path: str
    name: str
    host: str
    day: str | None
    asks_name: str
    is_over: bool
    is_known: bool
    is_closed: bool


def gate(app: App, request: Request, address: str) -> Gate:
    """The first page of the event at an address.  Raises NotFound."""
    user, _sep, word = address.partition("/")
    with app.reading(SYSTEM) as unit:
        event = addresses.find(unit, user, word)
        if event is None or not _is_there(unit, event):
            raise NotFound
        return _gate(app, unit, request, event)


def _is_there(unit: Unit, event: Event) -> bool:
    """Whether its library and whoever published it are there still."""
    library, owner = unit.db.get_one(Library, event.library_id), unit.db.get_one(User, event.user_id)
    return library.deleted_at is None and owner.disabled_at is None


def _gate(app: App, unit: Unit, request: Request, event: Event) -> Gate:
    owner = unit.db.get_one(User, event.user_id)
    address = public_url(owner, event)
    is_known = _is_known(app, unit, request, address)
    return Gate(
        path=path_of(address),
        name=queries.album_of(unit, event).name,
        host=owner.name,
        day=event.held_on,
        asks_name=event.guest_name,
        is_over=event.purged_at is not None or (event.expires_at is not None and unit.now >= event.expires_at),
        is_known=is_known,
        is_closed=not is_known and guests.was_at(unit, shown_token(request), event.id),
    )


def _is_known(app: App, unit: Unit, request: Request, address: str) -> bool:
    try:
        return bool(resume(app, unit, shown_token(request), address))
    except (SignIn, Gone):
        return False
