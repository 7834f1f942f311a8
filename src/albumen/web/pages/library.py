"""The timeline, as a wall and as plain pages, and the page of one photo."""

from typing import Any

from fastapi import Request, Response

from albumen.app import App
from albumen.assets.timelines.listings import TIMELINE
from albumen.http.deps import Reading, TheApp, public_id
from albumen.kernel.pages import Page
from albumen.libraries import files, queries
from albumen.libraries.models import File
from albumen.unit import Unit
from albumen.web import around, current, grid, photo, render, walls
from albumen.web.forms import SignedForm
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/library")
PAGE = 200


@routes.get("")
def timeline(unit: Reading, request: Request, done: str = "") -> Response:
    """All photos by date, the newest first."""
    shown = current.find(unit, request)
    has_photos = shown is not None and bool(queries.timeline(unit, shown.id, limit=1, cursor=None).items)
    wall = walls.wall(unit, shown.id, TIMELINE, pages="/library/pages") if shown and has_photos else None
    notice = _("The photo is in the trash.") if done == "trash" else ""
    return render.page(request, "library/timeline.html", section="timeline", notice=notice, wall=wall)


@routes.get("/pages")
def pages(app: TheApp, unit: Reading, request: Request, cursor: str = "") -> Response:
    """The same as plain pages, for browsers without JavaScript and whoever likes them better."""
    values = _page(app, unit, request, cursor)
    return render.page(request, "library/pages.html", section="timeline", cursor=cursor, **values)


def _page(app: App, unit: Unit, request: Request, cursor: str) -> dict[str, Any]:
    shown = current.find(unit, request)
    page: Page[File] = Page([])
    if shown is not None:
        page = queries.timeline(unit, shown.id, limit=PAGE, cursor=cursor or None)
    return {"months": grid.months(app, unit, page.items), "more": page.next or ""}


@routes.get("/p/{file_id}")
def photo_page(app: TheApp, unit: Reading, request: Request, file_id: str, of: str = "") -> Response:
    """One photo or video with its facts; its neighbours are those of the album that it was opened from, if of one."""
    file = files.get(unit, public_id(file_id))
    return render.page(request, "library/photo.html", section="timeline", photo=photo.photo(app, unit, file, of))


@routes.get("/p/{file_id}/info")
def info(app: TheApp, unit: Reading, request: Request, file_id: str) -> Response:
    """The facts of a photo without their page."""
    file = files.get(unit, public_id(file_id))
    return render.fragment(request, "library/about.html", photo=photo.photo(app, unit, file))


@routes.get("/p/{file_id}/original")
def original(app: TheApp, unit: Reading, file_id: str) -> Response:
    """The original as a download, by a fresh link."""
    return render.go(photo.download_link(app, unit, files.get(unit, public_id(file_id))))


@routes.post("/p/{file_id}/favourite")
def favour(file_id: str, form: SignedForm, of: str = "") -> Response:
    """Mark a photo as a favourite, or no longer."""
    with form.writing() as unit:
        photo.favour(unit, files.get(unit, public_id(file_id)), wanted=form.text("wanted") == "yes")
    return render.go(f"/library/p/{file_id}{around.query(of)}")


@routes.post("/p/{file_id}/archive")
def archive(file_id: str, form: SignedForm, of: str = "") -> Response:
    """Keep a photo out of the timeline, or no longer."""
    with form.writing() as unit:
        photo.archive(unit, files.get(unit, public_id(file_id)), wanted=form.text("wanted") == "yes")
    return render.go(f"/library/p/{file_id}{around.query(of)}")


@routes.post("/p/{file_id}/delete")
def delete(file_id: str, form: SignedForm, of: str = "") -> Response:
    """Put it into the trash, and show the timeline, or the album that it was opened from."""
    with form.writing() as unit:
        file = files.get(unit, public_id(file_id))
        back = around.of(unit, file, of)
        files.delete(unit, file)
    return render.go(f"{back.url if back.query else '/library'}?done=trash")
