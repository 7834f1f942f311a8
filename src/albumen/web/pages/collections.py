"""Favourites: what somebody gave a heart."""

from fastapi import Request, Response

from albumen.http.deps import Reading
from albumen.web import current, render, walls
from albumen.web.router import Pages

routes = Pages()


@routes.get("/favourites")
def favourites(unit: Reading, request: Request) -> Response:
    """All photos with a heart, by date."""
    shown = current.find(unit, request)
    wall = walls.wall(unit, shown.id, "search:is:favorite") if shown else None
    return render.page(request, "library/favourites.html", section="favourites", wall=wall)
