"""What is asked before something is done to many photos: which album, which folder, which tags."""

from fastapi import APIRouter, Request, Response

from albumen.albums import queries
from albumen.http.deps import Reading
from albumen.kernel.pages import MAX_LIMIT
from albumen.libraries import access, folders
from albumen.libraries.models import Album, Folder, Role
from albumen.operations import tags
from albumen.unit import Unit
from albumen.web import current, render

routes = APIRouter(prefix="/choose", include_in_schema=False)
_MOST = 300


@routes.get("/album")
def album(unit: Reading, request: Request) -> Response:
    """An album that the visitor may put photos into, or the name of a new one."""
    found = queries.seen(unit, current.get(unit, request).id, limit=MAX_LIMIT, cursor=None).items
    listed = [each for each in found if each.query is None and _may_fill(unit, each)]
    return render.fragment(request, "choose/album.html", albums=listed)


def _may_fill(unit: Unit, each: Album) -> bool:
    return access.is_enough(access.role_on_album(unit, each), Role.contributor)


@routes.get("/folder")
def folder(unit: Reading, request: Request) -> Response:
    """A folder that the visitor may put photos into."""
    library_id = current.get(unit, request).id
    found: list[tuple[int, Folder]] = []
    _walk(unit, library_id, None, found)
    listed = [
        (depth, each) for depth, each in found if access.is_enough(access.role_on_folder(unit, each), Role.contributor)
    ]
    return render.fragment(request, "choose/folder.html", folders=listed)


def _walk(unit: Unit, library_id: int, parent: Folder | None, found: list[tuple[int, Folder]], depth: int = 0) -> None:
    """The tree in reading order, as far as a list of it is of use."""
    for each in folders.below(unit, library_id, parent, limit=MAX_LIMIT, cursor=None).items:
        if len(found) >= _MOST:
            return
        found.append((depth, each))
        _walk(unit, library_id, each, found, depth + 1)


@routes.get("/tags")
def tag(unit: Reading, request: Request) -> Response:
    """Tags to add and to remove."""
    found = tags.seen(unit, current.get(unit, request).id)
    return render.fragment(request, "choose/tags.html", tags=[each.tag for each in found][:_MOST])
