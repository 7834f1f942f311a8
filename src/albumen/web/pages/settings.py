"""Account: the password and what else guards it, and the personal keys."""

from typing import Any

from fastapi import Request, Response

from albumen.accounts import factors, identities, keys, passkeys, sessions, users
from albumen.http.attempts import SignInAttempts
from albumen.http.deps import Reading, public_id
from albumen.kernel.actor import Scope
from albumen.kernel.errors import Conflict, Invalid, SignIn
from albumen.unit import Unit
from albumen.web import own, render
from albumen.web.forms import SignedForm
from albumen.web.pages.signing import agent, provider_name, signed_in
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/settings")


@routes.get("")
def settings() -> Response:
    """The first of the account's pages."""
    return render.go("/settings/profile")


@routes.get("/security")
def security_page(request: Request, unit: Reading) -> Response:
    """The password, and what else guards the account."""
    return security(request, unit)


@routes.post("/security")
def change_password(request: Request, form: SignedForm, attempts: SignInAttempts) -> Response:
    """Other sessions end; this one begins anew."""
    try:
        token = _changed(request, form, attempts)
        return signed_in(form.app, request, token, "/settings/security?done=password")
    except (Invalid, Conflict, SignIn) as problem:
        is_current = isinstance(problem, SignIn)
        told = {"current": _("This is not the password.")} if is_current else own.wrong(problem, "password")
        with form.reading() as unit:
            return security(request, unit, status=422, wrong=told)


def _changed(request: Request, form: SignedForm, attempts: SignInAttempts) -> str:
    """The token of the new session.  Raises Invalid, Conflict, and SignIn where the current password is wrong."""
    if form.text("password") != form.text("again"):
        raise Invalid(_("The two passwords differ."), errors=[("again", "differs")])
    with form.reading() as unit:
        email = users.acting(unit).email
    if email is None:
        raise Conflict("Set an e-mail and a password first.")
    with attempts.from_client(request), form.reading() as unit:
        sessions.check(unit, email, form.text("current"))
    with form.writing() as unit:
        user = users.acting(unit)
        users.set_password(unit, user, form.text("password"))
        return sessions.start(unit, user, days=form.app.settings.session.days, agent=agent(request))


def security(request: Request, unit: Unit, *, status: int = 200, **values: Any) -> Response:
    """The page of the password and what else guards the account."""
    user = users.acting(unit)
    guarded: dict[str, Any] = {"has_factor": factors.is_on(unit, user), "left": factors.codes_left(unit, user)}
    guarded["can_passkeys"] = passkeys.site(f"{request.url.scheme}://{request.url.netloc}") is not None
    guarded["passkeys"] = passkeys.of(unit, user)
    guarded |= {"provider": provider_name(request), "identities": identities.of(unit, user)}
    return own.page(request, unit, "security", status=status, **guarded, **values)


@routes.get("/tokens")
def tokens_page(request: Request, unit: Reading, done: bool = False) -> Response:
    """The keys, which programs sign in with."""
    return _tokens(request, unit, notice=_("The key was revoked.") if done else "")


@routes.post("/tokens")
def create_token(request: Request, form: SignedForm) -> Response:
    """Make a key, and show it this once."""
    try:
        with form.writing() as unit:
            scopes = form.texts("scopes")
            made, secret = keys.create(unit, users.acting(unit), label=form.text("label"), scopes=scopes)
            unit.db.flush()
            return _tokens(request, unit, secret=secret, made=made.label)
    except Invalid as problem:
        with form.reading() as unit:
            return _tokens(request, unit, status=422, wrong=problem.detail)


@routes.post("/tokens/{key_id}/revoke")
def revoke_token(key_id: str, form: SignedForm) -> Response:
    """End a key."""
    with form.writing() as unit:
        keys.revoke(unit, public_id(key_id))
    return render.go("/settings/tokens?done=true")


def _tokens(request: Request, unit: Unit, *, status: int = 200, **values: str) -> Response:
    user = users.acting(unit)
    listed = [key for key, _ in keys.of(unit, user) if key.revoked_at is None]
    scopes = [scope for scope in Scope if user.is_keeper or scope != Scope.admin]
    values = {"secret": "", "made": "", "wrong": "", "notice": ""} | values
    shared = {"section": "account", "part": "tokens", "user": user, "keys": listed, "scopes": scopes}
    return render.page(request, "settings/tokens.html", status=status, **shared, **values)
