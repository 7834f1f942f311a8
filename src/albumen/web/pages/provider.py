"""Signing in at a provider of the keeper's choice, and linking an account with it."""

from typing import Annotated, Any

import structlog
from fastapi import Depends, Request, Response
from starlette.responses import RedirectResponse

from albumen.accounts import flows, identities
from albumen.accounts.flows import Answer, Way
from albumen.accounts.identities import Told
from albumen.accounts.models import User
from albumen.accounts.providers import Provider
from albumen.app import App
from albumen.http.attempts import SignInAttempts
from albumen.http.deps import TheApp, public_id
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, Denied, Gone, NotFound, Problem, SignIn, Unavailable
from albumen.libraries import by_group
from albumen.web import forms, own, render
from albumen.web.forms import SignedForm
from albumen.web.pages import settings, signing
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages()
log = structlog.get_logger("albumen.accounts")
_SECONDS = int(flows.LASTS.total_seconds())


def _provider(request: Request) -> Provider:
    found: Provider | None = request.app.state.provider
    if found is None:
        raise NotFound
    return found


TheProvider = Annotated[Provider, Depends(_provider)]


def _cookie(request: Request) -> str:
    """A subdomain cannot set one of this name where there is HTTPS."""
    return "__Host-albumen-way" if request.url.scheme == "https" else "albumen-way"


@routes.get("/login/oidc")
def set_out(request: Request, app: TheApp, provider: TheProvider, next: str = "") -> Response:  # noqa: A002 - the query's own word
    """Send the browser to the provider."""
    try:
        address, kept = flows.begin(app, provider, signing.local(next))
    except Problem as problem:
        return _refused(request, provider, problem, next)
    return _carrying(request, RedirectResponse(address, 303), kept)


def _carrying(request: Request, answer: Response, kept: str) -> Response:
    secure = request.url.scheme == "https"
    answer.set_cookie(_cookie(request), kept, max_age=_SECONDS, path="/", secure=secure, httponly=True, samesite="lax")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _refused(request: Request, provider: Provider, problem: Problem, wanted: str = "") -> Response:
    """The sign-in page, with what happened; passwords work all the while."""
    log.warning("sign-in at the provider refused", reason=problem.detail)
    name = provider.chosen.name
    told = {
        "group": _("None of your groups at %(name)s may sign in here.") % {"name": name},
        "unknown": _(
            "Nobody here is linked with this sign-in. Sign in with your password and link it under Account, "
            "Security, or ask whoever looks after this server."
        ),
        "gone": _("This took too long, or did not begin in this browser. Try again."),
        "unavailable": _("%(name)s does not answer just now. Your password still works here.") % {"name": name},
    }
    error = told.get(problem.specific, _("%(name)s did not sign you in. Try again.") % {"name": name})
    status = 503 if isinstance(problem, Unavailable) else 401
    return _forgetting(request, signing.refused(request, wanted, error, status))


def _forgetting(request: Request, answer: Response) -> Response:
    secure = request.url.scheme == "https"
    answer.delete_cookie(_cookie(request), path="/", secure=secure, httponly=True, samesite="lax")
    return answer


def _answer(state: str = "", code: str = "", iss: str = "", error: str = "") -> Answer:
    return Answer(state, code, iss, error)


TheAnswer = Annotated[Answer, Depends(_answer)]


@routes.get(flows.BACK)
def come_back(request: Request, app: TheApp, provider: TheProvider, answer: TheAnswer) -> Response:
    """Sign in whom the provider tells of, or link the account that set out."""
    try:
        with provider.attempts.from_client(request):
            way, claims = flows.finish(app, provider, request.cookies.get(_cookie(request), ""), answer)
            done = _arrived(request, app, way, identities.told(claims, provider.chosen))
    except (Denied, Gone, Unavailable, Conflict) as problem:
        return _refused(request, provider, problem)
    return _forgetting(request, done)


def _arrived(request: Request, app: App, way: Way, who: Told) -> Response:
    if way.user_id is not None:
        return _link(request, app, way, who)
    return signing.begin(app, request, _signed_in(app, _provider(request), who), way.wanted)


def _signed_in(app: App, provider: Provider, who: Told) -> User:
    with app.writing(SYSTEM) as unit:
        user = identities.sign_in(unit, who, provider.chosen)
        by_group.follow(unit, user, who.groups, provider.chosen.given)
        unit.db.flush()
        return user


def _link(request: Request, app: App, way: Way, who: Told) -> Response:
    actor = forms.sender(request, app)
    try:
        with app.writing(actor) as unit:
            if not flows.is_of(unit, way):
                raise SignIn
            identities.link(unit, who)
    except Conflict:
        with app.reading(actor) as unit:
            wrong = {"identity": _("This sign-in is linked with an account already.")}
            return settings.security(request, unit, status=409, wrong=wrong)
    return render.go("/settings/security?done=linked")


@routes.post("/settings/identities")
def begin_link(request: Request, provider: TheProvider, form: SignedForm, attempts: SignInAttempts) -> Response:
    """Set out to link the account; takes the password.  A page leads on, since a form may not leave this site."""
    try:
        own.confirm(request, form, attempts)
        address, kept = flows.begin(form.app, provider, "/settings/security", form.actor.user_id)
    except (Denied, Unavailable) as problem:
        with form.reading() as unit:
            return settings.security(request, unit, status=422, wrong=_told(provider, problem))
    told: dict[str, Any] = {"address": address, "provider": provider.chosen.name}
    answer = render.page(request, "auth/onward.html", **told)
    answer.headers["Refresh"] = f"0; url={address}"
    return _carrying(request, answer, kept)


def _told(provider: Provider, problem: Problem) -> dict[str, str]:
    if isinstance(problem, Unavailable):
        told = _("%(name)s does not answer just now. Your password still works here.")
        return {"identity": told % {"name": provider.chosen.name}}
    return {"identity": own.wrong(problem, "current").get("current", problem.detail)}


@routes.post("/settings/identities/{identity_id}/remove")
def unlink(request: Request, form: SignedForm, identity_id: str) -> Response:
    """Sign in by it no longer."""
    try:
        with form.writing() as unit:
            identities.unlink(unit, public_id(identity_id))
    except Conflict:
        with form.reading() as unit:
            wrong = {"identity": _("Without it, you could not sign in any more. Set a password first.")}
            return settings.security(request, unit, status=409, wrong=wrong)
    return render.go("/settings/security?done=unlinked")


@routes.get("/login/oidc/out")
def leave(app: TheApp, provider: TheProvider) -> Response:
    """Sign out at the provider, too."""
    try:
        address = provider.farewell(f"{app.settings.address}/login")
    except Unavailable:
        address = ""
    return RedirectResponse(address or "/login", 303)
