"""What the API shows of activity and of webhooks."""

from datetime import date

from pydantic import Field

from albumen.events.activity import Activity, Sums
from albumen.events.guest_models import Guest
from albumen.events.models import Accessor, Webhook
from albumen.events.webhooks import Kind
from albumen.http.views import Form, Time, View
from albumen.kernel import ids
from albumen.kernel.pages import Page


class SumsView(View):
    """How often each thing was done, by how many guests, and when last."""

    visits: int
    views: int
    downloads: int
    uploads: int
    favorites: int
    guests: int | None = None
    last_on: Time | None = None


class CodeActivityView(SumsView):
    """What was done with one code."""

    accessor_id: str
    label: str | None


class DayActivityView(SumsView):
    """What was done on one day (in UTC)."""

    day: date


class ActivityView(View):
    """What guests did in an event."""

    total: SumsView
    codes: list[CodeActivityView]
    days: list[DayActivityView]


class GuestActivityView(SumsView):
    """What one guest did."""

    guest_id: str
    accessor_id: str
    name: str | None
    came_on: Time


class GuestsView(View):
    """A page of guests."""

    guests: list[GuestActivityView]
    next: str | None


def _sums(sums: Sums) -> dict[str, object]:
    counts = {f"{kind}s": sums.counts.get(kind, 0) for kind in ("visit", "view", "download", "upload", "favorite")}
    return {**counts, "last_on": sums.last_at}


def of_activity(activity: Activity) -> ActivityView:
    """What guests did, as the API shows it."""
    return ActivityView(
        total=SumsView(guests=activity.total.guests, **_sums(activity.total)),
        codes=[_code(accessor, sums) for accessor, sums in activity.codes],
        days=[DayActivityView(day=day, **_sums(sums)) for day, sums in activity.days],
    )


def _code(accessor: Accessor, sums: Sums) -> CodeActivityView:
    named = {"accessor_id": ids.encode(accessor.id), "label": accessor.label}
    return CodeActivityView(guests=sums.guests, **named, **_sums(sums))


def of_guests(page: Page[tuple[Guest, Sums]]) -> GuestsView:
    """A page of guests, as the API shows it."""
    return GuestsView(guests=[_guest(guest, sums) for guest, sums in page.items], next=page.next)


def _guest(guest: Guest, sums: Sums) -> GuestActivityView:
    return GuestActivityView(
        guest_id=ids.encode(guest.id),
        accessor_id=ids.encode(guest.accessor_id),
        name=guest.name,
        came_on=guest.created_at,
        **_sums(sums),
    )


class SendForm(Form):
    """To whom a code is sent, with a few words."""

    email: str = Field(max_length=255)
    note: str = Field("", max_length=2000)


class WebhookForm(Form):
    """An address to be told; `eventId`: of one event only."""

    url: str = Field(max_length=2000)
    kinds: list[Kind] = Field(min_length=1, max_length=len(Kind))
    event_id: str | None = Field(None, max_length=20)


class WebhookView(View):
    """A webhook, and how it goes; `secret` only when it was just made."""

    webhook_id: str
    url: str
    kinds: list[str]
    event_id: str | None
    created_on: Time
    told_on: Time | None
    failure: str | None
    disabled: bool
    secret: str | None = None


def of_webhook(webhook: Webhook, secret: str | None = None) -> WebhookView:
    """A webhook as the API shows it."""
    return WebhookView(
        webhook_id=ids.encode(webhook.id),
        url=webhook.url,
        kinds=webhook.kinds,
        event_id=ids.encode(webhook.event_id) if webhook.event_id else None,
        created_on=webhook.created_at,
        told_on=webhook.told_at,
        failure=webhook.failure,
        disabled=webhook.disabled_at is not None,
        secret=secret,
    )
