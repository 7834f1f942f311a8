"""What guests gave, to be shown or declined, and what they did."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import Request, Response

from albumen.events import activity, moderation
from albumen.events.contributions import State
from albumen.events.models import Event
from albumen.events.queries import Part
from albumen.http.deps import Reading, TheApp, public_id
from albumen.libraries.models import Role
from albumen.unit import Unit
from albumen.web import grid, hosting, render
from albumen.web.forms import Signed, SignedForm
from albumen.web.router import Pages

routes = Pages("/events/{event_id}")
KINDS = ("visit", "view", "download", "upload", "favorite")


@routes.get("/moderation")
def waiting(app: TheApp, unit: Reading, request: Request, event_id: str) -> Response:
    """The gifts that wait, the oldest first."""
    hosted = hosting.of(unit, event_id)
    found = moderation.gifts(unit, hosted.event, State.waiting, Part(hosting.PAGE))
    tiles = grid.tiles(app, unit, [gift.file for gift in found.items])
    values: dict[str, Any] = {"gifts": list(zip(tiles, found.items, strict=True)), "has_more": found.next is not None}
    return hosting.page(request, "host/moderation.html", hosted, **values)


@routes.post("/moderation")
def decide(event_id: str, form: SignedForm) -> Response:
    """Show or decline one gift, those that were chosen, or all."""
    deed, _, word = form.text("deed").partition(":")
    chosen = [public_id(each) for each in ([word] if word else form.texts("ids"))]
    if deed.endswith("-all"):
        many = _decide_all(form, event_id, deed)
    elif chosen:
        with form.writing() as unit:
            many = _verb(deed)(unit, hosting.event_of(unit, event_id), chosen)
    else:
        return render.go(f"/events/{event_id}/moderation?done=none")
    what = "approved" if deed.startswith("approve") else "declined"
    return render.go(f"/events/{event_id}/moderation?done={what}-{many}")


def _verb(deed: str) -> Callable[[Unit, Event, Sequence[int] | None], int]:
    return moderation.approve if deed.startswith("approve") else moderation.reject


def _decide_all(form: Signed, event_id: str, deed: str) -> int:
    """Batch by batch, each for itself, so that nobody waits long; how many were decided about."""
    count, total = moderation.BATCH, 0
    while count == moderation.BATCH:
        with form.writing() as unit:
            count = _verb(deed)(unit, hosting.event_of(unit, event_id), None)
        total += count
    return total


@routes.get("/activity")
def doings(unit: Reading, request: Request, event_id: str, cursor: str = "") -> Response:
    """What was done, by code and by guest."""
    hosted = hosting.of(unit, event_id, Role.owner)
    done = activity.of_event(unit, hosted.event)
    guests = activity.guests(unit, hosted.event, limit=hosting.PAGE, cursor=cursor or None)
    values: dict[str, Any] = {
        "done": done,
        "kinds": KINDS,
        "guests": guests.items,
        "more": guests.next or "",
        "labels": {accessor.id: accessor.label for accessor, _ in done.codes},
    }
    return hosting.page(request, "host/activity.html", hosted, **values)
