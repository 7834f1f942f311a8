"""The settings of an event: its name, its time, what guests may do, and the end of it."""

from datetime import datetime
from math import ceil
from typing import Any

from fastapi import Request, Response

from albumen.events import event_views, events, merging, queries
from albumen.events.event_views import EventView
from albumen.events.models import GuestName, GuestUpload
from albumen.http.deps import Reading
from albumen.kernel.errors import Conflict, Invalid
from albumen.libraries.models import Role
from albumen.unit import Unit
from albumen.web import hosting, render
from albumen.web.forms import Sent, SignedForm
from albumen.web.hosting import Hosted
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/events/{event_id}")
_OFFERED = 100


@routes.get("/settings")
def settings(unit: Reading, request: Request, event_id: str) -> Response:
    """All of them."""
    return _page(unit, request, event_id)


def _page(unit: Unit, request: Request, event_id: str, *, wrong: str = "", unsure: str = "") -> Response:
    hosted = hosting.of(unit, event_id, Role.owner)
    values: dict[str, Any] = {
        "wrong": wrong,
        "unsure": unsure,
        "others": [each for each in _others(unit) if each.event_id != hosted.view.event_id],
        "ends": hosting.local(hosted.event.expires_at, hosted.zone),
        "reveals": hosting.local(hosted.event.reveal_at, hosted.zone),
    }
    return hosting.page(request, "host/settings.html", hosted, status=422 if wrong or unsure else 200, **values)


def _others(unit: Unit) -> list[EventView]:
    """The newest events that may be merged."""
    return event_views.of_events(unit, queries.seen(unit, limit=_OFFERED, cursor=None).items)


@routes.post("/merge")
def merge(request: Request, event_id: str, form: SignedForm) -> Response:
    """Put another event's photos into this one."""
    try:
        with form.writing() as unit:
            merging.merge(unit, hosting.event_of(unit, event_id), hosting.event_of(unit, form.text("source")))
        return render.go(f"/events/{event_id}?done=merged")
    except Conflict as problem:
        with form.reading() as unit:
            return _page(unit, request, event_id, wrong=problem.detail)


@routes.post("/settings")
def change(request: Request, event_id: str, form: SignedForm) -> Response:
    """Keep what was told."""
    try:
        with form.writing() as unit:
            hosted = hosting.of(unit, event_id, Role.owner)
            events.change(unit, hosted.event, _told(form, hosted))
        return render.go(f"/events/{event_id}/settings?done=saved")
    except Invalid as problem:
        with form.reading() as unit:
            return _page(unit, request, event_id, wrong=problem.detail)


def _told(form: Sent, hosted: Hosted) -> dict[str, Any]:
    """What a form says.  An end that was left as it is stays so to the second.  Raises Invalid."""
    told: dict[str, Any] = {
        "held_on": form.text("date") or None,
        "guest_upload": hosting.choice(GuestUpload, form.text("upload")),
        "guest_name": hosting.choice(GuestName, form.text("guest_name")),
        "strip_location": bool(form.text("strip")),
        "has_comments": bool(form.text("comments")),
    }
    if form.text("name") != hosted.view.event_name:
        told["name"] = form.text("name")
    if form.text("reveal") != hosting.local(hosted.event.reveal_at, hosted.zone):
        told["reveal_at"] = hosting.moment(form.text("reveal"), hosted.zone)
    if form.text("end") != hosting.local(hosted.event.expires_at, hosted.zone):
        told["seconds_to_live"] = _seconds(hosted, hosting.moment(form.text("end"), hosted.zone))
    return told


def _seconds(hosted: Hosted, end: datetime | None) -> int | None:
    """How long the event lasts; a part of a second counts as a whole one, so that the end reads as it was typed."""
    return None if end is None else ceil((end - hosted.event.created_at).total_seconds())


@routes.post("/delete")
def delete(request: Request, event_id: str, form: SignedForm) -> Response:
    """Publish the album no more, where that was said twice."""
    with form.writing() as unit:
        hosted = hosting.of(unit, event_id, Role.owner)
        if form.text("sure"):
            events.delete_event(unit, hosted.event)
            return render.go("/events")
    with form.reading() as unit:
        return _page(unit, request, event_id, unsure=_("Say that you are sure."))
