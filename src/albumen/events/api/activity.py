"""The routes of what guests did, and of telling others of it: letters and webhooks."""

from typing import Any

from fastapi import Response
from starlette.responses import StreamingResponse

from albumen.events import accessors, activity, letters, queries, webhooks
from albumen.events.activity_views import (
    ActivityView,
    GuestsView,
    SendForm,
    WebhookForm,
    WebhookView,
    of_activity,
    of_guests,
    of_webhook,
)
from albumen.http.deps import Caller, Paging, Reading, TheApp, Writing, public_id
from albumen.http.views import Routes

routes = Routes(tags=["Activity"])

_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}}, "description": "One line for what a guest did with a photo on a day"}
}


@routes.get("/events/{event_id}/activity", summary="What guests did, by code and by day")
def get_activity(unit: Reading, event_id: str) -> ActivityView:
    """Visits, views, downloads, uploads and favourites.  Owners see it."""
    return of_activity(activity.of_event(unit, queries.get(unit, public_id(event_id))))


@routes.get("/events/{event_id}/activity/guests", summary="What each guest did")
def list_guests(unit: Reading, event_id: str, page: Paging) -> GuestsView:
    """Who came last first."""
    event = queries.get(unit, public_id(event_id))
    return of_guests(activity.guests(unit, event, limit=page.limit, cursor=page.cursor))


@routes.get("/events/{event_id}/activity.csv", summary="The same as a table", response_class=Response, responses=_CSV)
def get_activity_table(app: TheApp, actor: Caller, event_id: str) -> StreamingResponse:
    """For a spreadsheet, in UTF-8."""
    lines = activity.table(app, actor, public_id(event_id))
    named = {"Content-Disposition": 'attachment; filename="activity.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=named)


@routes.post("/events/{event_id}/accessors/{accessor_id}/send", summary="Send a code by e-mail", status_code=202)
def send_code(unit: Writing, event_id: str, accessor_id: str, form: SendForm) -> None:
    """With the event's address and a few words of the caller's.  A later letter tells when the end is near."""
    event = queries.get(unit, public_id(event_id))
    letters.send_code(unit, accessors.get(unit, event, public_id(accessor_id)), form.email, form.note)


@routes.get("/webhooks", summary="The caller's webhooks")
def list_webhooks(unit: Reading) -> list[WebhookView]:
    """The oldest first."""
    return [of_webhook(each) for each in webhooks.mine(unit)]


@routes.post("/webhooks", summary="Have an address told what happens in events", status_code=201)
def add_webhook(app: TheApp, actor: Caller, form: WebhookForm) -> WebhookView:
    """Messages are signed with the `secret` of the answer, which is not shown again."""
    event_id = None if form.event_id is None else public_id(form.event_id)
    return of_webhook(*webhooks.add(app, actor, webhooks.NewWebhook(form.url, form.kinds, event_id)))


@routes.post("/webhooks/{webhook_id}/ping", summary="Send a message that says nothing", status_code=202)
def ping_webhook(unit: Writing, webhook_id: str) -> None:
    """To see whether it arrives."""
    webhooks.ping(unit, public_id(webhook_id))


@routes.post("/webhooks/{webhook_id}/enable", summary="Go on with a webhook that failed too often")
def enable_webhook(unit: Writing, webhook_id: str) -> WebhookView:
    """What was not delivered meanwhile is not sent."""
    return of_webhook(webhooks.enable(unit, public_id(webhook_id)))


@routes.delete("/webhooks/{webhook_id}", summary="Have an address told no more", status_code=204)
def remove_webhook(unit: Writing, webhook_id: str) -> None:
    """At once."""
    webhooks.remove(unit, public_id(webhook_id))
