"""Cards: to be printed, and what those decided that a photographer shot."""

from collections.abc import Iterable
from typing import Any

from fastapi import Request, Response
from sqlalchemy import select

from albumen.app import App
from albumen.events import accessors, card_views, cards, clocks, queries
from albumen.events.card_views import CardsView
from albumen.events.models import Event
from albumen.http.deps import Reading, TheApp, public_id
from albumen.kernel import ids
from albumen.libraries import access
from albumen.libraries.models import File
from albumen.unit import Unit
from albumen.web import grid, hosting, render
from albumen.web.forms import SignedForm
from albumen.web.grid import Tile
from albumen.web.router import Pages

routes = Pages("/events/{event_id}/cards")
MOST_PICTURES = 200
MOST_CODES = 500


@routes.get("")
def index(app: TheApp, unit: Reading, request: Request, event_id: str) -> Response:
    """Sheets to print, and the frames that show cards."""
    hosted = hosting.of(unit, event_id)
    accessors.require_owner(unit, hosted.event)
    seen = card_views.of_event(unit, hosted.event)
    codes = queries.accessors(unit, hosted.event, limit=MOST_CODES, cursor=None).items
    values: dict[str, Any] = {
        "seen": seen,
        "codes": [(ids.encode(each.id), each.label or "") for each in codes],
        "may_print": any(not accessors.is_over(each, unit.now) for each in codes),
        "pictures": _pictures(app, unit, hosted.event, _shown(seen)),
    }
    return hosting.page(request, "host/cards.html", hosted, **values)


def _shown(seen: CardsView) -> list[int]:
    """The frames of which a picture helps."""
    frames = [*seen.unread, *seen.foreign, *seen.clocks, *seen.cards]
    first = [each.file_ids[0] for each in seen.before_first if each.file_ids]
    return [ids.decode(each) for each in [*first, *(frame.file_id for frame in frames)]][:MOST_PICTURES]


def _pictures(app: App, unit: Unit, event: Event, file_ids: Iterable[int]) -> dict[str, Tile]:
    here = access.in_album(queries.album_of(unit, event))
    files = unit.db.scalars(select(File).where(File.id.in_(file_ids), here)).all()
    return {tile.id: tile for tile in grid.tiles(app, unit, files)}


@routes.post("/read")
def read(event_id: str, form: SignedForm) -> Response:
    """Look for cards in what was not looked at yet."""
    with form.writing() as unit:
        event = hosting.event_of(unit, event_id)
        accessors.require_owner(unit, event)
        cards.ask(unit, event)
    return render.go(f"/events/{event_id}/cards?done=reading")


@routes.post("/{file_id}")
def settle(event_id: str, file_id: str, form: SignedForm) -> Response:
    """Say whose card a frame shows, or that it shows none; or take a clock back."""
    with form.writing() as unit:
        event, whose = hosting.event_of(unit, event_id), form.text("code")
        if whose == "undo":
            clocks.undo(unit, event, public_id(file_id))
            cards.settle_soon(unit, event)
        else:
            cards.settle(unit, event, public_id(file_id), public_id(whose) if whose else None)
    return render.go(f"/events/{event_id}/cards?done=saved")
