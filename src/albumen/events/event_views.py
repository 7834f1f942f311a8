"""How events look over the API to those who have them."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import AwareDatetime, Field
from sqlalchemy import select

from albumen.accounts.models import User
from albumen.events import queries
from albumen.events.events import NewEvent
from albumen.events.models import Event, GuestName, GuestUpload
from albumen.http.views import Form, Time, View
from albumen.kernel import ids
from albumen.libraries import access
from albumen.unit import Unit

_DAY = r"^\d{4}-\d{2}-\d{2}$"
_COLUMNS = {
    "event_name": "name",
    "date": "held_on",
    "reveal_on": "reveal_at",
    "expires_on": "expires_at",
    "locked": "is_locked",
}


class EventForm(Form):
    """An album to publish (`albumId`), or an event for which one is made, in a library or in the caller's own."""

    event_name: str = Field(min_length=1, max_length=255)
    album_id: str | None = None
    library_id: str | None = None
    date: str | None = Field(None, pattern=_DAY)
    seconds_to_live: int | None = Field(None, gt=0)
    guest_upload: GuestUpload = GuestUpload.no
    guest_name: GuestName = GuestName.optional
    strip_location: bool = True
    has_comments: bool = False
    reveal_on: AwareDatetime | None = None

    def new(self, time_zone: str) -> NewEvent:
        """What the event starts with.  Raises NotFound where an id can be none."""
        named = {"event_name", "album_id", "library_id", "seconds_to_live"}
        return NewEvent(
            name=self.event_name,
            album_id=ids.decode(self.album_id) if self.album_id else None,
            library_id=ids.decode(self.library_id) if self.library_id else None,
            seconds_to_live=self.seconds_to_live,
            told=_columns(self.model_dump(exclude=named)),
            time_zone=time_zone,
        )


class EventPatch(Form):
    """What to change of an event.  An end may be told as `secondsToLive` or as `expiresOn`; null takes it away."""

    event_name: str = Field("", min_length=1, max_length=255)
    date: str | None = Field(None, pattern=_DAY)
    seconds_to_live: int | None = Field(None, gt=0)
    expires_on: AwareDatetime | None = None
    locked: bool = False
    cover_file_id: str | None = None
    guest_upload: GuestUpload = GuestUpload.no
    guest_name: GuestName = GuestName.optional
    strip_location: bool = True
    has_comments: bool = False
    reveal_on: AwareDatetime | None = None

    def told(self) -> dict[str, Any]:
        """What was told, by field.  Raises NotFound where an id can be none."""
        told = _columns(self.model_dump(exclude_unset=True))
        if self.cover_file_id is not None:
            told["cover_file_id"] = ids.decode(self.cover_file_id)
        return told


def _columns(told: Mapping[str, Any]) -> dict[str, Any]:
    return {_COLUMNS.get(name, name): value for name, value in told.items()}


class EventView(View):
    """An event; `publicUrl` is `userName/event_name`, `cover` the file that stands for it."""

    event_id: str
    event_name: str
    public_url: str
    user_id: str
    library_id: str
    album_id: str
    date: str | None
    creation_date: Time
    seconds_to_live: int | None
    expires_on: Time | None
    is_over: bool
    purged_on: Time | None
    locked: bool
    file_count: int
    cover: str | None
    guest_upload: str
    guest_name: str
    strip_location: bool
    has_comments: bool
    reveal_on: Time | None
    user_role: str | None


_AS_KEPT = ("seconds_to_live", "guest_upload", "guest_name", "strip_location", "has_comments")


def of_events(unit: Unit, events: Sequence[Event]) -> list[EventView]:
    """Events as the actor sees them, in a handful of queries however many there are."""
    cards = queries.cards(unit, events)
    wanted = select(User).where(User.id.in_({event.user_id for event in events}))
    owners = {user.id: user for user in unit.db.scalars(wanted)}
    views = []
    for event in events:
        album, card = cards[event.id]
        owner = owners[event.user_id]
        views.append(
            EventView(
                **{name: getattr(event, name) for name in _AS_KEPT},
                event_id=ids.encode(event.id),
                event_name=album.name,
                public_url=public_url(owner, event),
                user_id=owner.name_key,
                library_id=ids.encode(event.library_id),
                album_id=ids.encode(event.album_id),
                date=event.held_on,
                creation_date=event.created_at,
                expires_on=event.expires_at,
                is_over=event.expires_at is not None and event.expires_at <= unit.now,
                purged_on=event.purged_at,
                locked=event.is_locked,
                file_count=card.file_count,
                cover=ids.encode(card.cover_file_id) if card.cover_file_id else None,
                reveal_on=event.reveal_at,
                user_role=access.role_on_album(unit, album),
            )
        )
    return views


def of_event(unit: Unit, event: Event) -> EventView:
    """One event as the actor sees it."""
    return of_events(unit, [event])[0]


def public_url(owner: User, event: Event) -> str:
    """The address of an event below the pages of events."""
    return f"{owner.handle}/{event.word}"
