"""The map: photos where they were taken; without JavaScript a list of places, and the photos of each."""

from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from albumen.app import App
from albumen.assets.places import places
from albumen.http.deps import Reading, TheApp
from albumen.libraries.models import Library
from albumen.unit import Unit
from albumen.web import atlas, current, grid, render
from albumen.web.router import Pages

routes = Pages("/map")
PAGE = 60

Bounds = Annotated[str, Query(alias="bbox", max_length=200)]
Zoom = Annotated[int, Query(ge=0, le=22)]
Cursor = Annotated[str, Query(max_length=2000)]


@routes.get("")
def show(app: TheApp, unit: Reading, request: Request, bounds: Bounds = "", cursor: Cursor = "") -> Response:
    """The map of a part of the globe, or of all photos; beside it the photos in that part."""
    shown = current.find(unit, request)
    values: dict[str, Any] = {"bbox": ""}
    spread = atlas.spread(unit, shown.id) if shown else None
    if shown is not None and spread is not None:
        bounds = bounds or atlas.told(spread)
        values = {"bbox": bounds, "countries": atlas.tree(unit, shown.id), "home": atlas.told(spread)}
        values |= _strip(app, unit, shown, (bounds, cursor))
        values |= {"count": atlas.count(unit, shown.id, places.box(bounds))}
    return render.page(request, "find/map.html", section="map", **values)


@routes.get("/strip")
def strip(app: TheApp, unit: Reading, request: Request, bounds: Bounds, cursor: Cursor = "") -> Response:
    """The photos of a part of the globe, without their page."""
    shown = current.get(unit, request)
    return render.fragment(request, "find/strip.html", **_strip(app, unit, shown, (bounds, cursor)))


def _strip(app: App, unit: Unit, shown: Library, wanted: tuple[str, str]) -> dict[str, Any]:
    bounds, cursor = wanted
    page = atlas.photos(unit, shown.id, places.box(bounds), limit=PAGE, cursor=cursor or None)
    return {"bbox": bounds, "tiles": list(grid.tiles(app, unit, page.items)), "more": page.next or ""}


@routes.get("/points")
def points(app: TheApp, unit: Reading, request: Request, bounds: Bounds, zoom: Zoom) -> Response:
    """The points that the map shows in a part of the globe."""
    found = atlas.points(app, unit, current.get(unit, request).id, places.box(bounds), zoom)
    return JSONResponse(found, headers={"Cache-Control": "no-store"})
