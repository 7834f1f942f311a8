"""The clock that cameras photograph at an event."""

from fastapi import Request, Response

from albumen.events import clocks, queries
from albumen.http.deps import Reading, public_id
from albumen.web import render
from albumen.web.router import Pages

routes = Pages("/events")


@routes.get("/{event_id}/clock")
def clock(request: Request, unit: Reading, event_id: str) -> Response:
    """The time as a QR code, drawn anew each second; for those who add photos to the event."""
    event = clocks.require_clock(unit, public_id(event_id))
    name = queries.album_of(unit, event).name
    return render.page(request, "event/clock.html", section="events", event_id=event.id, name=name)
