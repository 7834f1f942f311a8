"""What a timeline can show: a library, a folder, an album or a search, as its reader sees it, the newest first."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select

from albumen.assets.search import views, walk
from albumen.db import fulltext
from albumen.db.fulltext import Every
from albumen.kernel import ids
from albumen.kernel.errors import Invalid, NotFound
from albumen.libraries import access, folders
from albumen.libraries.models import Album, File, Library, Role
from albumen.unit import Unit


@dataclass(frozen=True)
class Listing:
    """Which files of a library are listed.  Listings of one `name` show the same, whoever looks at them."""

    library_id: int
    name: str
    where: ColumnElement[bool]

    @property
    def mark(self) -> str:
        """The name in ten letters."""
        return hashlib.sha256(self.name.encode()).hexdigest()[:10]


TIMELINE = "timeline"
"""What a library's timeline lists."""
ALBUMS: dict[str, Callable[[Unit, int], int]] = {}
"""Other names for albums, given by rooms above: what such a name's id stands for, or NotFound, Denied."""


def listing(unit: Unit, library_id: int, of: str = "") -> Listing:
    """What `of` names: `album:ID`, `folder:ID`, `search:QUERY`, `timeline`, or (empty) all that the actor sees.

    `timeline` is all of the library but what is archived.

    Raises NotFound, Denied, and Invalid where it names nothing of the kind.
    """
    access.check_seen(unit, library_id)
    kind, _, word = of.partition(":")
    if not of:
        return Listing(library_id, _reach_name(unit, library_id), access.files_seen(unit, library_id))
    if of == TIMELINE:
        shown = and_(access.files_seen(unit, library_id), File.archived.is_(False))
        return Listing(library_id, f"{TIMELINE} {_reach_name(unit, library_id)}", shown)
    if kind == "album":
        return _album(unit, library_id, ids.decode(word))
    if kind in ALBUMS:
        return _album(unit, library_id, ALBUMS[kind](unit, ids.decode(word)))
    if kind == "folder":
        return _folder(unit, library_id, ids.decode(word))
    if kind == "search":
        return _search(unit, library_id, word)
    wanted = "timeline, album:ID, folder:ID or search:QUERY"
    raise Invalid(f"A timeline is of a library, or of {wanted}.", errors=[("of", f"not {wanted}")])


def _reach_name(unit: Unit, library_id: int) -> str:
    """What is seen of a library: whoever was given the same sees the same."""
    given = access.reach(unit, library_id)
    if given.role:
        return "library"
    return json.dumps(["parts", sorted(given.folders), sorted(given.albums), sorted(given.queries.items())])


def _album(unit: Unit, library_id: int, album_id: int) -> Listing:
    album = unit.db.get(Album, album_id)
    if album is None or album.library_id != library_id:
        raise NotFound("There is no such album.")
    access.require_album(unit, album, Role.reader)
    return Listing(library_id, f"album:{album_id}", and_(File.library_id == library_id, access.in_album(album)))


def _folder(unit: Unit, library_id: int, folder_id: int) -> Listing:
    folder = folders.get(unit, library_id, folder_id)
    here = and_(File.library_id == library_id, File.folder_id == folder.id, access.LISTED)
    return Listing(library_id, f"folder:{folder_id}", here)


def _search(unit: Unit, library_id: int, text: str) -> Listing:
    """What a search finds; a query may speak of today, so each day has its own."""
    planned = walk.plan(unit, library_id, views.read(unit, library_id, text))
    zone = ZoneInfo(unit.db.get_one(Library, library_id).time_zone)
    name = json.dumps(["search", _reach_name(unit, library_id), f"{unit.now.astimezone(zone):%Y-%m-%d}", text])
    if planned.match == Every(()):
        return Listing(library_id, name, planned.whole)
    slots = fulltext.walk(unit.db, planned.match, planned.everywhere, planned.between, newest_first=True)
    found = slots.order_by(None).subquery()
    here = and_(File.library_id == library_id, File.id.in_(select(found.c.file_id)))
    return Listing(library_id, name, and_(here, planned.fits))
