"""The routes of favourites: a guest's own, and the photographer's lists of all."""

from enum import StrEnum
from typing import Annotated

from fastapi import Query, Response

from albumen.events import favorites
from albumen.events.api.events import OfEvent
from albumen.events.api.visiting import GuestWriting
from albumen.events.favorite_views import FavoritesView, of_picks
from albumen.http.deps import Reading, public_id
from albumen.http.disposition import attachment
from albumen.http.views import Routes

routes = Routes(tags=["Favourites"])

OfOne = Annotated[str | None, Query(alias="accessorId", description="Of one code only.")]


class Export(StrEnum):
    """In which form a list of favourites is wanted."""

    txt = "txt"
    csv = "csv"
    xmp = "xmp"


@routes.post("/access/favorites/{file_id}", summary="Mark a photo as a favourite", status_code=204)
def mark(here: GuestWriting, file_id: str) -> None:
    """Where the code allows it."""
    favorites.mark(here.unit, here.visit, public_id(file_id))


@routes.delete("/access/favorites/{file_id}", summary="Take that back", status_code=204)
def unmark(here: GuestWriting, file_id: str) -> None:
    """What was not marked does no harm."""
    favorites.unmark(here.unit, here.visit, public_id(file_id))


@routes.get("/events/{event_id}/favorites", summary="What guests marked")
def list_favorites(unit: Reading, where: OfEvent, code: OfOne = None) -> FavoritesView:
    """By name of the photo, with who marked it.  For contributors of the album and owners."""
    return of_picks(favorites.picks(unit, where.get(unit), public_id(code) if code else None))


@routes.get("/events/{event_id}/favorites/{export}", summary="The same as a file", response_class=Response)
def export_favorites(unit: Reading, where: OfEvent, export: Export, code: OfOne = None) -> Response:
    """A list of file names (`txt`), with who marked them (`csv`), or a ZIP of sidecars with five stars (`xmp`)."""
    chosen = favorites.picks(unit, where.get(unit), public_id(code) if code else None)
    name = {Export.txt: "favorites.txt", Export.csv: "favorites.csv", Export.xmp: "favorites.zip"}[export]
    body = {Export.txt: favorites.names, Export.csv: favorites.table, Export.xmp: favorites.sidecars}[export](chosen)
    mime = {Export.txt: "text/plain", Export.csv: "text/csv", Export.xmp: "application/zip"}[export]
    return Response(body, headers={"Content-Disposition": attachment(name)}, media_type=mime)
