"""The parts of an event, such as "Ceremony": named, in an order, each photo in one at most."""

from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select

from albumen.db.statements import insert_for, table_of
from albumen.events import events, queries
from albumen.events.models import Event, EventSet, Placement
from albumen.kernel import ids
from albumen.kernel.errors import Conflict, NotFound
from albumen.libraries import access, names
from albumen.libraries.models import File, Role
from albumen.unit import Unit

MOST = 500
_BATCH = 500


def _require(unit: Unit, event: Event) -> None:
    """Raises NotFound, Denied, Conflict where the actor may not arrange the event."""
    role = access.role_on_album(unit, queries.album_of(unit, event))
    access.check(unit, role, Role.contributor, "event")
    events.check_open(event)


def of(unit: Unit, event: Event) -> list[EventSet]:
    """The sets of an event in their order, for who may see the event."""
    wanted = select(EventSet).where(EventSet.event_id == event.id)
    return list(unit.db.scalars(wanted.order_by(EventSet.position, EventSet.id)))


def get(unit: Unit, event: Event, set_id: int) -> EventSet:
    """A set of an event that the actor may see.  Raises NotFound."""
    found = unit.db.get(EventSet, set_id)
    if found is None or found.event_id != event.id:
        raise NotFound("There is no such set in this event.")
    return found


def counts(unit: Unit, event: Event, seen: ColumnElement[bool] | None = None) -> dict[int, int]:
    """How many photos of the event lie in each set: all of them, or those that are seen."""
    here = access.in_album(queries.album_of(unit, event)) if seen is None else seen
    wanted = select(Placement.set_id, func.count().label("photos")).join(File, File.id == Placement.file_id)
    rows = unit.db.execute(wanted.where(Placement.event_id == event.id, here).group_by(Placement.set_id))
    return {row.set_id: row.photos for row in rows}


def create(unit: Unit, event: Event, name: str) -> EventSet:
    """A new set, the last one.  Raises NotFound, Denied, Invalid, and Conflict for a name that is taken."""
    _require(unit, event)
    there = of(unit, event)
    if len(there) >= MOST:
        raise Conflict(f"An event has {MOST} sets at most.")
    made = EventSet(id=ids.new_id(), event_id=event.id, position=(there[-1].position if there else 0) + 1)
    _name(made, name, there)
    unit.db.add(made)
    unit.db.flush()
    return made


def _name(which: EventSet, name: str, there: Sequence[EventSet]) -> None:
    which.name = names.plain(name)
    which.folded = names.fold(which.name)
    if any(each.folded == which.folded and each.id != which.id for each in there):
        raise Conflict("There is a set with this name already.")


def ensure(unit: Unit, event: Event, name: str) -> EventSet:
    """The set with this name (compared without case), made where there is none.  Raises as `create` does."""
    folded = names.fold(names.plain(name))
    found = next((each for each in of(unit, event) if each.folded == folded), None)
    return found or create(unit, event, name)


def change(unit: Unit, event: Event, which: EventSet, told: Mapping[str, Any]) -> EventSet:
    """Change its name, or its position (1 is the first).  Raises NotFound, Denied, Invalid, Conflict."""
    _require(unit, event)
    there = of(unit, event)
    if "name" in told:
        _name(which, told["name"], there)
    if "position" in told:
        others = [each for each in there if each.id != which.id]
        others.insert(min(told["position"], len(there)) - 1, which)
        for place, each in enumerate(others, 1):
            each.position = place
    unit.db.flush()
    return which


def remove(unit: Unit, event: Event, which: EventSet) -> None:
    """Take a set away; its photos stay in the event, in no set.  Raises NotFound, Denied, Conflict."""
    _require(unit, event)
    unit.db.delete(which)
    queries.changed(unit, event)


def place(unit: Unit, event: Event, which: EventSet, file_ids: Sequence[int]) -> None:
    """Lay photos of the event into a set, out of whichever they lay in.

    Raises NotFound where one is not in the event, Denied, Conflict.
    """
    _require(unit, event)
    here = access.in_album(queries.album_of(unit, event))
    for batch in batched(dict.fromkeys(file_ids), _BATCH):
        there = select(func.count()).select_from(File).where(File.id.in_(batch), here)
        if unit.db.scalar(there) != len(batch):
            raise NotFound("A photo of this selection is not in the event.")
        row = insert_for(unit.db)(table_of(Placement))
        keys = ["event_id", "file_id"]
        moved = row.on_conflict_do_update(index_elements=keys, set_={"set_id": row.excluded["set_id"]})
        unit.db.execute(moved, [{"event_id": event.id, "file_id": each, "set_id": which.id} for each in batch])
    queries.changed(unit, event)


def unplace(unit: Unit, event: Event, which: EventSet, file_ids: Sequence[int]) -> None:
    """Take photos out of a set; they stay in the event.  Raises NotFound, Denied, Conflict."""
    _require(unit, event)
    for batch in batched(file_ids, _BATCH):
        unit.db.execute(delete(Placement).where(Placement.set_id == which.id, Placement.file_id.in_(batch)))
    queries.changed(unit, event)
