"""The routes of the parts of an event."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from albumen.events import entry_views, queries, sets
from albumen.events.api.events import OfEvent
from albumen.events.entry_views import FilesForm, SetForm, SetPatch, SetsView, SetView
from albumen.events.models import Event, EventSet
from albumen.http.deps import Reading, Writing, public_id
from albumen.http.views import Routes
from albumen.unit import Unit

routes = Routes(tags=["Events"])

_SETS = "/events/{event_id}/sets"
_SET = "/events/{event_id}/sets/{set_id}"


@dataclass(frozen=True)
class AtSet:
    """A set, as a path names it."""

    event_id: str
    set_id: str

    def get(self, unit: Unit) -> tuple[Event, EventSet]:
        """The event and the set.  Raises NotFound, Denied."""
        event = queries.get(unit, public_id(self.event_id))
        return event, sets.get(unit, event, public_id(self.set_id))


OfSet = Annotated[AtSet, Depends()]


@routes.get(_SETS, summary="The sets of an event")
def list_sets(unit: Reading, where: OfEvent) -> SetsView:
    """In their order, with how many photos lie in each."""
    event = where.get(unit)
    return entry_views.of_sets(unit, event, sets.of(unit, event))


@routes.post(_SETS, summary="Make a set")
def create_set(unit: Writing, where: OfEvent, form: SetForm) -> SetView:
    """The last one."""
    event = where.get(unit)
    return entry_views.of_set(unit, event, sets.create(unit, event, form.name))


@routes.patch(_SET, summary="Change a set")
def change_set(unit: Writing, where: OfSet, form: SetPatch) -> SetView:
    """Its name, or its place among the others."""
    event, which = where.get(unit)
    told = form.model_dump(exclude_unset=True)
    return entry_views.of_set(unit, event, sets.change(unit, event, which, told))


@routes.delete(_SET, summary="Take a set away", status_code=204)
def remove_set(unit: Writing, where: OfSet) -> None:
    """Its photos stay in the event, in no set."""
    sets.remove(unit, *where.get(unit))


@routes.post(_SET + "/files", summary="Lay photos into a set")
def place_files(unit: Writing, where: OfSet, form: FilesForm) -> SetView:
    """Out of whichever they lay in."""
    event, which = where.get(unit)
    sets.place(unit, event, which, form.chosen())
    return entry_views.of_set(unit, event, which)


@routes.delete(_SET + "/files", summary="Take photos out of a set", status_code=204)
def unplace_files(unit: Writing, where: OfSet, form: FilesForm) -> None:
    """They stay in the event."""
    event, which = where.get(unit)
    sets.unplace(unit, event, which, form.chosen())
