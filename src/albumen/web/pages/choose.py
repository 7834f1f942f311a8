"""What is asked before something is done to many photos: which album, which folder, which tags."""

from collections.abc import Sequence

from fastapi import Request, Response
from sqlalchemy import or_, select

from albumen.albums import queries
from albumen.events.models import Event
from albumen.http.deps import Reading
from albumen.kernel.pages import MAX_LIMIT
from albumen.libraries import access
from albumen.libraries.models import Album, Role
from albumen.operations import tags
from albumen.unit import Unit
from albumen.web import current, render, trees
from albumen.web.router import Pages

routes = Pages("/choose")
_MOST = 300


@routes.get("/album")
def album(unit: Reading, request: Request) -> Response:
    """An album that the visitor may put photos into, or the name of a new one."""
    found = queries.seen(unit, current.get(unit, request).id, limit=MAX_LIMIT, cursor=None).items
    listed = [each for each in found if each.query is None and _may_fill(unit, each)]
    return render.fragment(request, "choose/album.html", albums=listed, shown=_before_guests(unit, listed))


def _before_guests(unit: Unit, listed: Sequence[Album]) -> set[int]:
    """Those of some albums whose photos guests see, for they are published and not over."""
    here = select(Event.album_id).where(Event.album_id.in_([each.id for each in listed]))
    return set(unit.db.scalars(here.where(or_(Event.expires_at.is_(None), Event.expires_at > unit.now))))


def _may_fill(unit: Unit, each: Album) -> bool:
    return access.is_enough(access.role_on_album(unit, each), Role.contributor)


@routes.get("/folder")
def folder(unit: Reading, request: Request) -> Response:
    """A folder that the visitor may put photos into."""
    found = trees.branches(unit, current.get(unit, request).id)
    listed = [(each.depth, each.folder) for each in found if each.may_add]
    return render.fragment(request, "choose/folder.html", folders=listed)


@routes.get("/tags")
def tag(unit: Reading, request: Request) -> Response:
    """Tags to add and to remove."""
    found = tags.seen(unit, current.get(unit, request).id)
    return render.fragment(request, "choose/tags.html", tags=[each.tag for each in found][:_MOST])
