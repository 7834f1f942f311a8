"""From a guest's form to gifts in an event: received, looked at and stored like every upload, and then given."""

from anyio import to_thread

from albumen.app import App
from albumen.events import contributions, guest_uploads
from albumen.events.contributions import Given, Wish
from albumen.events.guest_uploads import GuestSender
from albumen.http import lanes
from albumen.kernel import ids
from albumen.libraries import incoming, receive, tally, uploads
from albumen.libraries.incoming import Body, Incoming
from albumen.libraries.receive import FILES


async def give(app: App, token: str, body: Body, set_word: str = "") -> list[Given]:
    """Give every photo of the body to the guest's event; all of them or none.

    Raises SignIn, Gone, Denied, Conflict, NotFound, OverQuota, and what `receive`, `look` and `keep` raise.
    """
    sender = await to_thread.run_sync(guest_uploads.by_token, app, token)
    with contributions.discreetly():
        await to_thread.run_sync(_check, sender, set_word, incoming.declared_bytes(body))
        with await incoming.receive(app, body, FILES) as sent:
            return await lanes.FILING.run(_give_all, sender, set_word, sent)


def _check(sender: GuestSender, set_word: str, declared_bytes: int) -> None:
    """Refuse early, before the body is read."""
    with sender.app.writing(sender.actor) as unit:
        visit = sender.visit(unit)
        contributions.check(visit)
        contributions.set_for(unit, visit, set_word)
        contributions.claim(unit, visit, declared_bytes)
        tally.check_quota(unit, visit.event.library_id, declared_bytes)


def _give_all(sender: GuestSender, set_word: str, sent: Incoming) -> list[Given]:
    app = sender.app
    with app.reading(sender.actor) as unit:
        visit = sender.visit(unit)
        set_id, container_id = contributions.set_for(unit, visit, set_word), ids.encode(visit.event.library_id)
    looked = receive.look_at_all(app, sent, container_id)
    arrivals = [uploads.keep(app, sender.actor, each) for each in looked]
    with app.writing(sender.actor) as unit:
        visit = sender.visit(unit)
        wish = Wish(set_id, app.settings.events.upload_minutes)
        return [contributions.give(unit, visit, arrival, wish) for arrival in arrivals]
