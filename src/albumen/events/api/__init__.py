"""The routes of events, of their access codes, and of the guests who come by them."""

from albumen.events.api import (
    access,
    accessors,
    activity,
    cards,
    downloads,
    entries,
    events,
    favorites,
    gallery,
    printing,
    remarks,
    sets,
    subscriptions,
    uploads,
)

ROUTES = (
    uploads.routes,
    uploads.deciding,
    events.routes,
    entries.routes,
    sets.routes,
    accessors.routes,
    access.routes,
    downloads.routes,
    gallery.routes,
    favorites.routes,
    remarks.routes,
    subscriptions.routes,
    activity.routes,
    printing.routes,
    cards.routes,
)

SENDERS = (uploads.find_sender, uploads.find_host)

__all__ = ["ROUTES", "SENDERS"]
