"""From a request's body to photos in an event: the way of every upload, and then into the album."""

from anyio import to_thread

from albumen.app import App
from albumen.events import entries, queries
from albumen.http import lanes
from albumen.kernel import ids
from albumen.kernel.actor import Actor
from albumen.libraries import incoming, receive, tally, uploads, views
from albumen.libraries.incoming import Body, Incoming
from albumen.libraries.receive import FILES
from albumen.libraries.views import FileView


async def into_event(app: App, actor: Actor, event_id: int, body: Body, set_id: int | None = None) -> list[FileView]:
    """File every photo of the body and put it into the event; all of them or none.

    What the event has already is answered as a duplicate.  Raises NotFound, Denied, Conflict, and what `receive`,
    `look`, `keep` and `files.add` raise.
    """
    await to_thread.run_sync(_check, app, actor, event_id, incoming.declared_bytes(body))
    with await incoming.receive(app, body, FILES) as sent:
        return await lanes.FILING.run(_file_all, app, actor, (event_id, set_id), sent)


def _check(app: App, actor: Actor, event_id: int, declared_bytes: int) -> None:
    """Refuse early, before the body is read.  Raises NotFound, Denied, Conflict, OverQuota."""
    with app.reading(actor) as unit:
        event = queries.get(unit, event_id)
        entries.require(unit, event)
        tally.check_quota(unit, event.library_id, declared_bytes)


def _file_all(app: App, actor: Actor, where: tuple[int, int | None], sent: Incoming) -> list[FileView]:
    event_id, set_id = where
    looked = receive.look_at_all(app, sent, ids.encode(event_id))
    with app.reading(actor) as unit:
        event = queries.get(unit, event_id)
        new = [each.spool for each in looked if entries.to_stay(unit, event, each.spool.signature) is None]
        tally.check_quota(unit, event.library_id, sum(spool.size_bytes for spool in new))
    arrivals = [uploads.keep(app, actor, each) for each in looked]
    with app.writing(actor) as unit:
        event = queries.get(unit, event_id)
        filed = [entries.file(unit, event, arrival, set_id) for arrival in arrivals]
        return [views.of_file(unit, file, duplicate=None if is_new else True) for file, is_new in filed]
