"""Deleting one's account, and the receipt of what is gone."""

from typing import Any

from fastapi import Request, Response

from albumen.accounts import users
from albumen.accounts.models import Departure
from albumen.http.attempts import SignInAttempts
from albumen.http.auth import clear_session
from albumen.http.deps import Reading, TheApp
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict
from albumen.operations import leaving, traces
from albumen.unit import Unit
from albumen.web import own, render
from albumen.web.forms import Signed, SignedForm
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages()


@routes.get("/settings/delete")
def delete_page(request: Request, app: TheApp, unit: Reading) -> Response:
    """What would go, and what would stay."""
    return _page(request, unit, app.settings.accounts.delete_days)


def _page(request: Request, unit: Unit, days: int, *, status: int = 200, **values: Any) -> Response:
    left = traces.libraries_of(unit, users.acting(unit))
    told: dict[str, Any] = {"alone": left.alone, "stranded": left.stranded, "days": days, **values}
    return own.page(request, unit, "profile", template="settings/delete.html", status=status, **told)


@routes.post("/settings/delete")
def delete(request: Request, form: SignedForm, attempts: SignInAttempts) -> Response:
    """Close the account; takes the password, and a tick."""
    days = form.app.settings.accounts.delete_days
    try:
        own.confirm(request, form, attempts)
        answer = render.go(f"/departed/{_asked(form, days)}")
    except own.REFUSED as problem:
        with form.reading() as unit:
            return _page(request, unit, days, status=422, wrong=_wrong(problem))
    clear_session(request, answer)
    return answer


def _asked(form: Signed, days: int) -> str:
    """The key of the departure.  Raises Denied, Conflict."""
    if not form.text("sure"):
        raise Conflict(_("Tick the box, so that this does not happen by mistake."))
    with form.writing() as unit:
        return leaving.ask(unit, users.acting(unit), days).key


def _wrong(problem: Any) -> dict[str, str]:
    if problem.specific == "last-keeper":
        return {"sure": _("This is the last keeper.")}
    if problem.specific == "stranded":
        return {"sure": _("Others would be left without an owner. See above.")}
    return own.wrong(problem, "sure")


@routes.get("/departed/{key}")
def receipt_page(request: Request, app: TheApp, key: str) -> Response:
    """How far it is, and in the end the receipt, for whoever has the address."""
    with app.reading(SYSTEM) as unit:
        departure = leaving.shown(unit, key)
        told: dict[str, Any] = {"departure": departure, "gone": _gone(departure), "word": ids.encode(departure.id)}
    told["is_genuine"] = departure.finished_at is not None and leaving.is_genuine(app, departure)
    answer = render.page(request, "auth/departed.html", **told)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _gone(departure: Departure) -> list[tuple[str, int]]:
    """What was deleted, in the page's language; what has no name of its own counts as something else."""
    names = {
        "libraries": _("Libraries"),
        "files": _("Photos and videos"),
        "vaults": _("Vaults"),
        "events": _("Events"),
        "exports": _("Exports"),
        "sessions": _("Sessions"),
        "keys": _("Keys"),
        "passkeys": _("Passkeys"),
        "identities": _("Linked sign-ins"),
        "webhooks": _("Webhooks"),
        "passed_on": _("Photos and videos that stay with others"),
    }
    return [(name, departure.counts[key]) for key, name in names.items() if departure.counts.get(key)]
