"""The settings of an event: its name, its time, what guests may do, and the end of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from fastapi import Request, Response

from albumen.events import event_views, events, merging, queries
from albumen.events.event_views import EventView
from albumen.events.models import GuestName, GuestUpload
from albumen.http.deps import Reading
from albumen.kernel.errors import Conflict, Gone, Invalid, Problem
from albumen.libraries.models import Role
from albumen.unit import Unit
from albumen.web import hosting, render
from albumen.web.forms import Sent, SignedForm
from albumen.web.hosting import Hosted
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/events/{event_id}")
_OFFERED = 100
_FIELDS = ("name", "date", "end", "reveal", "upload", "guest_name", "strip", "comments")


@routes.get("/settings")
def settings(unit: Reading, request: Request, event_id: str) -> Response:
    """All of them."""
    return _page(unit, request, event_id)


@dataclass(frozen=True)
class Refused:
    """What is said of a form that was refused, by the name of its field, and what was typed into it."""

    wrong: Mapping[str, str]
    typed: Mapping[str, str] | None = None


def _page(unit: Unit, request: Request, event_id: str, refused: Refused | None = None) -> Response:
    hosted = hosting.of(unit, event_id, Role.owner)
    values: dict[str, Any] = {
        "wrong": refused.wrong if refused else {},
        "typed": (refused and refused.typed) or _kept(hosted),
        "others": [each for each in _others(unit) if each.event_id != hosted.view.event_id],
    }
    return hosting.page(request, "host/settings.html", hosted, status=422 if refused else 200, **values)


def _kept(hosted: Hosted) -> dict[str, str]:
    """The settings as they are, by the names of their fields."""
    view, event = hosted.view, hosted.event
    return {
        "name": view.event_name,
        "date": view.date or "",
        "end": hosting.local(event.expires_at, hosted.zone),
        "reveal": hosting.local(event.reveal_at, hosted.zone),
        "upload": view.guest_upload,
        "guest_name": view.guest_name,
        "strip": "1" if view.strip_location else "",
        "comments": "1" if view.has_comments else "",
    }


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
            return _page(unit, request, event_id, Refused({"source": problem.detail}))


@routes.post("/settings")
def change(request: Request, event_id: str, form: SignedForm) -> Response:
    """Keep what was told."""
    try:
        with form.writing() as unit:
            hosted = hosting.of(unit, event_id, Role.owner)
            events.change(unit, hosted.event, _told(form, hosted))
        return render.go(f"/events/{event_id}/settings?done=saved")
    except (Invalid, Gone) as problem:
        typed = {name: form.text(name) for name in _FIELDS}
        with form.reading() as unit:
            return _page(unit, request, event_id, Refused(_wrong(problem), typed))


def _wrong(problem: Problem) -> dict[str, str]:
    """What is said by the field that it belongs to, else above all."""
    if isinstance(problem, Gone):
        return {"end": _("The event has ended, and what only its guests had was removed.")}
    told = problem.errors[0][0] if isinstance(problem, Invalid) and problem.errors else ""
    named = {"secondsToLive": "end"}.get(told, told)
    said = {"name": _("A name has 1 to 255 characters and no slash."), "date": _("This is not a date.")}
    return {named if named in _FIELDS else "": said.get(named, problem.detail)}


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
        told["reveal_at"] = hosting.moment(form.text("reveal"), hosted.zone, "reveal")
    if form.text("end") != hosting.local(hosted.event.expires_at, hosted.zone):
        told["seconds_to_live"] = _seconds(hosted, hosting.moment(form.text("end"), hosted.zone))
    return told


def _seconds(hosted: Hosted, end: datetime | None) -> int | None:
    """How long the event lasts; a part of a second counts as a whole one, so that the end reads as it was typed.

    Raises Invalid.
    """
    seconds = None if end is None else ceil((end - hosted.event.created_at).total_seconds())
    if seconds is not None and seconds <= 0:
        raise Invalid(_("The end must be after the event was made."), errors=[("end", "too early")])
    if seconds is not None and seconds > events.LONGEST_SECONDS:
        raise Invalid(_("An event lasts a century at most."), errors=[("end", "too late")])
    return seconds


@routes.post("/delete")
def delete(request: Request, event_id: str, form: SignedForm) -> Response:
    """Publish the album no more, where that was said twice."""
    with form.writing() as unit:
        hosted = hosting.of(unit, event_id, Role.owner)
        if form.text("sure"):
            events.delete_event(unit, hosted.event)
            return render.go("/events")
    with form.reading() as unit:
        return _page(unit, request, event_id, Refused({"sure": _("Say that you are sure.")}))
