"""Entering an event: what every door does with a code or a token that somebody shows."""

from albumen.app import App
from albumen.events import attempts, cards, guests, preparing, sight
from albumen.events.guests import Admitted, Knock
from albumen.events.sight import Permission
from albumen.kernel import codes
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Busy, NotFound


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
            cards.ask(unit, admitted.visit.event)  # of what came in beside the event: by its album, by a search
        if admitted is not None and sight.may(admitted.visit, Permission.download):
            preparing.ask(unit, admitted.visit.event)
    if admitted is None:
        raise NotFound("This code opens nothing. Look at it once more.", code="no-such-code")
    return admitted
