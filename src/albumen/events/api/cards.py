"""The routes of cards that a photographer shot: what they decided, settling by hand, and clocks."""

from fastapi import Response

from albumen.events import accessors, card_views, cards, clocks, qr, queries
from albumen.events.api.events import OfEvent
from albumen.events.card_views import CardsView, ClockView, FrameView, SettleForm
from albumen.http.deps import Reading, TheApp, Writing, public_id
from albumen.http.views import Routes
from albumen.libraries.models import Role

routes = Routes(tags=["Cards"])

_CARDS = "/events/{event_id}/cards"
_CLOCK = "/events/{event_id}/clock"
_NOT_KEPT = {"Cache-Control": "no-store"}


@routes.get(_CARDS, summary="The cards that were photographed")
def get_cards(unit: Reading, where: OfEvent) -> CardsView:
    """Those that were read, those that could not be, clocks, and frames that follow no card.  For owners."""
    event = where.get(unit)
    accessors.require_owner(unit, event)
    return card_views.of_event(unit, event)


@routes.post(_CARDS + "/read", summary="Look for cards now", status_code=202)
def read_cards(unit: Writing, where: OfEvent) -> None:
    """In photos that were not looked at yet; uploads into the event ask for it by themselves."""
    cards.ask(unit, where.get(unit, Role.contributor))


@routes.patch(_CARDS + "/{file_id}", summary="Say what a frame shows")
def settle_card(unit: Writing, where: OfEvent, file_id: str, form: SettleForm) -> FrameView:
    """Whose card it is, or that it is none; the frames after it follow.  For owners."""
    event = where.get(unit)
    frame = cards.settle(unit, event, public_id(file_id), form.chosen())
    return card_views.of_frame(unit, event, frame)


@routes.get(_CLOCK, summary="The time, for cameras")
def get_clock(app: TheApp, unit: Reading, event_id: str, response: Response) -> ClockView:
    """What the QR code of this moment says, for this event only."""
    event = clocks.require_clock(unit, public_id(event_id))
    response.headers.update(_NOT_KEPT)
    return ClockView(now=unit.now, payload=clocks.payload(app.seals, event.id, unit.now))


@routes.get(
    _CLOCK + ".svg",
    summary="The time as a QR code",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}, "description": "The code"}},
)
def get_clock_svg(app: TheApp, unit: Reading, event_id: str) -> Response:
    """A drawing to be photographed."""
    event = clocks.require_clock(unit, public_id(event_id))
    drawn = qr.svg(clocks.payload(app.seals, event.id, unit.now))
    return Response(drawn, media_type="image/svg+xml", headers=_NOT_KEPT | qr.HEADERS)


@routes.post("/events/{event_id}/clocks/{file_id}/undo", summary="Take a clock back")
def undo_clock(unit: Writing, where: OfEvent, file_id: str) -> FrameView:
    """The dates that it moved are as they were before.  For owners."""
    event = queries.get(unit, public_id(where.event_id))
    clocks.undo(unit, event, public_id(file_id))
    cards.settle_soon(unit, event)
    return card_views.of_frame(unit, event, cards.frame_at(unit, event, public_id(file_id)))
