"""A guest's visit: what was checked of a guest for this one request."""

from dataclasses import dataclass
from datetime import datetime

from albumen.accounts.models import User
from albumen.events.guest_models import Guest
from albumen.events.models import Accessor, Event
from albumen.kernel.actor import Actor, Scope
from albumen.libraries.models import Album


@dataclass(frozen=True)
class Visit:
    """A guest whose code holds at this moment, with the event that it opens, its album and its owner."""

    event: Event
    accessor: Accessor
    guest: Guest
    album: Album
    owner: User

    @property
    def expires_at(self) -> datetime | None:
        """When it is over: at the end of the code or of the event, whichever comes first."""
        ends = [end for end in (self.event.expires_at, self.accessor.expires_at) if end is not None]
        return min(ends, default=None)

    @property
    def host(self) -> Actor:
        """Who writes what guests give: the event's owner, in its library only."""
        scopes = frozenset({Scope.read, Scope.write})
        return Actor(self.event.user_id, scopes, libraries=frozenset({self.event.library_id}))
