"""What guests write about photos, where the host wants that; read by those with the same code, and by the host."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_

from albumen.events import queries, sight
from albumen.events.guest_models import Guest, Remark
from albumen.events.models import Event
from albumen.events.queries import Part
from albumen.events.sight import Permission
from albumen.events.visits import Visit
from albumen.kernel import ids
from albumen.kernel.errors import Conflict, Denied, Invalid, NotFound
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.libraries import access, names
from albumen.libraries.models import File, Role
from albumen.libraries.queries import millis, moment
from albumen.unit import Unit

LONGEST = 2000
MOST = 1000
"""How many one guest writes about one photo, and are shown at once."""

type Written = tuple[Remark, Guest]


def _require(visit: Visit) -> None:
    sight.require(visit, Permission.view)
    if not visit.event.has_comments:
        raise Denied("Comments are off in this event.", code="not-allowed")


def write(unit: Unit, visit: Visit, file_id: int, text: str) -> Remark:
    """Write about a photo that the guest sees.  Raises NotFound, Denied, Invalid, Conflict where it is too much."""
    _require(visit)
    file = sight.file(unit, visit, file_id)
    cleaned = "\n".join(map(names.clean, text.splitlines())).strip()
    if not 0 < len(cleaned) <= LONGEST:
        raise Invalid(f"A comment has 1 to {LONGEST} characters.", errors=[("text", "length")])
    mine = select(Remark.id).where(Remark.guest_id == visit.guest.id, Remark.file_id == file.id)
    if len(unit.db.scalars(mine.limit(MOST)).all()) >= MOST:
        raise Conflict("That is enough for one photo.")
    made = Remark(
        id=ids.new_id(),
        event_id=visit.event.id,
        file_id=file.id,
        accessor_id=visit.accessor.id,
        guest_id=visit.guest.id,
        text=cleaned,
        created_at=unit.now,
    )
    unit.db.add(made)
    unit.db.flush()
    return made


def about(unit: Unit, visit: Visit, file_id: int) -> Sequence[Written]:
    """What was written about a photo by those with the same code, the oldest first.  Raises NotFound, Denied."""
    _require(visit)
    file = sight.file(unit, visit, file_id)
    wanted = select(Remark, Guest).join(Guest, Guest.id == Remark.guest_id)
    wanted = wanted.where(Remark.file_id == file.id, Remark.accessor_id == visit.accessor.id)
    rows = unit.db.execute(wanted.order_by(Remark.created_at, Remark.id).limit(MOST))
    return [(row.Remark, row.Guest) for row in rows]


def withdraw(unit: Unit, visit: Visit, remark_id: int) -> None:
    """Take back what this guest wrote.  Raises NotFound."""
    found = unit.db.get(Remark, remark_id)
    if found is None or found.guest_id != visit.guest.id:
        raise NotFound("There is no such comment.")
    unit.db.delete(found)
    unit.db.flush()


def of(unit: Unit, event: Event, part: Part) -> Page[Written]:
    """All that was written in an event, the newest first; for contributors of its album.  Raises NotFound, Denied."""
    _require_host(unit, event)
    wanted = select(Remark, Guest).join(Guest, Guest.id == Remark.guest_id).join(File, File.id == Remark.file_id)
    wanted = wanted.where(Remark.event_id == event.id, File.deleted_at.is_(None))
    if part.cursor:
        at, remark_id = numbers_in(part.cursor, 2)
        wanted = wanted.where(tuple_(Remark.created_at, Remark.id) < (moment(at), remark_id))
    rows = unit.db.execute(wanted.order_by(Remark.created_at.desc(), Remark.id.desc()).limit(part.limit + 1)).all()
    last = rows[part.limit - 1].Remark if len(rows) > part.limit else None
    items = [(row.Remark, row.Guest) for row in rows[: part.limit]]
    return Page(items, to_cursor(millis(last.created_at), last.id) if last else None)


def remove(unit: Unit, event: Event, remark_id: int) -> None:
    """Take away what a guest wrote.  Contributors of the album do.  Raises NotFound, Denied."""
    _require_host(unit, event)
    found = unit.db.get(Remark, remark_id)
    if found is None or found.event_id != event.id:
        raise NotFound("There is no such comment.")
    unit.db.delete(found)
    unit.db.flush()


def _require_host(unit: Unit, event: Event) -> None:
    role = access.role_on_album(unit, queries.album_of(unit, event))
    access.check(unit, role, Role.contributor, "event")
