"""The routes of events, of their access codes, and of the guests who come by them."""

from albumen.events.api import access, accessors, events

ROUTES = (
    events.routes,
    accessors.routes,
    access.routes,
)

__all__ = ["ROUTES"]
