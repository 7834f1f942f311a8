"""The timeline, and the page of one photo."""

from typing import Any

from fastapi import APIRouter, Request, Response

from albumen.app import App
from albumen.http.deps import Reading, TheApp, public_id
from albumen.kernel.pages import Page
from albumen.libraries import files, library, queries
from albumen.libraries.models import File
from albumen.unit import Unit
from albumen.web import grid, photo, render
from albumen.web.forms import SignedForm

routes = APIRouter(prefix="/library", include_in_schema=False)
PAGE = 200


@routes.get("")
def timeline(app: TheApp, unit: Reading, request: Request, cursor: str = "", done: str = "") -> Response:
    """All photos by date, the newest first."""
    notice = "The photo is in the trash." if done == "trash" else ""
    values = _timeline(app, unit, cursor)
    return render.page(request, "library/timeline.html", section="timeline", notice=notice, cursor=cursor, **values)


@routes.get("/days")
def days(app: TheApp, unit: Reading, request: Request, cursor: str = "") -> Response:
    """A page of the timeline without its frame."""
    return render.fragment(request, "library/days.html", cursor=cursor, **_timeline(app, unit, cursor))


def _timeline(app: App, unit: Unit, cursor: str) -> dict[str, Any]:
    own = library.find_default(unit)
    page: Page[File] = Page([]) if own is None else queries.timeline(unit, own.id, limit=PAGE, cursor=cursor or None)
    return {"months": grid.months(app, unit, page.items), "more": page.next or ""}


@routes.get("/p/{file_id}")
def photo_page(app: TheApp, unit: Reading, request: Request, file_id: str) -> Response:
    """One photo or video with its facts."""
    file = files.get(unit, public_id(file_id))
    return render.page(request, "library/photo.html", section="timeline", photo=photo.photo(app, unit, file))


@routes.get("/p/{file_id}/original")
def original(app: TheApp, unit: Reading, file_id: str) -> Response:
    """The original as a download, by a fresh link."""
    return render.go(photo.download_link(app, unit, files.get(unit, public_id(file_id))))


@routes.post("/p/{file_id}/delete")
def delete(file_id: str, form: SignedForm) -> Response:
    """Put it into the trash, and show the timeline."""
    with form.writing() as unit:
        files.delete(unit, files.get(unit, public_id(file_id)))
    return render.go("/library?done=trash")
