"""The routes of events."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from albumen.events import event_views, events, queries
from albumen.events.event_views import EventForm, EventPatch, EventView
from albumen.events.models import Event
from albumen.http.deps import Paging, Reading, TheApp, Writing, public_id
from albumen.http.views import Routes, View
from albumen.libraries.models import Role
from albumen.unit import Unit

routes = Routes(tags=["Events"])


class EventsView(View):
    """A page of events."""

    events: list[EventView]
    next: str | None


@dataclass(frozen=True)
class AtEvent:
    """An event, as a path names it."""

    event_id: str

    def get(self, unit: Unit, least: Role = Role.reader) -> Event:
        """The event.  Raises NotFound, Denied."""
        return queries.get(unit, public_id(self.event_id), least)


OfEvent = Annotated[AtEvent, Depends()]


@routes.get("/events", summary="The events the caller may see")
def list_events(unit: Reading, page: Paging) -> EventsView:
    """The newest first."""
    found = queries.seen(unit, limit=page.limit, cursor=page.cursor)
    return EventsView(events=event_views.of_events(unit, found.items), next=found.next)


@routes.post("/events", summary="Publish an album")
def create_event(app: TheApp, unit: Writing, form: EventForm) -> EventView:
    """One that is there, as its owner, or one that is made for the event."""
    new = form.new(app.settings.libraries.time_zone)
    return event_views.of_event(unit, events.create(unit, new))


@routes.get("/events/{event_id}", summary="An event")
def get_event(unit: Reading, where: OfEvent) -> EventView:
    """One event."""
    return event_views.of_event(unit, where.get(unit))


@routes.patch("/events/{event_id}", summary="Change an event")
def change_event(unit: Writing, where: OfEvent, form: EventPatch) -> EventView:
    """Its name, date, end, cover, lock, and what guests may do."""
    return event_views.of_event(unit, events.change(unit, where.get(unit), form.told()))


@routes.delete("/events/{event_id}", summary="Publish an album no more", status_code=204)
def delete_event(unit: Writing, where: OfEvent) -> None:
    """Its codes, guests and sets go; the album and its photos stay."""
    events.delete_event(unit, where.get(unit))
