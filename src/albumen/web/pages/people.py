"""People: whose faces were found; naming, merging, hiding and forgetting them; and the photos of each."""

from typing import Any

from fastapi import Request, Response

from albumen.assets.pictures import people
from albumen.assets.pictures.models import Person
from albumen.http.deps import Reading, TheApp, public_id
from albumen.kernel.errors import Invalid
from albumen.kernel.pages import Page
from albumen.libraries import access
from albumen.libraries.models import Role
from albumen.unit import Unit
from albumen.web import current, grid, portraits, render
from albumen.web.forms import SignedForm
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/people")
PAGE = 96


@routes.get("")
def index(app: TheApp, unit: Reading, request: Request, cursor: str = "", hidden: bool = False) -> Response:
    """Whoever is in most photos first; without any, how to have faces found."""
    shown = current.find(unit, request)
    page: Page[people.Known] = Page([])
    if shown is not None:
        page = people.page(unit, shown.id, hidden=hidden, limit=PAGE, cursor=cursor or None)
    found = portraits.portraits(app, unit, page.items)
    values: dict[str, Any] = {"people": found, "more": page.next or "", "hidden": hidden}
    values |= {"is_on": app.settings.seeing.faces, "told": _told(request.query_params.get("done", ""))}
    return render.page(request, "find/people.html", section="people", **values)


def _told(done: str) -> str:
    texts = {
        "named": _("The name is kept."),
        "hidden": _("The person is hidden."),
        "shown": _("The person is shown again."),
        "merged": _("These are one person now."),
        "forgotten": _("The person is forgotten; the photos stay."),
    }
    return texts.get(done, "")


@routes.get("/{person_id}")
def person(app: TheApp, unit: Reading, request: Request, person_id: str, cursor: str = "") -> Response:
    """Somebody's photos, the newest first."""
    done = request.query_params.get("done", "")
    return _person(app, unit, request, person_id, {"cursor": cursor, "told": _told(done), "wrong": ""})


def _person(app: TheApp, unit: Unit, request: Request, person_id: str, values: dict[str, Any]) -> Response:
    library_id, wanted = current.get(unit, request).id, public_id(person_id)
    known = people.get(unit, library_id, wanted)
    page = people.files(unit, library_id, wanted, limit=PAGE, cursor=values["cursor"] or None)
    may = access.is_enough(access.role_on(unit, library_id), Role.contributor)
    [portrait] = portraits.portraits(app, unit, [known])
    values |= {"person": portrait, "tiles": list(grid.tiles(app, unit, page.items)), "more": page.next or ""}
    values |= {"may_change": may}
    return render.page(request, "find/person.html", status=422 if values["wrong"] else 200, section="people", **values)


@routes.post("/{person_id}/name")
def name(request: Request, person_id: str, form: SignedForm) -> Response:
    """Say who somebody is; an empty name takes it away."""
    try:
        with form.writing() as unit:
            people.change(unit, _of(unit, request, person_id), {"name": form.text("name").strip() or None})
    except Invalid as problem:
        values = {"cursor": "", "told": "", "wrong": problem.errors[0][1] if problem.errors else problem.detail}
        with form.reading() as unit:
            return _person(form.app, unit, request, person_id, values)
    return render.go(f"/people/{person_id}?done=named")


@routes.post("/{person_id}/hide")
def hide(request: Request, person_id: str, form: SignedForm) -> Response:
    """List somebody no more, or again."""
    is_hidden = form.text("wanted") == "yes"
    with form.writing() as unit:
        people.change(unit, _of(unit, request, person_id), {"hidden": is_hidden})
    return render.go("/people?done=hidden" if is_hidden else f"/people/{person_id}?done=shown")


@routes.get("/{person_id}/merge")
def choose(app: TheApp, unit: Reading, request: Request, person_id: str, cursor: str = "") -> Response:
    """Whom to make one with somebody, hidden people among them."""
    library_id = current.get(unit, request).id
    access.require(unit, library_id, Role.contributor)
    known = people.get(unit, library_id, public_id(person_id))
    page = people.page(unit, library_id, hidden=True, limit=PAGE, cursor=cursor or None)
    person, *others = portraits.portraits(app, unit, [known, *page.items])
    values: dict[str, Any] = {"people": [each for each in others if each.id != person.id], "more": page.next or ""}
    return render.page(request, "find/merge.html", section="people", person=person, **values)


@routes.post("/{person_id}/merge")
def merge(request: Request, person_id: str, form: SignedForm) -> Response:
    """Make one of two people."""
    with form.writing() as unit:
        people.merge(unit, _of(unit, request, person_id), _of(unit, request, form.text("source")))
    return render.go(f"/people/{person_id}?done=merged")


@routes.post("/{person_id}/forget")
def forget(request: Request, person_id: str, form: SignedForm) -> Response:
    """Delete somebody with all that tells their faces from others; the photos stay."""
    with form.writing() as unit:
        people.forget(unit, _of(unit, request, person_id))
    return render.go("/people?done=forgotten")


def _of(unit: Unit, request: Request, person_id: str) -> Person:
    return people.changeable(unit, current.get(unit, request).id, public_id(person_id))
