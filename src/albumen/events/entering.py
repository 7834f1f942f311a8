"""Entering an event: what every door does with a code or a token that somebody shows."""

from albumen.app import App
from albumen.events import attempts, cards, guests, preparing, sight
from albumen.events.guests import Admitted, Knock
from albumen.events.sight import Permission
from albumen.events.visits import Visit
from albumen.kernel import codes
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Busy, NotFound
from albumen.unit import Unit


def enter(app: App, knock: Knock) -> Admitted:
    """Let somebody in.

    Raises NotFound where what was shown opens nothing, Busy where too many codes were tried, and Invalid where a name
    is wanted first.
    """
    if codes.is_token(knock.shown):
        return _enter(app, knock)
    app.refusals.check(knock.network)
    try:
        with app.reading(SYSTEM) as unit:
            attempts.check(unit, knock.network)
        return _enter(app, knock)
    except Busy as refusal:
        app.refusals.remember(knock.network, refusal)
        raise


def _enter(app: App, knock: Knock) -> Admitted:
    with app.writing(SYSTEM) as unit:
        admitted = guests.admit(unit, app.seals, knock)
        if admitted is not None:
            _prepare(app, unit, admitted.visit)
    if admitted is None:
        raise NotFound("This code opens nothing. Look at it once more.", code="no-such-code")
    return admitted


def _prepare(app: App, unit: Unit, visit: Visit) -> None:
    """Have made what this guest will want; once in a few seconds, however many come."""
    saves = sight.may(visit, Permission.download)
    asked = "prepared", visit.event.id, saves
    if app.recent.get(asked) is None:
        app.recent.remember(asked, True)
        cards.ask(unit, visit.event)  # of what came in beside the event: by its album, by a search
        if saves:
            preparing.ask(unit, visit.event)
