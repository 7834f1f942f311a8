"""The routes by which guests send photos and take them back, and by which others decide about what they sent."""

from typing import Annotated

from fastapi import Query, Request

from albumen.app import App
from albumen.events import (
    contribution_views,
    contributions,
    entering,
    guest_arrivals,
    guest_uploads,
    host_uploads,
    moderation,
)
from albumen.events.api.events import OfEvent
from albumen.events.api.visiting import GuestReading, GuestToken
from albumen.events.contribution_views import DecidedView, DecisionForm, GiftsView, MyUploadsView
from albumen.events.contributions import State
from albumen.events.guest_uploads import GuestSender
from albumen.events.guests import Knock
from albumen.events.host_uploads import EventSender
from albumen.events.queries import Part
from albumen.http import auth, tus
from albumen.http.deps import Caller, Paging, Reading, TheApp, identify, public_id
from albumen.http.guest_tokens import shown_token
from albumen.http.limits import network_of
from albumen.http.views import Routes, multipart
from albumen.kernel.actor import SYSTEM
from albumen.libraries.incoming import Body
from albumen.libraries.models import Resumable

routes = Routes(tags=["Guests"])
deciding = Routes(tags=["Events"])
SetId = Annotated[str, Query(alias="set", description="The part of the event that the photos are for.")]
Which = Annotated[State | None, Query(description="Only what waits, is shown, or was declined.")]


@routes.post("/access/files", summary="Give photos to an event", openapi_extra=multipart("files", many=True))
async def give_photos(app: TheApp, token: GuestToken, request: Request, which: SetId = "") -> MyUploadsView:
    """Parts `files`, or one photo as it is.  `waiting` is shown once the host has approved it."""
    body = Body(request.stream(), request.headers, request.query_params.get("name", "")[:1000])
    return contribution_views.of_given(await guest_arrivals.give(app, token, body, which))


@routes.get("/access/uploads", summary="What this guest has sent")
def list_mine(app: TheApp, here: GuestReading, page: Paging) -> MyUploadsView:
    """The newest first; before them, on the first page, what is being sent."""
    coming = [] if page.cursor else contributions.sending(here.unit, here.visit)
    found = contributions.sent(here.unit, here.visit, Part(page.limit, page.cursor))
    return contribution_views.of_mine(here.unit, app.signer, here.visit, found, coming)


@routes.delete("/access/uploads/{file_id}", summary="Take a gift back", status_code=204)
def withdraw(app: TheApp, token: GuestToken, file_id: str) -> None:
    """Removes it from the event, and for good where the host has not taken it elsewhere."""
    sender = guest_uploads.by_token(app, token)
    with app.writing(sender.actor) as unit:
        contributions.withdraw(unit, sender.visit(unit), public_id(file_id))


@deciding.get("/events/{event_id}/contributions", summary="What guests gave to an event")
def list_gifts(app: TheApp, unit: Reading, where: OfEvent, page: Paging, state: Which = None) -> GiftsView:
    """The oldest first, with who gave it by which code; for contributors of the event's album."""
    found = moderation.gifts(unit, where.get(unit), state, Part(page.limit, page.cursor))
    return contribution_views.of_gifts(unit, app.signer, found)


@deciding.post("/events/{event_id}/contributions/approve", summary="Show what guests gave")
def approve_gifts(app: TheApp, actor: Caller, where: OfEvent, form: DecisionForm) -> DecidedView:
    """These, or all that wait.  Again, it does nothing; what was declined comes back."""
    chosen, decided = form.chosen(), 0
    while True:
        with app.writing(actor) as unit:
            count = moderation.approve(unit, where.get(unit), chosen)
        decided += count
        if chosen is not None or count < moderation.BATCH:
            return DecidedView(decided=decided)


@deciding.post("/events/{event_id}/contributions/reject", summary="Decline what guests gave")
def reject_gifts(app: TheApp, actor: Caller, where: OfEvent, form: DecisionForm) -> DecidedView:
    """These, or all that wait; it goes to the trash.  Again, it does nothing."""
    chosen, decided = form.chosen(), 0
    while True:
        with app.writing(actor) as unit:
            count = moderation.reject(unit, where.get(unit), chosen)
        decided += count
        if chosen is not None or count < moderation.BATCH:
            return DecidedView(decided=decided)


def find_sender(app: App, request: Request) -> GuestSender | None:
    """The guest who sends a resumable upload; None where it is a user.

    A guest is known by the key in the upload's address, by `eventCode` in the metadata, or by its token.  The cookie of
    somebody who is signed in as well counts for what a guest announced, and where the metadata has the key `event`.
    """
    upload_id, _, key = str(request.path_params.get("upload_id", "")).partition(".")
    if key:
        return guest_uploads.by_address(app, public_id(upload_id), key)
    told = tus.metadata(request.headers.get("upload-metadata", "")) if request.method == "POST" else {}
    if told.get("eventCode"):
        return _by_code(app, request, told)
    token = shown_token(request)
    if not token or not ("authorization" in request.headers or _is_guests(app, request, told)):
        return None
    return guest_uploads.by_token(app, token)


def _by_code(app: App, request: Request, told: dict[str, str]) -> GuestSender:
    network = network_of(request.client.host if request.client else "")
    name = told.get("guestName", "")
    admitted = entering.enter(app, Knock(told["eventCode"].strip(), network, name=name, before=shown_token(request)))
    return guest_uploads.sender_of(app, admitted.visit, by_code=True)


def _is_guests(app: App, request: Request, told: dict[str, str]) -> bool:
    if auth.credentials(request).session is None or "event" in told:
        return True
    upload_id = request.path_params.get("upload_id")
    if upload_id is None:
        return False
    with app.reading(SYSTEM) as unit:
        row = unit.db.get(Resumable, public_id(upload_id))
        return row is not None and guest_uploads.is_guests(row)


def find_host(app: App, request: Request) -> EventSender | None:
    """The user who sends a resumable upload to an event: announced with `eventId`; None where it is for a library."""
    upload_id = str(request.path_params.get("upload_id", ""))
    if not upload_id:
        told = tus.metadata(request.headers.get("upload-metadata", ""))
        return host_uploads.announcing(app, identify(request), told) if told.get(host_uploads.EVENT) else None
    with app.reading(SYSTEM) as unit:
        row = unit.db.get(Resumable, public_id(upload_id.partition(".")[0]))
    if row is None or not host_uploads.is_for_event(row):
        return None
    return host_uploads.going_on(app, identify(request), row)
