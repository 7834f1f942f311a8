"""The routes by which users take along everything that is kept of them."""

from albumen.accounts.models import Takeaway
from albumen.http.bytes import BlobResponse, Shown
from albumen.http.deps import Caller, Reading, TheApp, public_id
from albumen.http.disposition import attachment
from albumen.http.views import Routes, Time, View
from albumen.kernel import ids
from albumen.operations import takeaways
from albumen.unit import Unit

routes = Routes(tags=["Accounts"])


class TakeawayView(View):
    """A ZIP of everything, in the making (`pending`), made (`success`) or not (`failed`); `progress` is 0 to 1."""

    takeaway_id: str
    status: str
    progress: float
    error: str | None
    size_bytes: int | None
    created_on: Time
    expires_on: Time | None


class TakeawaysView(View):
    """The newest of the caller's."""

    takeaways: list[TakeawayView]


def _of(unit: Unit, row: Takeaway) -> TakeawayView:
    return TakeawayView(
        takeaway_id=ids.encode(row.id),
        status=row.state,
        progress=round(takeaways.progress(unit, row), 4),
        error=row.error,
        size_bytes=row.size_bytes,
        created_on=row.created_at,
        expires_on=row.expires_at,
    )


@routes.post("/users/me/takeaways", summary="Have everything that is kept of one packed into a ZIP")
def begin_takeaway(app: TheApp, actor: Caller) -> TakeawayView:
    """Originals with their sidecars, and everything else as JSON.  409 while another is being made."""
    made = takeaways.begin(app, actor)
    with app.reading(actor) as unit:
        return _of(unit, made)


@routes.get("/users/me/takeaways", summary="How far these are")
def list_takeaways(unit: Reading) -> TakeawaysView:
    """The newest first."""
    return TakeawaysView(takeaways=[_of(unit, each) for each in takeaways.mine(unit)])


@routes.serve_bytes("/users/me/takeaways/{takeaway_id}/content", "The ZIP")
def get_takeaway(unit: Reading, takeaway_id: str) -> BlobResponse:
    """As a download, for whom it was made; 410 once it has expired."""
    found = takeaways.delivered(unit, public_id(takeaway_id))
    shown = Shown(found.etag, found.mime, disposition=attachment(found.name))
    return BlobResponse(unit.blobs, found.key, shown)
