"""Passkeys: signing in by one, adding them and taking them away."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from albumen.accounts import passkeys
from albumen.accounts.models import User
from albumen.accounts.passkeys import Question, Site
from albumen.app import App
from albumen.http.attempts import SignInAttempts
from albumen.http.deps import TheApp, public_id
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, Invalid, NotFound, SignIn
from albumen.web import own, render
from albumen.web.forms import Form, Sent, SignedForm
from albumen.web.pages import settings, signing
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages()


def here(request: Request) -> Site:
    """Where the browser is.  Raises NotFound where there can be no passkeys."""
    found = passkeys.site(f"{request.url.scheme}://{request.url.netloc}")
    if found is None:
        raise NotFound
    return found


@routes.get("/login/passkey")
def ask(request: Request, app: TheApp) -> Response:
    """What the device is asked."""
    with app.reading(SYSTEM) as unit:
        return _answer(passkeys.ask(unit, app.seals, here(request)))


def _answer(asked: Question) -> Response:
    told: dict[str, Any] = {"options": asked.options, "state": asked.state}
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


@routes.post("/login/passkey")
def sign_in(request: Request, app: TheApp, attempts: SignInAttempts, form: Form) -> Response:
    """Start a session: the device was asked for its owner, so that no second factor is."""
    try:
        with attempts.from_client(request):
            user = _checked(app, here(request), form)
    except SignIn:
        told = _("The passkey was not accepted. Try again, or sign in with your password.")
        return signing.again(request, form, told)
    return signing.start(app, request, user, signing.local(form.text("next")))


def _checked(app: App, site: Site, form: Sent) -> User:
    with app.writing(SYSTEM) as unit:
        return passkeys.check(unit, app.seals, site, (form.text("answer"), form.text("state")))


@routes.post("/settings/passkeys/offer")
def offer(request: Request, form: SignedForm, attempts: SignInAttempts) -> Response:
    """What the device is asked to make one; takes the current password."""
    own.confirm(request, form, attempts)
    with form.reading() as unit:
        return _answer(passkeys.offer(unit, form.app.seals, here(request)))


@routes.post("/settings/passkeys")
def add(request: Request, form: SignedForm) -> Response:
    """Keep what the device made."""
    told = form.text("answer"), form.text("state")
    try:
        with form.writing() as unit:
            passkeys.add(unit, form.app.seals, here(request), told, form.text("label"))
    except (Invalid, Conflict):
        with form.reading() as unit:
            wrong = {"passkey": _("The device did not make a passkey. Try again.")}
            return settings.security(request, unit, status=422, wrong=wrong)
    return render.go("/settings/security?done=passkey")


@routes.post("/settings/passkeys/{passkey_id}/remove")
def remove(form: SignedForm, passkey_id: str) -> Response:
    """Take one away."""
    with form.writing() as unit:
        passkeys.remove(unit, public_id(passkey_id))
    return render.go("/settings/security?done=passkey-gone")
