"""Events: those there are, a new one, and the photos of one of them, which are arranged there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from sqlalchemy import func, select

from albumen.app import App
from albumen.events import entries, event_views, events, queries, sets
from albumen.events.events import NewEvent
from albumen.events.models import Accessor, Event, GuestName, GuestUpload
from albumen.events.queries import Part
from albumen.http.deps import Reading, TheApp, identify, public_id
from albumen.kernel import ids
from albumen.kernel.errors import Conflict, Invalid
from albumen.libraries import access
from albumen.libraries.models import Role
from albumen.unit import Unit
from albumen.web import current, grid, hosting, render
from albumen.web.forms import Signed, SignedForm
from albumen.web.pages.albums import covers
from albumen.web.router import Pages

routes = Pages("/events")
PAGE = 60


@routes.get("")
def index(app: TheApp, unit: Reading, request: Request, cursor: str = "") -> Response:
    """All events, the newest first."""
    found = queries.seen(unit, limit=PAGE, cursor=cursor or None)
    views = event_views.of_events(unit, found.items)
    looks = covers(app, unit, [queries.album_of(unit, event) for event in found.items])
    codes = _codes(unit, found.items)
    left = [hosting.seconds_left(unit, event.expires_at) for event in found.items]
    cards = list(zip(views, looks, codes, left, strict=True))
    return render.page(request, "host/events.html", section="events", cards=cards, more=found.next or "")


def _codes(unit: Unit, found: Sequence[Event]) -> list[int | None]:
    """How many codes each event has, for those who may see them."""
    own = {
        event.id
        for event in found
        if access.is_enough(access.role_on_album(unit, queries.album_of(unit, event)), Role.owner)
    }
    rows = select(Accessor.event_id, func.count()).where(Accessor.event_id.in_(own)).group_by(Accessor.event_id)
    counts = {row[0]: row[1] for row in unit.db.execute(rows)}
    return [counts.get(event.id, 0) if event.id in own else None for event in found]


@routes.get("/new", dependencies=[Depends(identify)])
def new(request: Request) -> Response:
    """What a new event is to be."""
    return _new(
        request, {"name": "", "date": "", "upload": "moderated", "guest_name": "optional", "days": "30", "strip": "1"}
    )


def _new(request: Request, typed: dict[str, str], wrong: str = "") -> Response:
    values: dict[str, Any] = {"typed": typed, "wrong": wrong, "lifetimes": hosting.LIFETIMES}
    return render.page(request, "host/new.html", status=422 if wrong else 200, section="events", **values)


@routes.post("")
def create(request: Request, form: SignedForm) -> Response:
    """Make an event with an album of its own; its photos are next."""
    try:
        with form.writing() as unit:
            made = ids.encode(events.create(unit, _wanted(unit, request, form)).id)
            return render.go(f"/events/{made}/upload?done=made")
    except (Invalid, Conflict) as problem:
        names = ("name", "date", "days", "upload", "guest_name", "strip")
        return _new(request, {name: form.text(name) for name in names}, problem.detail)


def _wanted(unit: Unit, request: Request, form: Signed) -> NewEvent:
    shown = current.find(unit, request)
    told = {
        "held_on": form.text("date") or None,
        "guest_upload": hosting.choice(GuestUpload, form.text("upload")),
        "guest_name": hosting.choice(GuestName, form.text("guest_name")),
        "strip_location": bool(form.text("strip")),
    }
    seconds = hosting.lifetime(form.text("days"))
    zone = form.app.settings.libraries.time_zone
    return NewEvent(
        form.text("name"), library_id=shown.id if shown else None, seconds_to_live=seconds, told=told, time_zone=zone
    )


@dataclass(frozen=True)
class Wanted:
    """Which photos a page shows: all or those of a set, from a cursor on."""

    which: Annotated[str, Query(alias="set")] = ""
    cursor: str = ""


@routes.get("/{event_id}")
def event(
    app: TheApp, unit: Reading, request: Request, event_id: str, wanted: Annotated[Wanted, Depends()]
) -> Response:
    """Its photos, all of them or a set."""
    hosted = hosting.of(unit, event_id)
    return hosting.page(request, "host/photos.html", hosted, **_photos(app, unit, hosted.event, wanted))


def _photos(app: App, unit: Unit, event: Event, wanted: Wanted) -> dict[str, Any]:
    chosen = public_id(wanted.which) if wanted.which else None
    found = queries.entries(unit, event, chosen, Part(hosting.PAGE, wanted.cursor or None))
    counts = sets.counts(unit, event)
    return {
        "sets": [(each, counts.get(each.id, 0)) for each in sets.of(unit, event)],
        "chosen": wanted.which,
        "tiles": list(grid.tiles(app, unit, found.items)),
        "more": found.next or "",
        "is_by_query": queries.album_of(unit, event).query is not None,
    }


@routes.post("/{event_id}/photos")
def arrange(event_id: str, form: SignedForm) -> Response:
    """Put the chosen photos into a set, take them out, or make one the cover."""
    chosen = [public_id(each) for each in form.texts("ids")]
    deed, _, word = form.text("deed").partition(":")
    if not chosen:
        return render.go(f"/events/{event_id}")
    with form.writing() as unit:
        done = _arrange(unit, hosting.event_of(unit, event_id), deed, chosen, word or form.text("into"))
    back = f"&set={form.text('set')}" if form.text("set").isalnum() else ""
    return render.go(f"/events/{event_id}?done={done}{back}")


def _arrange(unit: Unit, event: Event, deed: str, chosen: list[int], word: str) -> str:
    if deed == "remove":
        entries.remove(unit, event, chosen)
        return "removed"
    if deed == "cover":
        events.change(unit, event, {"cover_file_id": chosen[0]})
        return "cover"
    which = sets.get(unit, event, public_id(word))
    if deed == "unplace":
        sets.unplace(unit, event, which, chosen)
        return "unplaced"
    sets.place(unit, event, which, chosen)
    return "placed"


@routes.post("/{event_id}/sets")
def make_set(event_id: str, form: SignedForm) -> Response:
    """Make a set, and show it."""
    with form.writing() as unit:
        made = sets.create(unit, hosting.event_of(unit, event_id), form.text("name"))
        return render.go(f"/events/{event_id}?set={ids.encode(made.id)}")


@routes.post("/{event_id}/sets/{set_id}")
def change_set(event_id: str, set_id: str, form: SignedForm) -> Response:
    """Give a set another name, or take it away; its photos stay."""
    with form.writing() as unit:
        event = hosting.event_of(unit, event_id)
        which = sets.get(unit, event, public_id(set_id))
        if form.text("deed") == "remove":
            sets.remove(unit, event, which)
            return render.go(f"/events/{event_id}")
        sets.change(unit, event, which, {"name": form.text("name")})
    return render.go(f"/events/{event_id}?set={set_id}")


@routes.post("/{event_id}/lock")
def lock(event_id: str, form: SignedForm) -> Response:
    """Let nobody add or remove photos any more, or let them again."""
    with form.writing() as unit:
        events.change(unit, hosting.event_of(unit, event_id), {"is_locked": form.text("on") == "1"})
    return render.go(f"/events/{event_id}?done=saved")
