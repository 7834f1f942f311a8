"""Following the feed of a library: answers at once, or as soon as there is news."""

from dataclasses import dataclass, replace

from albumen.app import App
from albumen.http import waiting
from albumen.http.waiting import Receive, Wait
from albumen.kernel.actor import SYSTEM, Actor
from albumen.libraries import feed_pages, feed_views
from albumen.libraries.feed_views import ChangesView


@dataclass(frozen=True)
class Since:
    """Where somebody stands in a library's feed; None before the beginning."""

    library_id: int
    number: int | None
    limit: int


async def follow(app: App, actor: Actor, since: Since, *, seconds: float, receive: Receive) -> ChangesView:
    """The changes since; where there are none, waits for some, at most so long.  Raises NotFound, Denied, Gone.

    The wait ends early when the client has gone or the server stops.
    """
    follower = _Follower(app, actor, since)
    return await waiting.first(app, Wait(since.library_id, seconds, receive), follower.look, follower.has_moved)


class _Follower:
    """Somebody who stands in a feed, and moves on past what is not for them."""

    def __init__(self, app: App, actor: Actor, since: Since) -> None:
        self._app, self._actor, self._since = app, actor, since

    def look(self) -> tuple[ChangesView, bool]:
        """What has changed, and whether that is an answer."""
        with self._app.reading(self._actor) as unit:
            if self._since.number is None:
                return feed_views.of_start(feed_pages.head(unit, self._since.library_id)), True
            page = feed_pages.page(unit, self._since.library_id, self._since.number, self._since.limit)
            view = feed_views.of_page(unit, self._since.library_id, page)
        self._since = replace(self._since, number=int(view.cursor))
        return view, bool(view.changes or view.more)

    def has_moved(self) -> bool:
        """Whether there is more in the feed than was looked at."""
        with self._app.reading(SYSTEM) as unit:
            return feed_pages.newest(unit, self._since.library_id) != self._since.number
