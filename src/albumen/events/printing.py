"""Which codes are printed on cards, and what each card says."""

from collections.abc import Sequence

from sqlalchemy import select

from albumen.app import App
from albumen.events import accessors, queries
from albumen.events.accessor_views import Page
from albumen.events.models import Accessor
from albumen.events.sheets import MOST, Card
from albumen.kernel import codes
from albumen.kernel.errors import Invalid, NotFound
from albumen.unit import Unit


def cards(unit: Unit, app: App, event_id: int, wanted: Sequence[int] | None) -> tuple[str, list[Card]]:
    """The name of an event, and a card for each of its codes that are wanted; None: that open it.  Owners print.

    Raises NotFound, Denied, Conflict where a code cannot be read any more, and Invalid where there is none to print
    or there are too many for one document.
    """
    event = queries.get(unit, event_id)
    accessors.require_owner(unit, event)
    chosen = _chosen(unit, event_id, wanted)
    if not 0 < len(chosen) <= MOST:
        raise Invalid(f"1 to {MOST} cards can be printed at once.", errors=[("accessors", "none, or too many")])
    page = Page.of(unit, app, event)
    made = []
    for accessor in chosen:
        given = accessors.secrets_of(app.seals, accessor)
        made.append(Card(accessor.label or "", codes.show(given.code), page.link(given.token)))
    return queries.album_of(unit, event).name, made


def _chosen(unit: Unit, event_id: int, wanted: Sequence[int] | None) -> list[Accessor]:
    """The codes, the oldest first."""
    rows = select(Accessor).where(Accessor.event_id == event_id).order_by(Accessor.created_at, Accessor.id)
    if wanted is None:
        return [each for each in unit.db.scalars(rows) if not accessors.is_over(each, unit.now)]
    found = unit.db.scalars(rows.where(Accessor.id.in_(wanted))).all()
    if len(found) != len(set(wanted)):
        raise NotFound("There is no such code.")
    return list(found)
