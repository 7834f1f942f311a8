"""What the pages of one's account have in common: who it is, and that it is really they."""

from typing import Any

from fastapi import Request, Response

from albumen.accounts import profile, users
from albumen.http.attempts import Attempts
from albumen.kernel.errors import Conflict, Denied, Invalid, Problem
from albumen.unit import Unit
from albumen.web import render
from albumen.web.forms import Signed
from albumen.web.texts import gettext as _


def page(request: Request, unit: Unit, part: str, *, status: int = 200, **values: Any) -> Response:
    """A page of the account; `part` is its name among them."""
    told: dict[str, Any] = {"user": users.acting(unit), "wrong": {}, "part": part, "section": "account", **values}
    template = told.pop("template", f"settings/{part}.html")
    notice = told.pop("notice", "") or notices().get(request.query_params.get("done", ""), "")
    return render.page(request, template, status=status, notice=notice, **told)


def notices() -> dict[str, str]:
    """What is said after a form was sent, by the word in the address."""
    return {
        "true": _("Saved."),
        "saved": _("Saved."),
        "password": _("Your password was changed. Other browsers were signed out."),
        "off": _("Signing in takes your password alone again."),
        "ended": _("The session was ended."),
        "others": _("All other browsers were signed out."),
        "passkey": _("The passkey is ready. Sign in with it next time."),
        "passkey-gone": _("The passkey was removed."),
        "taking": _("It is being made. Come back in a while to download it."),
        "linked": _("The sign-in is linked with your account."),
        "unlinked": _("The sign-in is linked no longer."),
    }


def confirm(request: Request, form: Signed, attempts: Attempts) -> None:
    """Check the current password that a form tells, where there is one.  Raises Denied, Busy."""
    with attempts.from_client(request), form.reading() as unit:
        profile.confirm(unit, users.acting(unit), form.text("current"))


def wrong(problem: Problem, field: str) -> dict[str, str]:
    """The message, in the page's language, by the field that it belongs to, else by this one."""
    if problem.specific == "wrong-password":
        return {"current": _("This is not the password.")}
    if isinstance(problem, Conflict) and field == "email":
        return {field: _("Somebody uses this e-mail already.")}
    told = problem.errors[0][0] if isinstance(problem, Invalid) and problem.errors else field
    named = {"userName": "name"}.get(told, told)
    return {named: by_field().get(named, problem.detail)}


def by_field() -> dict[str, str]:
    """What may be wrong with a field, in the page's language."""
    return {
        "password": _("A password has 8 to 1024 characters."),
        "again": _("The two passwords differ."),
        "email": _("This is not an e-mail address."),
        "name": _("A name has a letter at least."),
        "code": _("The code is not right. Codes change every 30 seconds: type the newest."),
    }


REFUSED = (Invalid, Conflict, Denied)
"""What a form is shown again for, with the reason."""
