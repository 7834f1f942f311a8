"""Favourites and tags: what the photos of a library say of themselves."""

from fastapi import APIRouter, Request, Response

from albumen.http.deps import Reading
from albumen.operations import tags
from albumen.web import current, render, walls

routes = APIRouter(include_in_schema=False)


@routes.get("/favourites")
def favourites(unit: Reading, request: Request) -> Response:
    """All photos with a heart, by date."""
    shown = current.find(unit, request)
    wall = walls.wall(unit, shown.id, "search:is:favorite") if shown else None
    return render.page(request, "library/favourites.html", section="favourites", wall=wall)


@routes.get("/tags")
def index(unit: Reading, request: Request) -> Response:
    """All tags and how many photos have them."""
    shown = current.find(unit, request)
    found = tags.seen(unit, shown.id) if shown else []
    return render.page(request, "library/tags.html", section="tags", tags=found)
