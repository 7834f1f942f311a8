"""The routes of access codes, for those who give them out.  A code itself never stands in a path."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from albumen.events import accessor_views, accessors, queries
from albumen.events.accessor_views import AccessorForm, AccessorPatch, AccessorView
from albumen.events.api.events import OfEvent
from albumen.events.entry_views import FilesForm
from albumen.events.models import Accessor, Event
from albumen.http.deps import Paging, Reading, TheApp, Writing, public_id
from albumen.http.views import Routes, View
from albumen.unit import Unit

routes = Routes(tags=["Access codes"])

_ACCESSORS = "/events/{event_id}/accessors"
_ACCESSOR = "/events/{event_id}/accessors/{accessor_id}"


class AccessorsView(View):
    """A page of codes."""

    accessors: list[AccessorView]
    next: str | None


@dataclass(frozen=True)
class AtAccessor:
    """A code, as a path names it by its id."""

    event_id: str
    accessor_id: str

    def get(self, unit: Unit) -> tuple[Event, Accessor]:
        """The event and the code.  Raises NotFound, Denied."""
        event = queries.get(unit, public_id(self.event_id))
        return event, accessors.get(unit, event, public_id(self.accessor_id))


OfAccessor = Annotated[AtAccessor, Depends()]


@routes.get(_ACCESSORS, summary="The access codes of an event")
def list_accessors(app: TheApp, unit: Reading, where: OfEvent, page: Paging) -> AccessorsView:
    """The oldest first, with the codes themselves, so that cards can be printed.  For owners."""
    event = where.get(unit)
    accessors.require_owner(unit, event)
    found = queries.accessors(unit, event, limit=page.limit, cursor=page.cursor)
    listed = accessor_views.of_accessors(unit, app, event, found.items)
    return AccessorsView(accessors=listed, next=found.next)


@routes.post(_ACCESSORS, summary="Make an access code")
def create_accessor(app: TheApp, unit: Writing, where: OfEvent, form: AccessorForm) -> AccessorView:
    """For all of the event, or a part of it."""
    event = where.get(unit)
    made = accessors.create(unit, app.seals, event, form.new())
    return accessor_views.of_accessor(unit, app, event, made)


@routes.get(_ACCESSOR, summary="An access code")
def get_accessor(app: TheApp, unit: Reading, where: OfAccessor) -> AccessorView:
    """One code."""
    return accessor_views.of_accessor(unit, app, *where.get(unit))


@routes.patch(_ACCESSOR, summary="Change an access code")
def change_accessor(app: TheApp, unit: Writing, where: OfAccessor, form: AccessorPatch) -> AccessorView:
    """Holds from the next request of its guests on."""
    event, accessor = where.get(unit)
    return accessor_views.of_accessor(unit, app, event, accessors.change(unit, accessor, form.told()))


@routes.delete(_ACCESSOR, summary="Take an access code away", status_code=204)
def remove_accessor(unit: Writing, where: OfAccessor) -> None:
    """Its guests see nothing any more."""
    accessors.remove(unit, where.get(unit)[1])


@routes.post(_ACCESSOR + "/replace", summary="Replace an access code")
def replace_accessor(app: TheApp, unit: Writing, where: OfAccessor) -> AccessorView:
    """By a new one; the one before, its QR link and whoever came by them are let in no more."""
    event, accessor = where.get(unit)
    return accessor_views.of_accessor(unit, app, event, accessors.replace(unit, app.seals, accessor))


@routes.post(_ACCESSOR + "/images", summary="Let a code show more photos")
def pick_images(app: TheApp, unit: Writing, where: OfAccessor, form: FilesForm) -> AccessorView:
    """Photos of the event, in batches; a code that shows sets or a query shows them, too."""
    event, accessor = where.get(unit)
    accessors.pick_more(unit, event, accessor, form.chosen())
    return accessor_views.of_accessor(unit, app, event, accessor)


@routes.delete(_ACCESSOR + "/images", summary="Let a code show some photos no more", status_code=204)
def unpick_images(unit: Writing, where: OfAccessor, form: FilesForm) -> None:
    """Those that were picked for it."""
    event, accessor = where.get(unit)
    accessors.unpick(unit, event, accessor, form.chosen())
