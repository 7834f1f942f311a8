"""A password by letter: for who has forgotten it, and for who is invited."""

from typing import Any

from fastapi import Request, Response

from albumen.accounts import invitations, tickets
from albumen.accounts.models import User
from albumen.accounts.tickets import Purpose
from albumen.app import App
from albumen.http.attempts import SignInAttempts
from albumen.http.deps import TheApp
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Invalid
from albumen.web import own, render
from albumen.web.forms import Form, Sent
from albumen.web.pages import signing
from albumen.web.router import Pages

routes = Pages()


@routes.get("/forgot")
def forgot_page(request: Request, app: TheApp) -> Response:
    """Asks for the e-mail, where letters are sent."""
    return _forgot(request, app)


def _forgot(request: Request, app: App, *, status: int = 200, **values: Any) -> Response:
    told: dict[str, Any] = {"email": "", "is_sent": False, "wrong": {}, "has_mail": _has_mail(app), **values}
    return render.page(request, "auth/forgot.html", status=status, **told)


def _has_mail(app: App) -> bool:
    return bool(app.settings.mail.host)


@routes.post("/forgot")
def forgot(request: Request, app: TheApp, attempts: SignInAttempts, form: Form) -> Response:
    """Says the same whether or not there is such an account; nothing is asked for where no letter would come."""
    email = form.text("email")
    if not _has_mail(app):
        return _forgot(request, app)
    try:
        with attempts.from_client(request, counts_all=True), app.writing(SYSTEM) as unit:
            invitations.ask_reset(unit, email)
    except Invalid as problem:
        return _forgot(request, app, status=422, email=email, wrong=own.wrong(problem, "email"))
    return _forgot(request, app, email=email, is_sent=True)


@routes.get("/reset/{token}")
def reset_page(request: Request, app: TheApp, token: str) -> Response:
    """Two fields for the new password; looking does not use the link up."""
    return _page(request, app, Purpose.reset, token)


@routes.post("/reset/{token}")
def reset(request: Request, app: TheApp, token: str, form: Form) -> Response:
    """Set it, and sign in."""
    return _accepted(request, app, (Purpose.reset, token), form)


@routes.get("/invite/{token}")
def invite_page(request: Request, app: TheApp, token: str) -> Response:
    """The name, and two fields for a password."""
    return _page(request, app, Purpose.invite, token)


@routes.post("/invite/{token}")
def accept(request: Request, app: TheApp, token: str, form: Form) -> Response:
    """Set it, and sign in."""
    return _accepted(request, app, (Purpose.invite, token), form)


def _page(request: Request, app: App, purpose: Purpose, token: str, **values: Any) -> Response:
    with app.reading(SYSTEM) as unit:
        user = tickets.holder(unit, purpose, token)
    told: dict[str, Any] = {"name": user.name, "wrong": {}, "status": 200, **values}
    return render.page(request, f"auth/{purpose}.html", token=token, email=user.email or "", **told)


def _accepted(request: Request, app: App, given: tuple[Purpose, str], form: Sent) -> Response:
    try:
        user = _accept(app, given, form)
    except Invalid as problem:
        values: dict[str, Any] = {"status": 422, "wrong": own.wrong(problem, "password"), "name": form.text("name")}
        return _page(request, app, *given, **values)
    return signing.begin(app, request, user, "/library")


def _accept(app: App, given: tuple[Purpose, str], form: Sent) -> User:
    """Who has a password now.  Raises Gone, Invalid."""
    if form.text("password") != form.text("again"):
        raise Invalid(errors=[("again", "differs")])
    with app.writing(SYSTEM) as unit:
        return invitations.accept(unit, *given, password=form.text("password"), name=form.text("name"))
