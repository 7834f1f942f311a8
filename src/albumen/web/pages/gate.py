"""Where guests come in: by a code typed on the first page, or at an event's own address."""

from typing import Any

from fastapi import Request, Response

from albumen.app import App
from albumen.events import entering, guests
from albumen.events.event_views import public_url
from albumen.events.guests import Knock
from albumen.http.deps import TheApp
from albumen.http.guest_tokens import check_own_page, clear_cookie, set_cookie, shown_token
from albumen.http.limits import network_of
from albumen.kernel.errors import Busy, Invalid, NotFound
from albumen.web import render
from albumen.web.forms import Form, Sent
from albumen.web.gates import gate
from albumen.web.router import Pages
from albumen.web.texts import gettext as _
from albumen.web.visits import Acting, path_of

routes = Pages()


def front(request: Request, **values: Any) -> Response:
    """The first page for who is not signed in: a field for a code."""
    return _page(request, "guest/front.html", **values)


def _page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    blank = {"code": "", "name": "", "error": "", "wait": 0}
    return render.page(request, template, status=status, **(blank | values))


@routes.post("/enter")
def enter(app: TheApp, request: Request, form: Form) -> Response:
    """The code alone finds its event."""
    try:
        return _entered(app, request, form, "")
    except Invalid:  # a name is wanted first
        return front(request, status=400, asks_name="required", **_typed(form, _("Say your name first.")))
    except (NotFound, Busy) as problem:
        return front(request, asks_name="required" if form.text("name") else "off", **_refused(form, problem))


@routes.get("/e/{user}/{word}")
def gate_page(app: TheApp, request: Request, user: str, word: str) -> Response:
    """An event's first page; older addresses lead to the one of today."""
    told = gate(app, request, f"{user}/{word}")
    if told.path != path_of(f"{user}/{word}"):
        return render.go(told.path)
    if told.is_over:
        return _page(request, "guest/ended.html", status=410, gate=told)
    closed = _("Your code no longer opens this event. Ask whoever gave it to you for another.")
    return _page(request, "guest/gate.html", gate=told, error=closed if told.is_closed else "")


@routes.post("/e/{user}/{word}")
def enter_at(app: TheApp, request: Request, form: Form, user: str, word: str) -> Response:
    """A code for this event, or the token of a QR link, which a module takes from behind the `#`."""
    told = gate(app, request, f"{user}/{word}")
    try:
        return _entered(app, request, form, f"{user}/{word}")
    except Invalid:
        return _page(request, "guest/gate.html", status=400, gate=told, **_typed(form, _("Say your name first.")))
    except (NotFound, Busy) as problem:
        return _page(request, "guest/gate.html", gate=told, **_refused(form, problem))


@routes.post("/e/{user}/{word}/leave")
def leave(here: Acting, request: Request) -> Response:
    """Forget who this browser was."""
    guests.leave(here.unit, here.visit)
    answer = render.go(here.base)
    clear_cookie(request, answer)
    return answer


def _entered(app: App, request: Request, form: Sent, address: str) -> Response:
    """Give the browser its token, and send it to the photos.  Raises NotFound, Busy, Invalid, Denied."""
    check_own_page(request)
    network = network_of(request.client.host if request.client else "")
    knock = Knock(form.text("code").strip(), network, address, form.text("name"), shown_token(request))
    admitted = entering.enter(app, knock)
    visit = admitted.visit
    answer = render.go(f"{path_of(public_url(visit.owner, visit.event))}/photos")
    set_cookie(request, answer, admitted.token)
    return answer


def _typed(form: Sent, error: str) -> dict[str, Any]:
    """What was typed, so that nobody types it twice; a QR link's token is no code to be shown."""
    code = form.text("code").strip()
    return {"code": code, "name": form.text("name"), "error": error}


def _refused(form: Sent, problem: NotFound | Busy) -> dict[str, Any]:
    if isinstance(problem, Busy):
        wait = problem.retry_seconds
        return {"status": 429, "wait": wait, **_typed(form, _("Too many codes were tried. Wait a little."))}
    return {"status": 404, **_typed(form, _("This code opens nothing. Look at it once more."))}
