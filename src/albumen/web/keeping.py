"""What a keeper's pages have in common: who may see them, and how each looks."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from albumen.http.deps import Caller, TheApp, TurnToRead
from albumen.kernel.actor import Actor, Scope
from albumen.kernel.errors import Denied
from albumen.unit import Unit
from albumen.web import render
from albumen.web.forms import Signed, SignedForm
from albumen.web.texts import gettext as _


def check(actor: Actor) -> None:
    """Raises Denied for all but keepers."""
    if not (actor.is_keeper and Scope.admin in actor.scopes):
        raise Denied(_("Only those who look after this server see this."))


def reading(app: TheApp, actor: Caller, _: TurnToRead) -> Iterator[Unit]:
    """A unit of a keeper.  Raises SignIn, Denied."""
    check(actor)
    with app.reading(actor) as unit:
        yield unit


def _form(form: SignedForm) -> Signed:
    check(form.actor)
    return form


KeeperReading = Annotated[Unit, Depends(reading, scope="function")]
"""A unit of a keeper."""
KeeperForm = Annotated[Signed, Depends(_form)]
"""A form that a keeper sent."""


def page(request: Request, template: str, part: str, *, status: int = 200, **values: Any) -> Response:
    """A page for keepers; `part` is its name among them."""
    notice = values.pop("notice", "") or notices().get(request.query_params.get("done", ""), "")
    told: dict[str, Any] = {"section": "more", "part": part, "notice": notice, "parts": parts(), **values}
    return render.page(request, f"admin/{template}.html", status=status, **told)


def parts() -> list[tuple[str, str, str]]:
    """The pages by name, address and what they are called."""
    return [
        ("overview", "/admin", _("Overview")),
        ("users", "/admin/users", _("Users")),
        ("jobs", "/admin/jobs", _("Jobs")),
        ("storage", "/admin/storage", _("Storage")),
        ("health", "/admin/health", _("Health")),
        ("audit", "/admin/audit", _("Log")),
        ("settings", "/admin/settings", _("Settings")),
    ]


def notices() -> dict[str, str]:
    """What is said after a form was sent, by the word in the address."""
    return {
        "saved": _("Saved."),
        "invited": _("The invitation is on its way."),
        "removed": _("The user cannot sign in any more. What the user owns stays."),
        "restored": _("The user can sign in again."),
        "deleting": _("The account is being deleted, with all that is the user's alone."),
        "reset": _("The second factor and the passkeys are gone. The password alone signs in."),
        "ended": _("All browsers of the user were signed out."),
        "retried": _("It is tried again."),
        "cancelled": _("The job was asked to stop."),
        "forgotten": _("What failed is listed no longer."),
    }
