"""How an event looks to a guest over the API: what the code lets see, and for how long."""

from pydantic import Field

from albumen.app import App
from albumen.events import grid, sight
from albumen.events.event_views import public_url
from albumen.events.guests import LONGEST_NAME
from albumen.events.visits import Visit
from albumen.http.views import Form, Time, View
from albumen.kernel import ids
from albumen.unit import Unit


class AccessForm(Form):
    """What somebody shows who wants in: a code or a QR link's token, which alone is enough."""

    access_code: str = Field(max_length=100)
    public_url: str = Field("", max_length=500)
    guest_name: str = Field("", max_length=LONGEST_NAME)


class GuestEventView(View):
    """An event as a guest sees it; `fileCount` is what this guest sees of it."""

    event_id: str
    event_name: str
    public_url: str
    host_name: str
    date: str | None
    creation_date: Time
    expires_on: Time | None
    locked: bool
    file_count: int
    guest_upload: str
    guest_name: str
    has_comments: bool
    reveal_on: Time | None
    is_revealed: bool


class VisitView(View):
    """What a guest's token allows, until when, and how long that is from now."""

    event: GuestEventView
    permissions: list[str]
    sizes: list[str]
    guest_id: str
    guest_name: str | None
    label: str | None
    expires_on: Time | None
    seconds_left: int | None


class AdmittedView(VisitView):
    """The same, and the token."""

    token: str


def of_visit(unit: Unit, app: App, visit: Visit) -> VisitView:
    """What a guest is told of a visit."""
    end = visit.expires_at
    return VisitView(
        event=of_event(unit, app, visit),
        permissions=visit.accessor.permissions,
        sizes=visit.accessor.sizes,
        guest_id=ids.encode(visit.guest.id),
        guest_name=visit.guest.name,
        label=visit.accessor.label,
        expires_on=end,
        seconds_left=None if end is None else max(0, int((end - unit.now).total_seconds())),
    )


def of_admitted(unit: Unit, app: App, visit: Visit, token: str) -> AdmittedView:
    """The same with the token to be known by."""
    return AdmittedView(**dict(of_visit(unit, app, visit)), token=token)


def of_event(unit: Unit, app: App, visit: Visit) -> GuestEventView:
    """The event of a visit."""
    event = visit.event
    return GuestEventView(
        event_id=ids.encode(event.id),
        event_name=visit.album.name,
        public_url=public_url(visit.owner, event),
        host_name=visit.owner.name,
        date=event.held_on,
        creation_date=event.created_at,
        expires_on=event.expires_at,
        locked=event.is_locked,
        file_count=grid.count(unit, app, visit),
        guest_upload=event.guest_upload,
        guest_name=event.guest_name,
        has_comments=event.has_comments,
        reveal_on=event.reveal_at,
        is_revealed=sight.is_revealed(unit, visit),
    )
