"""Signing in, by link or by password, and out; and the welcome that asks for both."""

import secrets
from typing import Any
from urllib.parse import quote

from fastapi import Depends, Request, Response

from albumen.accounts import factors, identities, passkeys, sessions, tickets, users
from albumen.accounts.identify import identify
from albumen.accounts.models import User
from albumen.accounts.tickets import Purpose
from albumen.app import App
from albumen.http.attempts import SignInAttempts
from albumen.http.auth import check_origin, clear_session, credentials, set_session
from albumen.http.deps import Reading, TheApp
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, Invalid, SignIn
from albumen.unit import Unit
from albumen.web import render, texts
from albumen.web.forms import Form, Sent, Signed, SignedForm
from albumen.web.pages import gate
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages()
HALF, HALF_PATH = "half", "/login"
"""The cookie of who has told the password, and has yet to show a second factor."""
_YEAR = 365 * 86_400


@routes.get("/")
def home(app: TheApp, request: Request) -> Response:
    """The timeline, or a field for the code of an event."""
    try:
        identify(app, credentials(request))
    except SignIn:
        return gate.front(request)
    return render.go("/library")


@routes.get("/login")
def login_page(request: Request, next: str = "") -> Response:  # noqa: A002 - the query's own word
    """E-mail and password."""
    return _login(request, next)


def _login(request: Request, wanted: str, **values: Any) -> Response:
    can = passkeys.site(f"{request.url.scheme}://{request.url.netloc}") is not None
    told: dict[str, Any] = {"wanted": wanted, "email": "", "error": "", "can_passkeys": can, **values}
    told |= {"provider": provider_name(request), "left": request.query_params.get("left") == "provider"}
    return render.page(request, "auth/login.html", **told)


def provider_name(request: Request) -> str:
    """What the provider is called at which one can sign in, too; empty where there is none."""
    provider = request.app.state.provider
    return provider.chosen.name if provider is not None else ""


def refused(request: Request, wanted: str, error: str, status: int) -> Response:
    """The page to sign in at, with why it did not work elsewhere."""
    return _login(request, wanted, error=error, status=status)


def again(request: Request, form: Sent, error: str) -> Response:
    """The same page, with what was wrong."""
    return _login(request, form.text("next"), email=form.text("email"), error=error, status=401)


@routes.post("/login")
def login(app: TheApp, attempts: SignInAttempts, request: Request, form: Form) -> Response:
    """Start a session, and go where the visitor was going."""
    email, wanted = form.text("email"), form.text("next")
    try:
        with attempts.from_client(request), app.reading(SYSTEM) as unit:
            user = sessions.check(unit, email, form.text("password"))
    except SignIn:
        return again(request, form, _("The e-mail or the password is not right."))
    return begin(app, request, user, local(wanted))


@routes.get("/sign-in/{token}")
def link_page(request: Request, token: str) -> Response:
    """A button; the link itself is not used up, so that a preview of it does no harm."""
    return render.page(request, "auth/link.html", token=token)


@routes.post("/sign-in/{token}", dependencies=[Depends(check_origin)])
def follow_link(app: TheApp, request: Request, token: str) -> Response:
    """Use the link up and start a session."""
    with app.writing(SYSTEM) as unit:
        user = sessions.use_link(unit, token)
    return begin(app, request, user, "/library" if user.password_hash else _first(user))


def _first(user: User) -> str:
    """Where somebody begins who has no password yet."""
    return "/setup" if user.is_keeper else "/welcome"


@routes.get("/welcome")
def welcome_page(request: Request, unit: Reading) -> Response:
    """Asks for an e-mail and a password, once; keepers are asked by the set-up."""
    user = users.acting(unit)
    if user.password_hash is not None:
        return render.go("/library")
    if user.is_keeper:
        return render.go("/setup")
    return render.page(request, "auth/welcome.html", email=user.email or "", name=user.name, wrong={})


@routes.post("/welcome")
def welcome(request: Request, form: SignedForm) -> Response:
    """Keep them; the session begins anew, as with every new password."""
    try:
        return signed_in(form.app, request, _introduced(request, form), "/library")
    except (Invalid, Conflict) as problem:
        values = {"email": form.text("email"), "name": form.text("name"), "wrong": wrong(problem)}
        return render.page(request, "auth/welcome.html", status=422, **values)


def _introduced(request: Request, form: SignedForm) -> str:
    """The token of the new session.  Raises Invalid, Conflict."""
    with form.writing() as unit:
        return introduce(unit, request, form)


def introduce(unit: Unit, request: Request, form: Signed) -> str:
    """Keep how somebody will sign in, who had no password; the token of the new session.  Raises Invalid, Conflict."""
    if form.text("password") != form.text("again"):
        raise Invalid(_("The two passwords differ."), errors=[("again", "differs")])
    user = users.acting(unit)
    if user.password_hash is not None:
        raise Conflict(_("There is a password already. Change it under Account."))
    users.set_email(unit, user, form.text("email"))
    users.set_password(unit, user, form.text("password"))
    user.name = users.clean_name(form.text("name")) or user.name
    return sessions.start(unit, user, days=form.app.settings.session.days, agent=agent(request))


@routes.post("/logout")
def logout(request: Request, form: SignedForm) -> Response:
    """End the session and clear what the browser kept."""
    token = credentials(request).session
    with form.writing() as unit:
        is_linked = bool(provider_name(request) and identities.of(unit, users.acting(unit)))
        sessions.sign_out(unit, token or "")
    answer = render.go("/login?left=provider" if is_linked else "/login")
    clear_session(request, answer)
    return answer


def begin(app: App, request: Request, user: User, path: str) -> Response:
    """Let somebody in whose password or link was right; where there is a second factor, that is asked for first."""
    with app.reading(SYSTEM) as unit:
        wants_code = factors.is_on(unit, user)
    if not wants_code:
        return start(app, request, user, path)
    token = secrets.token_urlsafe(32)
    with app.writing(SYSTEM) as unit:
        tickets.make(unit, user, Purpose.second_factor, token)
    answer = render.go(f"/login/2fa?next={quote(path, safe='')}")
    secure, seconds = request.url.scheme == "https", int(tickets.LASTS[Purpose.second_factor].total_seconds())
    answer.set_cookie(HALF, token, max_age=seconds, path=HALF_PATH, secure=secure, httponly=True, samesite="lax")
    return answer


def start(app: App, request: Request, user: User, path: str) -> Response:
    """Let somebody in who has shown all that is asked for."""
    with app.writing(SYSTEM) as unit:
        token = sessions.start(unit, user, days=app.settings.session.days, agent=agent(request))
    return speak(request, signed_in(app, request, token, path), user.language or "")


def speak(request: Request, answer: Response, language: str) -> Response:
    """Let this browser speak the language of the account, where one was chosen."""
    if language in texts.LANGUAGES:
        secure = request.url.scheme == "https"
        answer.set_cookie(texts.COOKIE, language, max_age=_YEAR, secure=secure, httponly=True, samesite="lax")
    return answer


def signed_in(app: App, request: Request, token: str, path: str) -> Response:
    """Give the browser its session, and send it on."""
    answer = render.go(path)
    set_session(request, answer, token, days=app.settings.session.days)
    return answer


def local(path: str) -> str:
    """A path of this site to go to; the timeline where it is none."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours and path.isascii() else "/library"


def agent(request: Request) -> str:
    """How the browser calls itself."""
    return request.headers.get("user-agent", "")


def wrong(problem: Invalid | Conflict) -> dict[str, str]:
    """The message by the field that it belongs to."""
    fields = [name for name, _ in problem.errors] if isinstance(problem, Invalid) else []
    return {fields[0] if fields else "email": problem.detail}
