"""How events that a user keeps at hand look over the API."""

from albumen.events.event_views import public_url
from albumen.events.subscriptions import Kept
from albumen.http.views import Time, View
from albumen.kernel import ids


class SubscriptionView(View):
    """Another user's event; `newCount` photos came in since the last visit."""

    event_id: str
    event_name: str
    public_url: str
    host_name: str
    date: str | None
    permissions: list[str]
    file_count: int
    new_count: int
    is_over: bool
    expires_on: Time | None
    last_seen_on: Time
    created_on: Time


class SubscriptionsView(View):
    """A page of what a user keeps at hand."""

    subscriptions: list[SubscriptionView]
    next: str | None


def of_kept(kept: Kept) -> SubscriptionView:
    """One of them."""
    visit = kept.visit
    return SubscriptionView(
        event_id=ids.encode(visit.event.id),
        event_name=visit.album.name,
        public_url=public_url(visit.owner, visit.event),
        host_name=visit.owner.name,
        date=visit.event.held_on,
        permissions=visit.accessor.permissions,
        file_count=kept.file_count,
        new_count=kept.new_count,
        is_over=kept.is_over,
        expires_on=visit.expires_at,
        last_seen_on=kept.subscription.seen_at,
        created_on=kept.subscription.created_at,
    )
