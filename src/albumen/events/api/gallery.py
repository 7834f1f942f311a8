"""The routes of what a guest sees of an event: lists, one photo, and the binary form that grids are laid out from."""

from typing import Annotated, Any

import msgspec
from fastapi import Depends, Path, Query, Request, Response

from albumen.assets.timelines import index
from albumen.events import doings, gallery_views, grid, guests, sight
from albumen.events.api.visiting import GuestAsking, GuestReading, GuestToken, GuestWriting
from albumen.events.doings import Did
from albumen.events.gallery_views import GuestFilesView, GuestFileView, GuestSetsView
from albumen.events.grid import Wanted
from albumen.events.queries import Part
from albumen.http.deps import Paging, TheApp, public_id
from albumen.http.views import Routes
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import NotFound
from albumen.libraries.models import File

routes = Routes(tags=["Guests"])

_JSON = "application/json"
_FRESH = {"Cache-Control": "private, no-cache"}
_BYTES: dict[str, Any] = {
    "response_class": Response,
    "response_model": None,
    "responses": {
        200: {"description": "The bytes", "content": {"application/octet-stream": {}}},
        304: {"description": "The caller has them"},
        410: {"description": "The list has changed: read the index anew; or the event has ended"},
    },
}
SetId = Annotated[str | None, Query(alias="set", description="One part of the event.")]
Number = Annotated[int, Path(ge=0, lt=1 << 31)]


async def _some(
    part: SetId = None,
    favorites: Annotated[bool, Query(description="This guest's favourites only.")] = False,
    mine: Annotated[bool, Query(description="What this guest gave only.")] = False,
) -> Wanted:
    """Which of the photos are wanted.  Raises NotFound."""
    return Wanted(public_id(part) if part else None, favorites, mine)


OfSome = Annotated[Wanted, Depends(_some)]


@routes.get("/access/files", summary="The photos a guest sees", response_model=GuestFilesView)
async def list_photos(app: TheApp, asking: GuestAsking, page: Paging, some: OfSome) -> Response:
    """In the order of the event, each with signed links that hold for five minutes at least."""
    part = Part(page.limit, page.cursor)
    body = await asking.read(lambda here: gallery_views.of_page(here.unit, app, here.visit, some, part))
    return Response(body, headers=_FRESH, media_type=_JSON)


@routes.get("/access/files/{file_id}", summary="A photo, as a guest sees it", response_model=GuestFileView)
def get_photo(app: TheApp, here: GuestWriting, file_id: str) -> Response:
    """Counts as a view."""
    file = sight.file(here.unit, here.visit, public_id(file_id))
    doings.note(here.unit, here.visit, Did.view, file.id)
    return _one(app, here, file)


@routes.get("/access/cover", summary="The photo that stands for the event", response_model=GuestFileView)
def get_cover(app: TheApp, here: GuestReading) -> Response:
    """The host's choice where this guest sees it, else the first one."""
    file = grid.cover(here.unit, here.visit)
    if file is None:
        raise NotFound("There is no such photo.")
    return _one(app, here, file)


def _one(app: TheApp, here: GuestReading, file: File) -> Response:
    [view] = gallery_views.of_files(here.unit, app, here.visit, [file])
    return Response(msgspec.json.encode(view), headers=_FRESH, media_type=_JSON)


@routes.get("/access/sets", summary="The parts of the event that a guest sees")
def list_parts(here: GuestReading) -> GuestSetsView:
    """Those in which the guest sees something."""
    return gallery_views.of_sets(grid.sets_seen(here.unit, here.visit))


@routes.get("/access/index", summary="The index of what a guest sees", **_BYTES)
def get_index(app: TheApp, token: GuestToken, request: Request) -> Response:
    """By the time taken, a byte a photo, in the form of `/libraries/{library_id}/timeline/index`."""
    known = request.headers.get("if-none-match", "")
    made = index.of_listing(app, SYSTEM, lambda unit: grid.listing(unit, guests.resume(unit, token)), known)
    headers = {**_FRESH, "ETag": f'"{made.version}"'}
    status = 200 if made.body is not None else 304
    return Response(made.body, status, headers, "application/octet-stream")


@routes.get("/access/chunks/{version}/{number}", summary="A chunk of what a guest sees", **_BYTES)
def get_chunk(here: GuestReading, request: Request, version: str, number: Number) -> Response:
    """512 photos, in the form of `/libraries/{library_id}/timeline/chunks/{version}/{number}`, without favourites."""
    found = index.chunk_of(here.unit, grid.listing(here.unit, here.visit), version, number)
    tag = f'"{version}-{number}"'
    headers = {**_FRESH, "ETag": tag} if found.is_final else _FRESH
    if found.is_final and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(index.without_favorites(found.body), headers=headers, media_type="application/octet-stream")
