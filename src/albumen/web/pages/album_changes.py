"""What becomes of an album: name, description, cover, search, the order of its photos, and its end."""

from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from albumen.albums import albums, queries
from albumen.app import App
from albumen.http.deps import Reading, TheApp, public_id
from albumen.kernel.errors import Conflict, Invalid
from albumen.libraries import access
from albumen.libraries.models import Album, Role
from albumen.unit import Unit
from albumen.web import arrange, current, grid, render, sought
from albumen.web.forms import Signed, SignedForm
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/albums")
COVERS = 60
PAGE = 120
BY_DATE = ("oldest", "newest")


def _of(unit: Unit, request: Request, album_id: str) -> Album:
    return queries.get(unit, current.get(unit, request).id, public_id(album_id))


@routes.get("/{album_id}/change")
def page(app: TheApp, unit: Reading, request: Request, album_id: str) -> Response:
    """What is said of an album.  For its owners."""
    found = _of(unit, request, album_id)
    access.require_album(unit, found, Role.owner)
    return _page(app, unit, request, found)


def _page(app: App, unit: Unit, request: Request, found: Album, **told: str) -> Response:
    shown = queries.files(unit, found, limit=COVERS, cursor=None).items
    values: dict[str, Any] = {
        "album": found,
        "tiles": list(grid.tiles(app, unit, shown)),
        "cover": render.word(found.cover_file_id) if found.cover_file_id else "",
        "is_by_query": found.query is not None,
        "name": found.name,
        "description": found.description or "",
        "search": "",
        "wrong": "",
        "wrong_search": "",
    }
    status = 422 if told else 200
    return render.page(request, "library/album-change.html", status=status, section="albums", **(values | told))


@routes.post("/{album_id}/change")
def change(request: Request, album_id: str, form: SignedForm) -> Response:
    """Keep what was said of it."""
    try:
        with form.writing() as unit:
            found = _of(unit, request, album_id)
            albums.change(unit, found, _told(unit, found, form))
        return render.go(f"/albums/{album_id}")
    except (Invalid, Conflict) as problem:
        said = {"name": form.text("name"), "description": form.text("description"), "search": form.text("search")}
        with form.reading() as unit:
            return _page(form.app, unit, request, _of(unit, request, album_id), **said, **sought.at_fault(problem))


def _told(unit: Unit, found: Album, form: Signed) -> dict[str, Any]:
    told: dict[str, Any] = {"name": form.text("name"), "description": form.text("description").strip() or None}
    if "cover" in form.fields:
        told["cover_file_id"] = public_id(form.text("cover")) if form.text("cover") else None
    if found.query is not None and form.text("search").strip():
        told["query"] = sought.query(unit, found.library_id, form.text("search").strip())
    return told


@routes.post("/{album_id}/delete")
def delete(request: Request, album_id: str, form: SignedForm) -> Response:
    """Delete an album; its photos stay."""
    with form.writing() as unit:
        albums.delete_album(unit, _of(unit, request, album_id))
    return render.go("/albums")


@routes.get("/{album_id}/order")
def order(app: TheApp, unit: Reading, request: Request, album_id: str, cursor: str = "") -> Response:
    """The photos of an album made by hand, to be put in another order.  For its owners."""
    found = _of(unit, request, album_id)
    access.require_album(unit, found, Role.owner)
    if found.query is not None:
        raise Conflict("What is in this album is said by its query.")
    page = queries.files(unit, found, limit=PAGE, cursor=cursor or None)
    tiles = list(grid.tiles(app, unit, page.items))
    is_sorted = request.query_params.get("done") == "date"
    notice = _("All photos are in the order they were taken.") if is_sorted else ""
    values: dict[str, Any] = {"album": found, "tiles": tiles, "cursor": cursor, "more": page.next or ""}
    return render.page(request, "library/album-order.html", section="albums", notice=notice, **values)


@routes.post("/{album_id}/order")
def move(request: Request, album_id: str, form: SignedForm) -> Response:
    """Move one photo, take it out, or put all by date."""
    to = form.text("to")
    with form.writing() as unit:
        _arrange(unit, _of(unit, request, album_id), form.text("file"), to)
    if arrange.is_beside(to):  # the module that asks shows it already
        return Response(status_code=204)
    return render.go(f"/albums/{album_id}/order{_place(form)}")


def _arrange(unit: Unit, found: Album, file_id: str, to: str) -> None:
    if to in BY_DATE:
        arrange.by_date(unit, found, newest_first=to == "newest")
    elif to == "out":
        albums.remove(unit, found, [public_id(file_id)])
    else:
        arrange.move(unit, found, public_id(file_id), to)


def _place(form: Signed) -> str:
    """The same page, at the photo that was moved where it is still on it."""
    to, cursor = form.text("to"), form.text("cursor")
    if to in BY_DATE:
        return "?done=date"
    query = f"?{urlencode({'cursor': cursor})}" if cursor and to != "first" else ""
    return query if to == "out" else f"{query}#p-{form.text('file')}"
