"""The lock of an event: nobody adds or removes anything, by whichever door."""

from sqlalchemy import select

from albumen.albums import items
from albumen.events.models import Event
from albumen.kernel.errors import Conflict
from albumen.libraries.models import Album
from albumen.unit import Unit


def check(event: Event) -> None:
    """Raises Conflict where the event is locked."""
    if event.is_locked:
        raise Conflict("This event is locked.", code="locked")


def check_album(unit: Unit, album: Album) -> None:
    """The same for whoever only knows of the album."""
    event = unit.db.scalar(select(Event).where(Event.album_id == album.id))
    if event is not None:
        check(event)


def install() -> None:
    """Let albums ask here, too."""
    if check_album not in items.CHECKS:
        items.CHECKS.append(check_album)
