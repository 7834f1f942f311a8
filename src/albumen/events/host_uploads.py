"""Resumable uploads of those who may add to an event: filed in its folder, put in, and laid into a set."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from albumen.app import App
from albumen.events import entries, queries, sets
from albumen.events.models import Event
from albumen.http import tus
from albumen.kernel import ids
from albumen.kernel.actor import Actor, Scope
from albumen.kernel.errors import Conflict, Invalid
from albumen.libraries import access
from albumen.libraries.models import File, Resumable, Role
from albumen.libraries.senders import Announced, Sender
from albumen.libraries.uploads import Arrival
from albumen.unit import Unit

_NAME = "event:"
EVENT, SET = "eventId", "set"
"""The words by which `Upload-Metadata` names an event and one of its sets."""


@dataclass(frozen=True)
class EventSender(Sender):
    """A user who sends photos to an event."""

    event_id: int = 0

    def event(self, unit: Unit) -> Event:
        """The event, for who may add to it.  Raises NotFound, Denied, Conflict where it is locked or a query."""
        access.check_scope(unit, Scope.write)
        event = queries.get(unit, self.event_id)
        if entries.require(unit, event).query is not None:
            raise Conflict("What is in this album is said by its query.")
        return event

    def announce(self, unit: Unit, new: Announced) -> Resumable:
        """Make room in the event's library.  Raises NotFound, Denied, Conflict, OverQuota, Invalid."""
        event = self.event(unit)
        _set_of(unit, event, new.pairs)
        access.require_folder(unit, entries.folder_of(unit, event), Role.contributor)
        return self.make_room(unit, replace(new, folder_id=None), event.library_id)

    def container_of(self, unit: Unit, row: Resumable) -> int | None:
        """The event's library."""
        return self.event(unit).library_id

    def file(self, unit: Unit, row: Resumable, arrival: Arrival) -> File:
        """Put it into the event; what the event has already is not filed twice.  Raises what `announce` raises."""
        event = self.event(unit)
        set_id = _set_of(unit, event, tus.metadata(row.described or ""))
        filed, _is_new = entries.file(unit, event, arrival, set_id)
        return filed


def _set_of(unit: Unit, event: Event, told: Mapping[str, str]) -> int | None:
    """The set that was asked for; None for none.  Raises NotFound."""
    if not told.get(SET):
        return None
    return sets.get(unit, event, ids.decode(told[SET])).id


def announcing(app: App, actor: Actor, told: Mapping[str, str]) -> EventSender:
    """Who announces an upload for the event that the metadata names.  Raises NotFound, Invalid."""
    if told.get("folderId"):
        raise Invalid("An upload goes into an event or into a folder.", errors=[("eventId", "beside folderId")])
    event_id = ids.decode(told[EVENT])
    return EventSender(app, actor, f"{_NAME}{ids.encode(event_id)}", event_id)


def going_on(app: App, actor: Actor, row: Resumable) -> EventSender:
    """Who goes on with an upload that was announced for an event."""
    name = row.sender or ""
    return EventSender(app, actor, name, ids.decode(name.removeprefix(_NAME)))


def is_for_event(row: Resumable) -> bool:
    """Whether a user sends it to an event."""
    return row.sender is not None and row.sender.startswith(_NAME)
