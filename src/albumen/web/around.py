"""Where a photo was opened from: what leads back there, and which photos are beside it there."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import select

from albumen.albums import queries as albums
from albumen.events.models import Event
from albumen.kernel import ids
from albumen.kernel.errors import Denied, NotFound
from albumen.libraries import queries
from albumen.libraries.models import Album, File
from albumen.unit import Unit
from albumen.web.texts import gettext as _

_ALBUM = re.compile(r"album:(\w+)", re.ASCII)


@dataclass(frozen=True)
class Around:
    """The list that a photo was opened from.  `query` is what the addresses of its neighbours end with."""

    name: str
    url: str
    query: str
    newer: File | None
    older: File | None


def of(unit: Unit, file: File, told: str) -> Around:
    """The album that `album:…` tells, where the actor sees it and the photo is in it; else the timeline or the archive.

    Raises NotFound.
    """
    album = _album(unit, file, told)
    if album is None:
        name, url = (_("Archive"), "/archive") if file.archived else (_("Timeline"), "/library")
        return Around(name, url, "", *queries.beside(unit, file))
    return Around(album.name, _url(unit, album), query(told), *albums.beside(unit, album, file))


def query(told: str, **more: str) -> str:
    """What an address ends with that tells the same, and `more` before it; empty where nothing is told."""
    values = {**more, "of": told} if _ALBUM.fullmatch(told) else more
    return f"?{urlencode(values, safe=':')}" if values else ""


def _album(unit: Unit, file: File, told: str) -> Album | None:
    found = _ALBUM.fullmatch(told)
    try:
        album = albums.get(unit, file.library_id, ids.decode(found[1])) if found else None
    except (NotFound, Denied):
        return None
    return album if album and albums.holds(unit, album, file.id) else None


def _url(unit: Unit, album: Album) -> str:
    """The page of the event that publishes an album, else that of the album in its own order."""
    event_id = unit.db.scalar(select(Event.id).where(Event.album_id == album.id))
    return f"/events/{ids.encode(event_id)}" if event_id else f"/albums/{ids.encode(album.id)}/photos"
