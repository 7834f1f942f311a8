"""Albums: their covers, and the photos of one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
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
from albumen.web import current, grid, render, walls
from albumen.web.forms import SignedForm

routes = APIRouter(prefix="/albums", include_in_schema=False)
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
    """Make an album, and show it."""
    try:
        with form.writing() as unit:
            made = albums.create(unit, current.get(unit, request).id, NewAlbum(form.text("name")))
            return render.go(f"/albums/{ids.encode(made.id)}")
    except (Invalid, Conflict) as problem:
        with form.reading() as unit:
            return _index(form.app, unit, request, wrong=problem.detail)


@routes.get("/{album_id}")
def album(unit: Reading, request: Request, album_id: str) -> Response:
    """The photos of an album, by date."""
    found = queries.get(unit, current.get(unit, request).id, public_id(album_id))
    card = queries.cards(unit, [found])[found.id]
    wall = walls.wall(unit, found.library_id, f"album:{album_id}") if card.file_count else None
    is_owner = access.is_enough(access.role_on_album(unit, found), Role.owner)
    values: dict[str, Any] = {"album": found, "count": card.file_count, "wall": wall, "is_owner": is_owner}
    return render.page(request, "library/album.html", section="albums", **values)


@routes.post("/{album_id}/rename")
def rename(request: Request, album_id: str, form: SignedForm) -> Response:
    """Give an album another name."""
    with form.writing() as unit:
        albums.change(unit, _of(unit, request, album_id), {"name": form.text("name")})
    return render.go(f"/albums/{album_id}")


@routes.post("/{album_id}/delete")
def delete(request: Request, album_id: str, form: SignedForm) -> Response:
    """Delete an album; its photos stay."""
    with form.writing() as unit:
        albums.delete_album(unit, _of(unit, request, album_id))
    return render.go("/albums")


def _of(unit: Unit, request: Request, album_id: str) -> Album:
    return queries.get(unit, current.get(unit, request).id, public_id(album_id))
