"""Events themselves: an album is published, changed, and published no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from albumen.albums import albums
from albumen.albums.albums import NewAlbum
from albumen.changes import audit
from albumen.events import addresses, locks, queries
from albumen.events.models import Event
from albumen.kernel import ids
from albumen.kernel.actor import Scope
from albumen.kernel.errors import Conflict, Gone, Invalid, NotFound, SignIn
from albumen.libraries import access, library
from albumen.libraries.models import Album, Role
from albumen.unit import Unit

LONGEST_SECONDS = 100 * 366 * 86400
PLAIN = ("guest_upload", "guest_name", "strip_location", "has_comments", "is_locked", "reveal_at", "held_on")
"""What of an event is set as it is told."""


@dataclass(frozen=True)
class NewEvent:
    """What an event starts with: an album that is there, or one made for it in a library (None: the actor's own).

    `told` are columns of Event by name; `time_zone` is for the actor's own library, where it must be made first.
    """

    name: str
    album_id: int | None = None
    library_id: int | None = None
    seconds_to_live: int | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    time_zone: str = "UTC"


def create(unit: Unit, new: NewEvent) -> Event:
    """Publish an album, as its owner.  Raises NotFound, Denied, Invalid, SignIn, Conflict where it is published."""
    if unit.actor.user_id is None:
        raise SignIn
    access.check_scope(unit, Scope.share)
    album = _album(unit, new)
    if unit.db.scalar(select(Event.id).where(Event.album_id == album.id)) is not None:
        raise Conflict("This album is published already.")
    event = Event(
        id=ids.new_id(),
        album_id=album.id,
        library_id=album.library_id,
        user_id=unit.actor.user_id,
        created_at=unit.now,
        modified_at=unit.now,
    )
    _set(event, new.told)
    _set_end(event, new.seconds_to_live)
    addresses.handle(unit, event.user_id)
    addresses.claim(unit, event, new.name)
    unit.db.add(event)
    unit.db.flush()
    addresses.register(unit, event)
    audit.note(unit, "publish", ("event", event.id))
    return event


def _album(unit: Unit, new: NewEvent) -> Album:
    if new.album_id is None:
        chosen = new.library_id or library.default(unit, time_zone=new.time_zone).id
        return albums.create(unit, chosen, NewAlbum(new.name))
    album = unit.db.get(Album, new.album_id)
    if album is None or new.library_id not in (None, album.library_id):
        raise NotFound("There is no such album.")
    access.require_album(unit, album, Role.owner)
    return album


def change(unit: Unit, event: Event, told: Mapping[str, Any]) -> Event:
    """Change those of name, cover_file_id, seconds_to_live, expires_at and the columns in PLAIN that are told.

    Owners do.  Raises NotFound, Denied, Invalid, and Gone for an end put off after the photos were purged.
    """
    album = queries.album_of(unit, event)
    access.check(unit, access.role_on_album(unit, album), Role.owner, "event")
    outside = {name: told[name] for name in ("name", "cover_file_id") if name in told}
    if outside:
        albums.change(unit, album, outside)
    if "name" in told and addresses.word_of(album.name) != event.word:
        addresses.claim(unit, event, album.name)
        addresses.register(unit, event)
    _set(event, {name: value for name, value in told.items() if name in PLAIN})
    _change_end(unit, event, told)
    event.modified_at = unit.now
    albums.changed(unit, album)
    return event


def _set(event: Event, told: Mapping[str, Any]) -> None:
    if told.get("held_on") is not None:
        try:
            date.fromisoformat(told["held_on"])
        except ValueError:
            raise Invalid("This is not a date.", errors=[("date", "not YYYY-MM-DD")]) from None
    for name, value in told.items():
        setattr(event, name, value)


def _change_end(unit: Unit, event: Event, told: Mapping[str, Any]) -> None:
    """`seconds_to_live` counts from when the event was made; `expires_at` says the same as a moment."""
    if not {"seconds_to_live", "expires_at"} & told.keys():
        return
    seconds = told.get("seconds_to_live")
    if "expires_at" in told:
        end: datetime | None = told["expires_at"]
        seconds = None if end is None else int((end - event.created_at).total_seconds())
    if event.purged_at is not None and (seconds is None or _end(event, seconds) > unit.now):
        raise Gone("The event has ended, and what only its guests had was removed.")
    _set_end(event, seconds)
    event.reminded_days, event.ended_told_at = None, None
    audit.note(unit, "end", ("event", event.id), seconds_to_live=seconds)


def _set_end(event: Event, seconds: int | None) -> None:
    if seconds is not None and not 0 < seconds <= LONGEST_SECONDS:
        raise Invalid("An event lasts a second to a century.", errors=[("secondsToLive", "not usable")])
    event.seconds_to_live = seconds
    event.expires_at = None if seconds is None else _end(event, seconds)


def _end(event: Event, seconds: int) -> datetime:
    return event.created_at + timedelta(seconds=seconds)


def delete_event(unit: Unit, event: Event) -> None:
    """Publish the album no more: its codes, guests and sets go, the album and its photos stay.

    Owners do.  Raises NotFound, Denied.
    """
    access.check(unit, access.role_on_album(unit, queries.album_of(unit, event)), Role.owner, "event")
    audit.note(unit, "unpublish", ("event", event.id))
    unit.db.delete(event)
    unit.db.flush()


def check_open(event: Event) -> None:
    """Raises Conflict where nobody adds or removes anything."""
    locks.check(event)
