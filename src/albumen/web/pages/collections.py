"""Favourites, what somebody gave a heart; and the archive, what somebody took out of the timeline."""

from dataclasses import replace

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


@routes.get("/archive")
def archive(unit: Reading, request: Request) -> Response:
    """All photos that the timeline does not show, by date."""
    shown = current.find(unit, request)
    wall = walls.wall(unit, shown.id, "search:is:archived") if shown else None
    if wall and "archive" in wall.actions:
        wall = replace(wall, actions=["unarchive" if each == "archive" else each for each in wall.actions])
    return render.page(request, "library/archive.html", section="more", wall=wall)
