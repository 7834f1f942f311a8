"""The routes of what owners print: the QR code of an access code, and sheets of cards."""

from enum import IntEnum
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel, Field

from albumen.events import accessors, printing, qr, sheets
from albumen.events.accessor_views import Page
from albumen.events.api.accessors import OfAccessor
from albumen.events.sheets import Paper, Sheet
from albumen.http.deps import Caller, Reading, TheApp, public_id
from albumen.http.views import Routes

routes = Routes(tags=["Access codes"])

_ACCESSOR = "/events/{event_id}/accessors/{accessor_id}"
_PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
Pixels = Annotated[int, Query(ge=qr.SMALLEST, le=qr.LARGEST, description="The longest side in pixels.")]


class PerPage(IntEnum):
    """How many cards are on a page."""

    eight = 8
    ten = 10


class Asked(BaseModel):
    """Which cards are wanted, and on what."""

    paper: Paper = Paper.a4
    per_page: PerPage = Field(PerPage.eight, alias="perPage")
    accessors: list[str] | None = Field(None, max_length=sheets.MOST, description="Codes by id; else all that open.")

    @property
    def sheet(self) -> Sheet:
        """How the cards lie on a page."""
        return sheets.SHEETS[self.paper, int(self.per_page)]

    @property
    def chosen(self) -> list[int] | None:
        """The codes that are named.  Raises NotFound."""
        return None if self.accessors is None else [public_id(each) for each in self.accessors]


def _answers(mime: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {mime: {}}, "description": "As it is printed"}}


def _link(app: TheApp, unit: Reading, where: OfAccessor) -> str:
    """What the QR code of an access code holds."""
    event, accessor = where.get(unit)
    return Page.of(unit, app, event).link(accessors.secrets_of(app.seals, accessor).token)


@routes.get(_ACCESSOR + "/qr.svg", summary="The QR code", response_class=Response, responses=_answers("image/svg+xml"))
def get_qr_svg(app: TheApp, unit: Reading, where: OfAccessor) -> Response:
    """A drawing of any size.  It holds a link that opens the event without typing the code."""
    return Response(qr.svg(_link(app, unit, where)), media_type="image/svg+xml", headers=_PRIVATE | qr.HEADERS)


@routes.get(_ACCESSOR + "/qr.png", summary="The QR code", response_class=Response, responses=_answers("image/png"))
def get_qr_png(app: TheApp, unit: Reading, where: OfAccessor, size: Pixels = 512) -> Response:
    """A picture of at most this size."""
    return Response(qr.png(_link(app, unit, where), size), media_type="image/png", headers=_PRIVATE)


@routes.get(
    "/events/{event_id}/cards.pdf",
    summary="Sheets of cards to print",
    response_class=Response,
    responses=_answers("application/pdf"),
)
def get_sheets(app: TheApp, caller: Caller, event_id: str, asked: Annotated[Asked, Query()]) -> Response:
    """One card for each code that opens the event, or for those that are named."""
    with app.reading(caller) as unit:
        title, cards = printing.cards(unit, app, public_id(event_id), asked.chosen)
    pdf = sheets.render(asked.sheet, title, cards)
    headers = _PRIVATE | {"Content-Disposition": 'attachment; filename="cards.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)
