"""What a screen at an event shows: its photos, each once it may be seen, the newest first; never films, never cards."""

from sqlalchemy import ColumnElement, and_, false, select

from albumen.events import accessors, queries, sight
from albumen.events.frames import HIDDEN
from albumen.events.models import Accessor, CardFrame, Event, Shows
from albumen.events.sight import Permission
from albumen.libraries import access
from albumen.libraries.models import File, Original
from albumen.unit import Unit

MOST = 5000


def of_host(unit: Unit, event: Event) -> ColumnElement[bool]:
    """Which rows of File a screen shows that somebody put up who sees the event's album.

    A photo in which nobody has looked for a card yet waits: a code on it would open something for the whole room.
    And nobody in it sees anything before it is revealed.
    """
    if event.reveal_at is not None and event.reveal_at > unit.now:
        return false()
    here = and_(File.library_id == event.library_id, access.in_album(queries.album_of(unit, event)))
    is_card = select(CardFrame.file_id).where(CardFrame.file_id == File.id, CardFrame.kind.in_(HIDDEN)).exists()
    return and_(here, ~is_card, sight.was_looked_at(unit, event))


def photos(unit: Unit, which: ColumnElement[bool]) -> list[int]:
    """The ids of the photos, those that came last first."""
    listed = select(File.id).join(Original, Original.signature == File.signature).where(which, ~Original.is_video)
    return list(unit.db.scalars(listed.order_by(File.imported_at.desc(), File.id.desc()).limit(MOST)))


def is_for_all(accessor: Accessor) -> bool:
    """Whether a code may hang on a wall: it shows all, and was sent to nobody as their own."""
    return accessor.shows == Shows.all and accessor.sent_to is None


def invitation(unit: Unit, event: Event) -> Accessor | None:
    """The code that a host's screen invites with: one by which photos are added, else any that is open; or none.

    One that is somebody's own hangs on no wall.
    Raises NotFound, Denied where the actor may not see the codes.
    """
    accessors.require_owner(unit, event)
    found = unit.db.scalars(select(Accessor).where(Accessor.event_id == event.id, Accessor.disabled_at.is_(None)))
    usable = [each for each in found if is_for_all(each) and not accessors.is_over(each, unit.now)]
    ranked = sorted(usable, key=lambda each: (Permission.upload not in each.permissions, each.created_at))
    return next((each for each in ranked if sight.Permission.view in each.permissions), None)
