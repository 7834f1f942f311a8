"""The routes of events, of their access codes, and of the guests who come by them."""

from albumen.events.api import access, accessors, activity, entries, events, sets

ROUTES = (
    events.routes,
    entries.routes,
    sets.routes,
    accessors.routes,
    access.routes,
    activity.routes,
)

__all__ = ["ROUTES"]
