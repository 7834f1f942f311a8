"""The second factor: asked for after the password, and turned on and off in the account."""

import base64
from typing import Any

from fastapi import Request, Response

from albumen.accounts import factors, tickets, users
from albumen.accounts.models import User
from albumen.accounts.tickets import Purpose
from albumen.app import App
from albumen.events import qr
from albumen.http.attempts import SignInAttempts
from albumen.http.deps import Reading, TheApp
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Gone, SignIn
from albumen.web import own, render
from albumen.web.forms import Form, Signed, SignedForm
from albumen.web.pages import signing
from albumen.web.router import Pages

routes = Pages()
ISSUER = "Albumen"
_PAGE = "/settings/second-factor"


@routes.get("/login/2fa")
def code_page(request: Request, app: TheApp, next: str = "") -> Response:  # noqa: A002 - the query's own word
    """A field for the app's code, for who has just told the password."""
    try:
        with app.reading(SYSTEM) as unit:
            tickets.holder(unit, Purpose.second_factor, request.cookies.get(signing.HALF, ""))
    except Gone:
        return render.go("/login")
    return render.page(request, "auth/code.html", wanted=next, error="")


@routes.post("/login/2fa")
def check_code(request: Request, app: TheApp, attempts: SignInAttempts, form: Form) -> Response:
    """Start the session."""
    token = request.cookies.get(signing.HALF, "")
    try:
        with attempts.from_client(request):
            user = _checked(app, token, form.text("code"))
    except SignIn:
        told = own.by_field()["code"]
        return render.page(request, "auth/code.html", status=401, wanted=form.text("next"), error=told)
    except Gone:
        return render.go("/login")
    return _let_in(app, request, user, form.text("next"))


def _let_in(app: App, request: Request, user: User, wanted: str) -> Response:
    answer = signing.start(app, request, user, signing.local(wanted))
    answer.delete_cookie(signing.HALF, path=signing.HALF_PATH)
    return answer


def _checked(app: App, token: str, code: str) -> User:
    """Who signs in.  Raises SignIn, Gone, Busy."""
    with app.writing(SYSTEM) as unit:
        user = tickets.holder(unit, Purpose.second_factor, token)
        is_right = factors.check(unit, app.seals, user, code)
        if is_right:
            tickets.use(unit, Purpose.second_factor, token)
    if not is_right:
        raise SignIn
    return user


@routes.get(_PAGE)
def factor_page(request: Request, app: TheApp, unit: Reading) -> Response:
    """A secret for the app, or what there is."""
    user = users.acting(unit)
    if factors.is_on(unit, user):
        return _kept(own.page(request, unit, "security", template="settings/factor.html", **_standing(unit, user)))
    return _kept(own.page(request, unit, "security", template="settings/factor-new.html", **_offer(app, user)))


def _standing(unit: Any, user: User) -> dict[str, Any]:
    return {"left": factors.codes_left(unit, user), "fresh": []}


def _offer(app: App, user: User, sealed: str = "") -> dict[str, Any]:
    offered = factors.offer(user, app.seals, issuer=ISSUER, sealed=sealed)
    picture = base64.b64encode(qr.svg(offered.address)).decode()
    groups = " ".join(offered.secret[at : at + 4] for at in range(0, len(offered.secret), 4))
    return {"picture": f"data:image/svg+xml;base64,{picture}", "secret": groups, "sealed": offered.sealed}


@routes.post(_PAGE)
def turn_on(request: Request, form: SignedForm, attempts: SignInAttempts) -> Response:
    """Take it into use, and show the recovery codes this once."""
    try:
        own.confirm(request, form, attempts)
        with form.writing() as unit:
            made = factors.turn_on(unit, form.app.seals, form.text("sealed"), form.text("code"))
    except own.REFUSED as problem:
        return _again(request, form, own.wrong(problem, "code"))
    return _shown(request, form, made)


def _again(request: Request, form: Signed, told: dict[str, str]) -> Response:
    """The same secret once more, with what was wrong."""
    with form.reading() as unit:
        user = users.acting(unit)
        if factors.is_on(unit, user):
            values = _standing(unit, user)
            return own.page(
                request, unit, "security", template="settings/factor.html", status=422, wrong=told, **values
            )
        values = _offer(form.app, user, form.text("sealed"))
        return own.page(
            request, unit, "security", template="settings/factor-new.html", status=422, wrong=told, **values
        )


def _shown(request: Request, form: Signed, made: list[str]) -> Response:
    with form.reading() as unit:
        values: dict[str, Any] = {"left": len(made), "fresh": made}
        return _kept(own.page(request, unit, "security", template="settings/factor.html", **values))


@routes.post(f"{_PAGE}/codes")
def renew_codes(request: Request, form: SignedForm, attempts: SignInAttempts) -> Response:
    """New recovery codes."""
    try:
        own.confirm(request, form, attempts)
    except own.REFUSED as problem:
        return _again(request, form, own.wrong(problem, "current"))
    with form.writing() as unit:
        made = factors.renew_codes(unit)
    return _shown(request, form, made)


@routes.post(f"{_PAGE}/off")
def turn_off(request: Request, form: SignedForm, attempts: SignInAttempts) -> Response:
    """Sign in without it from now on."""
    try:
        own.confirm(request, form, attempts)
    except own.REFUSED as problem:
        return _again(request, form, own.wrong(problem, "current"))
    with form.writing() as unit:
        factors.turn_off(unit)
    return render.go("/settings/security?done=off")


def _kept(answer: Response) -> Response:
    """Keep secrets out of the browser's memory of pages."""
    answer.headers["Cache-Control"] = "no-store"
    return answer
