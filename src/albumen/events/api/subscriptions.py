"""The routes of events that a user keeps at hand by their codes."""

from typing import Any

from fastapi import Request, Response

from albumen.events import guest_views, subscriptions
from albumen.events.api.access import knock_of
from albumen.events.guest_views import AccessForm, AdmittedView
from albumen.events.subscription_views import SubscriptionsView, SubscriptionView, of_kept
from albumen.http.deps import Caller, Paging, Reading, TheApp, Writing, public_id
from albumen.http.guest_tokens import set_cookie
from albumen.http.views import Routes
from albumen.kernel.errors import NotFound

routes = Routes(tags=["Subscriptions"])

_NOTHING: dict[int | str, dict[str, Any]] = {404: {"description": "The code opens nothing"}}
_OVER: dict[int | str, dict[str, Any]] = {410: {"description": "The event, or the code, has ended"}}


@routes.get("/subscriptions", summary="The events kept at hand")
def list_subscriptions(unit: Reading, page: Paging) -> SubscriptionsView:
    """The newest event first, with how many photos came in since the last visit."""
    found = subscriptions.of(unit, limit=page.limit, cursor=page.cursor)
    return SubscriptionsView(subscriptions=[of_kept(each) for each in found.items], next=found.next)


@routes.post("/subscriptions", summary="Keep an event at hand", responses=_NOTHING)
def subscribe(app: TheApp, actor: Caller, request: Request, form: AccessForm) -> SubscriptionView:
    """By an access code, or a QR link's token."""
    with app.writing(actor) as unit:
        kept = subscriptions.subscribe(unit, app.seals, knock_of(request, form))
    if kept is None:
        raise NotFound("This code opens nothing. Look at it once more.", code="no-such-code")
    return of_kept(kept)


@routes.get("/subscriptions/{kept_id}", summary="An event that is kept at hand")
def get_subscription(unit: Reading, kept_id: str) -> SubscriptionView:
    """By the event's id."""
    return of_kept(subscriptions.get(unit, public_id(kept_id)))


@routes.post("/subscriptions/{kept_id}/visit", summary="Visit an event that is kept at hand", responses=_OVER)
def visit(app: TheApp, unit: Writing, request: Request, response: Response, kept_id: str) -> AdmittedView:
    """As a guest, without the code; sets the guest cookie."""
    admitted = subscriptions.visit(unit, app.seals, public_id(kept_id))
    set_cookie(request, response, admitted.token)
    return guest_views.of_admitted(unit, app, admitted.visit, admitted.token)


@routes.delete("/subscriptions/{kept_id}", summary="Keep an event at hand no more", status_code=204)
def leave(unit: Writing, kept_id: str) -> None:
    """The event itself stays."""
    subscriptions.leave(unit, public_id(kept_id))
