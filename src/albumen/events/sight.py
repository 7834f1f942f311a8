"""What a guest may see and do: the one policy for lists, counts, bytes, ZIPs and favourites.

Every query for a guest starts from `shown`; there is no fetch-then-check.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import aliased

from albumen.blobs.links import rounded_expiry
from albumen.events.frames import HIDDEN
from albumen.events.guest_models import Contribution
from albumen.events.models import Accessor, AccessorFile, CardFrame, Event, Placement, Shows
from albumen.events.visits import Visit
from albumen.kernel import ids
from albumen.kernel.errors import Denied, NotFound
from albumen.libraries import access, criteria
from albumen.libraries.models import AlbumItem, File
from albumen.unit import Unit

_GRID = timedelta(minutes=5)
_came = aliased(AlbumItem)
UNREAD = timedelta(hours=1)
"""How long guests wait at most for a photo in which nobody has looked for a card yet."""


class Permission(StrEnum):
    """What a code can allow."""

    view = "view"
    download = "download"
    upload = "upload"
    favorite = "favorite"


class Size(StrEnum):
    """In which sizes a code lets photos be downloaded."""

    original = "original"
    web = "web"


def may(visit: Visit, permission: Permission) -> bool:
    """Whether the code allows this."""
    return permission in visit.accessor.permissions


def require(visit: Visit, permission: Permission) -> None:
    """Raises Denied where the code does not allow this."""
    if not may(visit, permission):
        raise Denied(f"This code does not allow to {permission}.", code="not-allowed")


def is_revealed(unit: Unit, visit: Visit) -> bool:
    """Whether the time has come from which guests see what is there."""
    return visit.event.reveal_at is None or visit.event.reveal_at <= unit.now


def shown(unit: Unit, visit: Visit) -> ColumnElement[bool]:
    """Which rows of File this guest sees now; none without the right to view, and none before they are revealed.

    Never a card, of whichever event: whoever reads the code on it could see what is another's.  So a host's new photo
    is shown once it was looked at.
    """
    if not may(visit, Permission.view) or not is_revealed(unit, visit):
        return false()
    here = and_(File.library_id == visit.event.library_id, access.in_album(visit.album))
    is_card = select(CardFrame.file_id).where(CardFrame.file_id == File.id, CardFrame.kind.in_(HIDDEN)).exists()
    return and_(here, ~is_card, was_looked_at(unit, visit.event), subset(visit.accessor))


def was_looked_at(unit: Unit, event: Event) -> ColumnElement[bool]:
    """Which rows of File can be no card that is still to be read; gifts of guests are none.

    Nobody waits longer than `UNREAD` from when a photo came, be it to the library or to the event.
    """
    read = select(CardFrame.file_id).where(CardFrame.file_id == File.id).exists()
    given = select(Contribution.file_id).where(Contribution.file_id == File.id).exists()
    since = unit.now - UNREAD
    here = _came.album_id == event.album_id, _came.file_id == File.id
    came = select(_came.file_id).where(*here, _came.added_at >= since).exists()
    settled = and_(File.imported_at < since, ~came)
    return or_(File.imported_at < event.created_at, settled, read, given)


def subset(accessor: Accessor) -> ColumnElement[bool]:
    """Which rows of File a code is for, of those in its event; photos that its card was found before are, always."""
    if accessor.shows == Shows.all:
        return true()
    picked = select(AccessorFile.file_id).where(
        AccessorFile.accessor_id == accessor.id, AccessorFile.is_withheld.is_(False)
    )
    if accessor.shows == Shows.files:
        return File.id.in_(picked)
    return or_(File.id.in_(picked), _found(accessor))


def _found(accessor: Accessor) -> ColumnElement[bool]:
    if accessor.shows == Shows.sets:
        chosen = [ids.decode(each) for each in accessor.set_ids]
        placed = select(Placement.file_id).where(Placement.event_id == accessor.event_id, Placement.set_id.in_(chosen))
        return File.id.in_(placed)
    return criteria.found_by(accessor.query)


def file(unit: Unit, visit: Visit, file_id: int) -> File:
    """A file that this guest sees now.  Raises NotFound."""
    found = unit.db.scalar(select(File).where(File.id == file_id, shown(unit, visit)))
    if found is None:
        raise NotFound("There is no such photo.")
    return found


def audience(visit: Visit) -> str:
    """What binds links to a code as it is now."""
    return f"{ids.encode(visit.accessor.id)}.{visit.accessor.generation}"


def link_end(visit: Visit, now: datetime) -> datetime:
    """When links end that are made now: in 5 to 10 minutes, and never after the code or the event."""
    end = rounded_expiry(now, _GRID)
    return end if visit.expires_at is None else min(end, visit.expires_at)
