"""The first start: how the keeper signs in, the first library and its time zone; then where photos lie, and mail."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from albumen.accounts import first, users
from albumen.app import App
from albumen.http.deps import TheApp, identify
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, Invalid, Problem, SignIn
from albumen.libraries import library, names
from albumen.mail import Letter
from albumen.unit import Unit
from albumen.web import keeping, own, render, zones
from albumen.web.forms import Signed
from albumen.web.keeping import KeeperForm
from albumen.web.pages import signing
from albumen.web.router import Pages
from albumen.web.texts import gettext as _
from albumen.web.words import N_

routes = Pages("/setup")
REFUSALS = (
    N_("The mail server does not answer."),
    N_("The mail server is busy."),
    N_("The mail server refuses this letter."),
)
"""What becomes of a letter that does not go out, as the room of letters says it."""


@dataclass(frozen=True)
class Place:
    """Where photos lie: a folder or a bucket; and how much room there is, where that is known."""

    path: str
    is_bucket: bool
    free_bytes: int | None


@routes.get("")
def setup_page(app: TheApp, request: Request) -> Response:
    """What is asked first; once that is known, what else there is to set up."""
    try:
        actor = identify(request)
    except SignIn:
        return _stranger(app, request)
    keeping.check(actor)
    with app.reading(actor) as unit:
        user = users.acting(unit)
        if user.password_hash is not None:
            return _rest(app, unit, request)
        told = {"name": "", "email": user.email or "", **_library(app, unit)}
        return _first(request, told, {})


def _stranger(app: App, request: Request) -> Response:
    """Tells where the link is that begins; later, the way to sign in."""
    with app.reading(SYSTEM) as unit:
        is_new = first.is_awaited(unit)
    return render.page(request, "auth/waiting.html") if is_new else render.go("/login?next=%2Fsetup")


def _first(request: Request, told: dict[str, str], wrong: dict[str, str]) -> Response:
    status = 422 if wrong else 200
    return render.page(request, "auth/setup.html", status=status, told=told, wrong=wrong, zones=zones.offered())


@routes.post("")
def begin(request: Request, form: KeeperForm) -> Response:
    """Keep how the keeper signs in, and make the first library."""
    try:
        with form.writing() as unit:
            if users.acting(unit).password_hash is not None:
                return render.go("/setup")
            _keep(unit, form)
            token = signing.introduce(unit, request, form)
    except (Invalid, Conflict) as problem:
        told = {name: form.text(name) for name in ("name", "email", "library", "zone")}
        return _first(request, told, _wrong(problem))
    return signing.signed_in(form.app, request, token, "/setup")


def _wrong(problem: Invalid | Conflict) -> dict[str, str]:
    """The message by its field, in the page's language."""
    said = {"library": _("A name has 1 to 255 characters and no slash."), "timeZone": _("Choose a time zone.")}
    field = problem.errors[0][0] if isinstance(problem, Invalid) and problem.errors else ""
    return {field: said[field]} if field in said else own.wrong(problem, "email")


@routes.post("/library")
def change_library(request: Request, form: KeeperForm) -> Response:
    """Give the first library another name or time zone."""
    try:
        with form.writing() as unit:
            _keep(unit, form)
    except Invalid as problem:
        with form.reading() as unit:
            told = {name: form.text(name) for name in ("library", "zone")}
            return _rest(form.app, unit, request, told=told, wrong=_wrong(problem), status=422)
    return render.go("/setup?done=saved")


def _keep(unit: Unit, form: Signed) -> None:
    """Name the keeper's own first library and its time zone, and make it where there is none.  Raises Invalid."""
    name, zone = names.plain(form.text("library"), "library"), form.text("zone")
    made = library.default(unit, time_zone=zone, name=name)
    if (made.name, made.time_zone) != (name, zone):
        library.change(unit, made.id, {"name": name, "time_zone": zone})


@routes.post("/letter")
def send_letter(request: Request, form: KeeperForm) -> Response:
    """Send a letter to oneself, now, and say what became of it."""
    with form.reading() as unit:
        email = users.acting(unit).email or ""
    try:
        form.app.mail.send(Letter(email, _("Letters from Albumen arrive"), _("This server can send letters.")))
    except Problem as problem:
        with form.reading() as unit:
            return _rest(form.app, unit, request, letter=_(problem.detail), status=422)
    return render.go("/setup?done=letter")


def _rest(app: App, unit: Unit, request: Request, *, status: int = 200, **values: Any) -> Response:
    """What can be set up once the keeper can sign in."""
    told = {"told": _library(app, unit), "wrong": {}, "letter": "", **values}
    notice = {"saved": _("Saved."), "letter": _("The letter is on its way.")}.get(request.query_params.get("done", ""))
    told |= {"place": _place(app), "mail": app.settings.mail, "email": users.acting(unit).email or ""}
    told |= {"zones": zones.offered(), "has_imports": bool(app.settings.imports.roots)}
    return render.page(request, "settings/setup.html", status=status, section="more", notice=notice or "", **told)


def _library(app: App, unit: Unit) -> dict[str, str]:
    """The first library's name and time zone: as they are, or as they would be."""
    found = library.find_default(unit)
    name, zone = (found.name, found.time_zone) if found else (_("Photos"), app.settings.libraries.time_zone)
    return {"library": name, "zone": zone}


def _place(app: App) -> Place:
    store = app.settings.store
    path = f"{store.bucket}/{store.prefix}" if store.kind == "s3" else str(app.settings.store_folder.absolute())
    try:
        room = app.blobs.space()
    except Problem:
        room = None
    return Place(path.rstrip("/"), store.kind == "s3", room.free_bytes if room else None)
