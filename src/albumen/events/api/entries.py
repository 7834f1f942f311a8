"""The routes of what is in an event: put in, sent in, taken out, arranged, merged."""

from typing import Annotated

import msgspec
from anyio import to_thread
from fastapi import Query, Request
from pydantic import ValidationError

from albumen.app import App
from albumen.events import arrivals, entries, entry_views, event_views, merging, queries
from albumen.events.api.events import AtEvent, OfEvent
from albumen.events.entry_views import EntriesView, FilesForm, MergedView, MergeForm, OrderForm
from albumen.events.event_views import EventView
from albumen.events.queries import Part
from albumen.http import bodies
from albumen.http.deps import Caller, Paging, Reading, TheApp, Writing, public_id
from albumen.http.views import Routes, multipart
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Invalid
from albumen.libraries.incoming import Body
from albumen.libraries.views import FileView

routes = Routes(tags=["Events"])

_FILES = "/events/{event_id}/files"
_FORM_BYTES = 1 << 20
SetId = Annotated[str | None, Query(alias="set", description="A set of the event.")]
Name = Annotated[str, Query(max_length=1000, description="Its name, where a photo comes without a form.")]


@routes.get(_FILES, summary="The photos of an event")
def list_entries(unit: Reading, where: OfEvent, page: Paging, which: SetId = None) -> EntriesView:
    """In their order; all of them, or those in one set."""
    set_id = public_id(which) if which else None
    event = where.get(unit)
    return entry_views.of_page(unit, event, queries.entries(unit, event, set_id, Part(page.limit, page.cursor)))


@routes.post(_FILES, summary="Add photos to an event", openapi_extra=multipart("files", many=True))
async def add_entries(
    app: TheApp, actor: Caller, request: Request, where: OfEvent, which: SetId = None
) -> list[FileView] | EventView:
    """Parts `files`, one photo as it is, or JSON `{fileIds}` for photos of the event's library.

    What is sent is filed in the event's folder; what the event has already is answered with `duplicate`.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() == "application/json":
        raw = bytearray()
        await bodies.pour(request.stream(), raw.extend, _FORM_BYTES)
        return await to_thread.run_sync(_add, app, actor, where, bytes(raw))
    body = Body(request.stream(), request.headers, request.query_params.get("name", "")[:1000])
    return await arrivals.into_event(app, actor, public_id(where.event_id), body, public_id(which) if which else None)


def _add(app: App, actor: Actor, where: AtEvent, raw: bytes) -> EventView:
    form = _form(raw)
    with app.writing(actor) as unit:
        event = where.get(unit)
        entries.add(unit, event, form.chosen(), public_id(form.set_id) if form.set_id else None)
        return event_views.of_event(unit, event)


def _form(raw: bytes) -> FilesForm:
    try:
        return FilesForm.model_validate(msgspec.json.decode(raw))
    except ValidationError as fault:
        places = [(".".join(map(str, each["loc"])), each["msg"]) for each in fault.errors()]
        raise Invalid("The request is not right.", errors=places) from None
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise Invalid("The body is not JSON.") from None


@routes.delete(_FILES, summary="Take photos out of an event", status_code=204)
def remove_entries(unit: Writing, where: OfEvent, form: FilesForm) -> None:
    """They stay in the library."""
    entries.remove(unit, where.get(unit), form.chosen())


@routes.post(_FILES + "/order", summary="Arrange the photos of an event", status_code=204)
def arrange_entries(unit: Writing, where: OfEvent, form: OrderForm) -> None:
    """Moves a block in front of `before`, or to the end; the others keep their order."""
    before = public_id(form.before) if form.before else None
    entries.arrange(unit, where.get(unit), form.chosen(), before)


@routes.post("/events/{event_id}/merge", summary="Put another event's photos in")
def merge_events(unit: Writing, where: OfEvent, form: MergeForm) -> MergedView:
    """At the end, into sets of the same names; the other event stays as it is."""
    source = queries.get(unit, public_id(form.source))
    return MergedView(added=merging.merge(unit, where.get(unit), source))


@routes.get("/events/at/{user}/{word}", summary="The event at an address")
def find_event(unit: Reading, user: str, word: str) -> EventView:
    """Also at one that it had before; `publicUrl` is the one it has now.  For those who may see the event."""
    return event_views.of_event(unit, queries.at(unit, user, word))
