"""Albums: their covers, the photos of one of them, and new ones by hand or from a search."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request, Response
from sqlalchemy import select

from albumen.albums import albums, queries
from albumen.albums.albums import NewAlbum
from albumen.app import App
from albumen.assets import delivery
from albumen.http.deps import Reading, TheApp, public_id
from albumen.kernel import ids
from albumen.kernel.errors import Conflict, Invalid
from albumen.kernel.pages import Page
from albumen.libraries import access
from albumen.libraries.models import Album, File, Role
from albumen.unit import Unit
from albumen.web import current, grid, render, sought, walls
from albumen.web.forms import Signed, SignedForm
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/albums")
PAGE = 120


@dataclass(frozen=True)
class Cover:
    """An album from the outside."""

    id: str
    name: str
    file_count: int
    picture: str
    is_by_query: bool


def covers(app: App, unit: Unit, found: Sequence[Album]) -> list[Cover]:
    """Albums with links to their covers."""
    cards = queries.cards(unit, found)
    chosen = [card.cover_file_id for card in cards.values() if card.cover_file_id]
    files = {file.id: file for file in unit.db.scalars(select(File).where(File.id.in_(chosen)))}
    made = delivery.made(unit, list(files.values()), "md")

    def picture(file_id: int | None) -> str:
        file = files.get(file_id or 0)
        row = made.get(file.signature) if file else None
        return grid.link(app, unit, row) if row else ""

    return [
        Cover(
            ids.encode(album.id),
            album.name,
            cards[album.id].file_count,
            picture(cards[album.id].cover_file_id),
            album.query is not None,
        )
        for album in found
    ]


@routes.get("")
def index(app: TheApp, unit: Reading, request: Request, cursor: str = "") -> Response:
    """All albums, by name."""
    return _index(app, unit, request, cursor=cursor)


def _index(app: App, unit: Unit, request: Request, *, cursor: str = "", wrong: str = "") -> Response:
    shown = current.find(unit, request)
    page: Page[Album] = Page([])
    if shown is not None:
        page = queries.seen(unit, shown.id, limit=PAGE, cursor=cursor or None)
    given = access.reach(unit, shown.id) if shown else None
    strongest = access.strongest(given.role, *given.folders.values()) if given else None
    values = {"covers": covers(app, unit, page.items), "more": page.next or "", "wrong": wrong}
    may_add = access.is_enough(strongest, Role.contributor)
    status = 422 if wrong else 200
    return render.page(request, "library/albums.html", status=status, section="albums", may_add=may_add, **values)


@routes.post("")
def create(request: Request, form: SignedForm) -> Response:
    """Make an album, and show it; with a search it is always what that finds."""
    try:
        with form.writing() as unit:
            made = _made(unit, current.get(unit, request).id, form)
            return render.go(f"/albums/{ids.encode(made.id)}")
    except (Invalid, Conflict) as problem:
        if "q" in form.fields:
            return _new(request, name=form.text("name"), q=form.text("q"), **sought.at_fault(problem))
        with form.reading() as unit:
            return _index(form.app, unit, request, wrong=problem.detail)


def _made(unit: Unit, library_id: int, form: Signed) -> Album:
    q = form.text("q").strip()
    query = sought.query(unit, library_id, q) if q else None
    return albums.create(unit, library_id, NewAlbum(form.text("name"), query=query))


@routes.get("/new")
def new(unit: Reading, request: Request, q: str = "") -> Response:
    """An album from a search: its name, and the search."""
    access.require(unit, current.get(unit, request).id, Role.contributor)
    return _new(request, q=q)


def _new(request: Request, **told: str) -> Response:
    values = {"name": "", "q": "", "wrong": "", "wrong_search": ""} | told
    status = 422 if values["wrong"] or values["wrong_search"] else 200
    return render.page(request, "library/album-new.html", status=status, section="albums", **values)


@routes.get("/{album_id}")
def album(unit: Reading, request: Request, album_id: str) -> Response:
    """The photos of an album, by date."""
    found = queries.get(unit, current.get(unit, request).id, public_id(album_id))
    values = _about(unit, found)
    wall = walls.wall(unit, found.library_id, f"album:{album_id}") if values["count"] else None
    if wall and values["may_add"] and found.query is None:
        wall = replace(wall, actions=[*wall.actions[:-1], "out", wall.actions[-1]])
    return render.page(request, "library/album.html", section="albums", wall=wall, **values)


@routes.get("/{album_id}/photos")
def photos(app: TheApp, unit: Reading, request: Request, album_id: str, cursor: str = "") -> Response:
    """The same photos in the album's own order."""
    found = queries.get(unit, current.get(unit, request).id, public_id(album_id))
    page = queries.files(unit, found, limit=PAGE, cursor=cursor or None)
    values = {"tiles": list(grid.tiles(app, unit, page.items)), "more": page.next or ""} | _about(unit, found)
    values["notice"] = _("The photo is in the trash.") if request.query_params.get("done") == "trash" else ""
    return render.page(request, "library/album-photos.html", section="albums", **values)


def _about(unit: Unit, found: Album) -> dict[str, Any]:
    role = access.role_on_album(unit, found)
    return {
        "album": found,
        "count": queries.cards(unit, [found])[found.id].file_count,
        "is_owner": access.is_enough(role, Role.owner),
        "may_add": access.is_enough(role, Role.contributor),
    }
