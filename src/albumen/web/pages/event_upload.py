"""Upload into an event: a page with a picker and a place to drop files, and the form behind it."""

from typing import Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from albumen.app import App
from albumen.events import entries, queries, sets
from albumen.http.deps import Reading, TheApp, public_id
from albumen.kernel.actor import Actor
from albumen.unit import Unit
from albumen.web import forms, hosting, intake
from albumen.web.router import Pages

routes = Pages("/events/{event_id}/upload")


@routes.get("")
def upload_page(unit: Reading, request: Request, event_id: str) -> Response:
    """Choose files for the event."""
    return _page(request, unit, event_id)


def _page(request: Request, unit: Unit, event_id: str, outcomes: Any = ()) -> Response:
    hosted = hosting.of(unit, event_id)
    entries.require(unit, hosted.event)
    values: dict[str, Any] = {"sets": sets.of(unit, hosted.event), "chosen": request.query_params.get("set", "")}
    values["wants_code"] = hosted.is_owner and not queries.accessors(unit, hosted.event, limit=1, cursor=None).items
    return hosting.page(request, "host/upload.html", hosted, outcomes=outcomes, **values)


@routes.post("")
async def upload(app: TheApp, request: Request, event_id: str) -> Response:
    """Take files into the event, and say what became of each."""
    actor = await run_in_threadpool(_uploader, app, request, event_id)
    outcomes = await intake.receive(app, request, public_id(event_id))

    def answer() -> Response:
        with app.reading(actor) as unit:
            return _page(request, unit, event_id, outcomes)

    return await run_in_threadpool(answer)


def _uploader(app: App, request: Request, event_id: str) -> Actor:
    """Who sends; refused before the files are read.  Raises SignIn, NotFound, Denied, Conflict."""
    actor = forms.sender(request, app)
    with app.reading(actor) as unit:
        entries.require(unit, hosting.event_of(unit, event_id))
    return actor
