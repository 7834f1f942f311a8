"""The webhooks of an event: which programs are told what happens in it, and whether that arrives."""

from typing import Any

from fastapi import Request, Response

from albumen.events import webhooks
from albumen.events.webhooks import Kind, NewWebhook
from albumen.http.deps import Reading, public_id
from albumen.kernel.errors import Conflict, Invalid, Unavailable
from albumen.libraries.models import Role
from albumen.unit import Unit
from albumen.web import hosting, render
from albumen.web.forms import Signed, SignedForm
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/events/{event_id}/webhooks")


@routes.get("")
def index(unit: Reading, request: Request, event_id: str) -> Response:
    """Those of the visitor that are told of this event, each with what was sent last."""
    return _page(unit, request, event_id)


def _page(unit: Unit, request: Request, event_id: str, *, status: int = 200, **values: Any) -> Response:
    hosted = hosting.of(unit, event_id, Role.owner)
    found = [each for each in webhooks.mine(unit) if each.event_id in (None, hosted.event.id)]
    told = {"hooks": [(each, webhooks.deliveries(unit, each)) for each in found], "kinds": kinds()}
    empty = {"secret": "", "wrong": "", "typed": ""}
    return hosting.page(request, "host/webhooks.html", hosted, status=status, **{**empty, **told, **values})


def kinds() -> dict[str, str]:
    """What can be told, in words."""
    return {
        Kind.uploads_new: _("guests added photos"),
        Kind.code_sent: _("a code was sent"),
        Kind.event_ending: _("the event is about to end"),
        Kind.event_ended: _("the event has ended"),
        Kind.event_purged: _("what guests gave was removed after the end"),
    }


@routes.post("")
def add(request: Request, event_id: str, form: SignedForm) -> Response:
    """Have another address told; the secret is shown this once."""
    try:
        _made, secret = webhooks.add(form.app, form.actor, _wanted(form, event_id))
    except (Invalid, Conflict, Unavailable) as problem:
        with form.reading() as unit:
            return _page(unit, request, event_id, status=422, wrong=problem.detail, typed=form.text("url"))
    with form.reading() as unit:
        return _page(unit, request, event_id, secret=secret)


def _wanted(form: Signed, event_id: str) -> NewWebhook:
    chosen = [hosting.choice(Kind, each) for each in form.texts("kinds")]
    if not chosen:
        raise Invalid(_("Choose what it is told."))
    return NewWebhook(form.text("url").strip(), chosen, public_id(event_id))


@routes.post("/{webhook_id}")
def act(event_id: str, webhook_id: str, form: SignedForm) -> Response:
    """Send one a test, go on with it, or have it told no more."""
    deeds = {"ping": webhooks.ping, "enable": webhooks.enable, "remove": webhooks.remove}
    deed = deeds.get(form.text("deed"))
    if deed is None:
        raise Invalid(_("This is none of the choices."))
    with form.writing() as unit:
        deed(unit, public_id(webhook_id))
    return render.go(f"/events/{event_id}/webhooks?done={'tested' if deed is webhooks.ping else 'saved'}")
