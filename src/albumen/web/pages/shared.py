"""Shares: what others let the visitor see, what the visitor lets others see, and the roles on one place."""

from typing import Any

from fastapi import Request, Response

from albumen.http.deps import Reading, public_id
from albumen.kernel.errors import Conflict, Denied, Invalid, NotFound
from albumen.kernel.pages import MAX_LIMIT
from albumen.libraries import access, members
from albumen.libraries.members import Assignable
from albumen.libraries.models import Library, Place, Role
from albumen.unit import Unit
from albumen.web import current, render, sharing
from albumen.web.forms import Signed, SignedForm
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/shared")


@routes.get("")
def index(unit: Reading, request: Request, done: str = "") -> Response:
    """Both sides of sharing."""
    values: dict[str, Any] = {"with_me": sharing.with_me(unit), "by_me": sharing.by_me(unit)}
    notice = _("It is no longer shared with you.") if done == "left" else ""
    return render.page(request, "library/shared.html", section="shared", notice=notice, **values)


@routes.post("/open")
def open_place(request: Request, form: SignedForm) -> Response:
    """Show a place that is shared, in whichever library it is."""
    with form.reading() as unit:
        place = sharing.get(unit, _place(form.text("place")), public_id(form.text("id")))
        library_id = place.id if isinstance(place, Library) else place.library_id
        return current.keep(request, render.go(sharing.path(place)), library_id)


def _place(word: str) -> Place:
    try:
        return Place(word)
    except ValueError:
        raise NotFound from None


@routes.get("/{place}/{place_id}")
def roles(unit: Reading, request: Request, place: str, place_id: str, done: str = "") -> Response:
    """Who has which role on a place; for its contributors and owners."""
    told = {"given": _("It is shared."), "changed": _("The role was changed."), "taken": _("It is no longer shared.")}
    return _roles(unit, request, sharing.get(unit, _place(place), public_id(place_id)), notice=told.get(done, ""))


def _roles(unit: Unit, request: Request, place: Assignable, **told: str) -> Response:
    found = members.of(unit, place, limit=MAX_LIMIT, cursor=None)
    values: dict[str, Any] = {
        "place": members.PLACES[type(place)].value,
        "thing": place,
        "path": sharing.path(place),
        "people": found.items,
        "is_cut": found.next is not None,
        "me": unit.actor.user_id,
        "is_owner": access.is_enough(members.role_on(unit, place), Role.owner),
        "roles": list(reversed(Role)),
        "person": "",
        "wrong": "",
    }
    status = 422 if "wrong" in told else 200
    return render.page(request, "library/roles.html", status=status, section="shared", **(values | told))


@routes.post("/{place}/{place_id}")
def give(request: Request, place: str, place_id: str, form: SignedForm) -> Response:
    """Give somebody a role."""
    person = form.text("person")
    try:
        with form.writing() as unit:
            thing = sharing.get(unit, _place(place), public_id(place_id))
            _check_owner(unit, thing)
            members.add(unit, thing, sharing.person(unit, person).name_key, _role(form.text("role")))
    except (NotFound, Invalid, Conflict) as problem:
        with form.reading() as unit:
            thing = sharing.get(unit, _place(place), public_id(place_id))
            return _roles(unit, request, thing, person=person, wrong=problem.detail)
    return render.go(f"/shared/{place}/{place_id}?done=given")


def _check_owner(unit: Unit, thing: Assignable) -> None:
    """Whoever may not share learns of nobody.  Raises Denied."""
    if not access.is_enough(members.role_on(unit, thing), Role.owner):
        raise Denied("This takes the role owner.")


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        raise Invalid(_("Choose a role.")) from None


@routes.post("/{place}/{place_id}/change")
def change(request: Request, place: str, place_id: str, form: SignedForm) -> Response:
    """Give somebody another role, or none any more."""
    try:
        with form.writing() as unit:
            _settle(unit, sharing.get(unit, _place(place), public_id(place_id)), form)
    except (Conflict, Invalid) as problem:
        with form.reading() as unit:
            thing = sharing.get(unit, _place(place), public_id(place_id))
            return _roles(unit, request, thing, wrong=problem.detail)
    return render.go(_after(form, place, place_id))


def _settle(unit: Unit, thing: Assignable, form: Signed) -> None:
    if form.text("deed") == "take":
        members.remove(unit, thing, form.text("user"))
    else:
        members.change(unit, thing, form.text("user"), _role(form.text("role")))


def _after(form: Signed, place: str, place_id: str) -> str:
    """The same page where the visitor may still see it."""
    with form.reading() as unit:
        try:
            thing = sharing.get(unit, _place(place), public_id(place_id))
        except (NotFound, Denied):
            return "/shared?done=left"
        may_look = access.is_enough(members.role_on(unit, thing), Role.contributor)
    done = "taken" if form.text("deed") == "take" else "changed"
    return f"/shared/{place}/{place_id}?done={done}" if may_look else sharing.path(thing)
