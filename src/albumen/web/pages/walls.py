"""What the module of the wall asks for as it is scrolled: links to pictures, and the place of a photo."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Response
from fastapi.responses import JSONResponse

from albumen.http.deps import Reading, TheApp, public_id
from albumen.web import walls
from albumen.web.router import Pages

routes = Pages("/walls")
_KEPT, _FLEETING = "private, max-age=300", "no-store"


@dataclass(frozen=True)
class _Listed:
    """Which wall: a library, and what of it."""

    library: str
    of: str = ""


Listed = Annotated[_Listed, Depends()]


@routes.get("/links")
def links(app: TheApp, unit: Reading, wall: Listed, size: Literal["sm", "md", "lg"], ids: str) -> Response:
    """Links to one size of up to 128 photos; `ids` are parted by commas.

    An answer in which one is missing must not be kept: that photo is being prepared, and the next to ask gets it.
    """
    wanted = [public_id(each) for each in ids.split(",")[: walls.MOST_LINKS]]
    told = walls.links(app, unit, public_id(wall.library), wall.of, (size, wanted))
    kept = _KEPT if walls.is_whole(told, wanted) else _FLEETING
    return JSONResponse(told, headers={"Cache-Control": kept})


@routes.get("/place")
def place(unit: Reading, wall: Listed, id: str) -> Response:  # noqa: A002 - the query's own word
    """How many photos come before this one."""
    return JSONResponse({"place": walls.place(unit, public_id(wall.library), wall.of, public_id(id))})
