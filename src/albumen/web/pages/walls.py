"""What the module of the wall asks for as it is scrolled: links to pictures, and the place of a photo."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse

from albumen.http.deps import Reading, TheApp, public_id
from albumen.web import walls

routes = APIRouter(prefix="/walls", include_in_schema=False)
_KEPT = {"Cache-Control": "private, max-age=300"}


@dataclass(frozen=True)
class _Listed:
    """Which wall: a library, and what of it."""

    library: str
    of: str = ""


Listed = Annotated[_Listed, Depends()]


@routes.get("/links")
def links(app: TheApp, unit: Reading, wall: Listed, size: Literal["sm", "md", "lg"], ids: str) -> Response:
    """Links to one size of up to 128 photos; `ids` are parted by commas."""
    wanted = [public_id(each) for each in ids.split(",")[: walls.MOST_LINKS]]
    return JSONResponse(walls.links(app, unit, public_id(wall.library), wall.of, (size, wanted)), headers=_KEPT)


@routes.get("/place")
def place(unit: Reading, wall: Listed, id: str) -> Response:  # noqa: A002 - the query's own word
    """How many photos come before this one."""
    return JSONResponse({"place": walls.place(unit, public_id(wall.library), wall.of, public_id(id))})
