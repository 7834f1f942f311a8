"""What a phone has no tab for; which library is shown; and how the pages look in this browser."""

from typing import Any

from fastapi import Depends, Request, Response

from albumen.accounts import users
from albumen.http.deps import Reading, identify, public_id
from albumen.kernel.errors import Invalid
from albumen.libraries import access, library
from albumen.libraries.models import Role
from albumen.web import current, looks, render, texts
from albumen.web.forms import SignedForm
from albumen.web.router import Pages

routes = Pages()
_YEAR = 365 * 86_400


@routes.get("/more", dependencies=[Depends(identify)])
def more(request: Request) -> Response:
    """The rest of the pages."""
    return render.page(request, "library/more.html", section="more")


@routes.get("/libraries")
def libraries(unit: Reading, request: Request) -> Response:
    """The libraries that the visitor sees, to choose from."""
    found = library.seen(unit)
    shared = [each.id for each in found if access.is_enough(access.role_on(unit, each.id), Role.contributor)]
    values: dict[str, Any] = {"libraries": found, "shared": shared, "shown": current.find(unit, request)}
    values["may_import"] = unit.actor.is_keeper
    return render.page(request, "library/libraries.html", section="more", **values)


@routes.post("/libraries/{library_id}/show")
def show(request: Request, library_id: str, form: SignedForm) -> Response:
    """Show another library in this browser from here on."""
    with form.reading() as unit:
        library.get(unit, public_id(library_id))
    return _keep(request, render.go("/library"), current.COOKIE, library_id)


@routes.get("/settings/appearance")
def appearance(request: Request, unit: Reading, done: bool = False) -> Response:
    """Theme, language and keys of this browser."""
    notice = texts.gettext("Saved for this browser.") if done else ""
    chosen = request.cookies.get(texts.COOKIE, "")
    values: dict[str, Any] = {
        "user": users.acting(unit),
        "themes": looks.THEMES,
        "languages": texts.LANGUAGES,
        "chosen": chosen,
    }
    return render.page(
        request, "settings/appearance.html", section="account", part="appearance", notice=notice, **values
    )


@routes.post("/settings/appearance")
def change_appearance(request: Request, form: SignedForm) -> Response:
    """Keep what was chosen, in this browser.  Raises Invalid where there is no such thing."""
    answer = render.go("/settings/appearance?done=true")
    theme, language = form.text("theme"), form.text("language")
    if theme not in ("", *looks.THEMES) or language not in ("", texts.PSEUDO, *texts.LANGUAGES):
        raise Invalid("There is no such theme or language.")
    told = {looks.THEME: theme, texts.COOKIE: language, looks.KEYS: "" if form.text("keys") else "off"}
    for name, value in told.items():
        _keep(request, answer, name, value)
    return answer


def _keep(request: Request, answer: Response, name: str, value: str) -> Response:
    """Let the browser remember a choice; none at all for the empty one."""
    secure = request.url.scheme == "https"
    if value:
        answer.set_cookie(name, value, max_age=_YEAR, path="/", secure=secure, httponly=True, samesite="lax")
    else:
        answer.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
    return answer
