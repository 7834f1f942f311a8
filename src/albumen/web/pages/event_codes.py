"""The codes of an event: who was given which, what each shows and allows, and those made anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request, Response

from albumen.app import App
from albumen.events import accessor_views, accessors, letters, queries, sets
from albumen.events.accessor_views import AccessorView, Subset
from albumen.events.accessors import NewAccessor, Shown
from albumen.events.models import Accessor, Shows
from albumen.events.queries import Part
from albumen.events.sight import Permission, Size
from albumen.http.deps import Reading, TheApp, public_id
from albumen.kernel import ids
from albumen.kernel.errors import Conflict, Invalid
from albumen.unit import Unit
from albumen.web import grid, hosting, render
from albumen.web.forms import Sent, Signed, SignedForm
from albumen.web.hosting import Hosted
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/events/{event_id}/codes")
PICK = "files"


@dataclass(frozen=True)
class Card:
    """A code as the pages show it; `way` opens its event in this browser."""

    view: AccessorView
    tag: str
    set_names: str
    ends: str

    @property
    def way(self) -> str:
        """The path of its QR link."""
        parts = urlsplit(self.view.qr_url or "")
        return f"{parts.path}#{parts.fragment}"

    @property
    def name(self) -> str:
        """Whose it is, or the code itself."""
        return self.view.label or self.view.access_code or _("Code")


def _cards(app: App, unit: Unit, hosted: Hosted, found: list[Accessor]) -> list[Card]:
    names = {ids.encode(each.id): each.name for each in sets.of(unit, hosted.event)}
    views = accessor_views.of_accessors(unit, app, hosted.event, found)
    return [_card(hosted, accessor, view, names) for accessor, view in zip(found, views, strict=True)]


def _card(hosted: Hosted, accessor: Accessor, view: AccessorView, names: Mapping[str, str]) -> Card:
    shown = ", ".join(names[each] for each in view.sets or () if each in names)
    return Card(view, _tag(accessor.query), shown, hosting.local(accessor.expires_at, hosted.zone))


def _tag(query: Mapping[str, Any] | None) -> str:
    """The tag that a code goes by; empty where its rule is another."""
    criteria = (query or {}).get("criteria", ())
    plain = len(criteria) == 1 and criteria[0].get("attribute") == "tags" and criteria[0].get("operator") == "eq"
    return str(criteria[0]["value"]) if plain else ""


@routes.get("")
def index(app: TheApp, unit: Reading, request: Request, event_id: str, cursor: str = "") -> Response:
    """The codes, the oldest first."""
    hosted = hosting.of(unit, event_id)
    accessors.require_owner(unit, hosted.event)
    found = queries.accessors(unit, hosted.event, limit=hosting.PAGE, cursor=cursor or None)
    cards = _cards(app, unit, hosted, list(found.items))
    return hosting.page(request, "host/codes.html", hosted, cards=cards, more=found.next or "")


@routes.get("/new")
def new(unit: Reading, request: Request, event_id: str) -> Response:
    """What a new code is to be."""
    return _form(unit, request, hosting.of(unit, event_id))


@routes.post("")
def create(event_id: str, request: Request, form: SignedForm) -> Response:
    """Make a code, and show it; or the photos, where they are to be picked."""
    try:
        return _after(event_id, _made(event_id, form), form)
    except (Invalid, Conflict) as problem:
        with form.reading() as unit:
            return _form(unit, request, hosting.of(unit, event_id), wrong=problem.detail)


def _made(event_id: str, form: Signed) -> str:
    """The id of a new code.  Raises NotFound, Denied, Invalid, Conflict."""
    with form.writing() as unit:
        hosted = hosting.of(unit, event_id)
        accessors.require_owner(unit, hosted.event)
        told = _told(form, hosted)
        label, permissions, sizes, shown = (told.pop(each) for each in ("label", "permissions", "sizes", "shown"))
        wanted = NewAccessor(label, permissions, sizes, shown or Shown(), told)
        return ids.encode(accessors.create(unit, form.app.seals, hosted.event, wanted).id)


def _after(event_id: str, code_id: str, form: Sent) -> Response:
    base = f"/events/{event_id}/codes/{code_id}"
    return render.go(f"{base}/photos" if form.text("shows") == PICK else f"{base}?done=saved")


def _form(unit: Unit, request: Request, hosted: Hosted, *, card: Card | None = None, wrong: str = "") -> Response:
    accessors.require_owner(unit, hosted.event)
    values = {"sets": sets.of(unit, hosted.event), "card": card, "wrong": wrong}
    return hosting.page(request, "host/code-form.html", hosted, status=422 if wrong else 200, **values)


def _told(form: Sent, hosted: Hosted) -> dict[str, Any]:
    """What a form says of a code; `shown` is None where it shows what it did.  Raises Invalid, NotFound."""
    return {
        "label": form.text("label"),
        "permissions": [hosting.choice(Permission, each) for each in form.texts("may")],
        "sizes": [hosting.choice(Size, each) for each in form.texts("sizes")] or [Size.original],
        "expires_at": hosting.moment(form.text("end"), hosted.zone),
        "most_files": hosting.whole(form.text("most")),
        "shown": _shown(form),
    }


def _shown(form: Sent) -> Shown | None:
    wanted, before = form.text("shows"), form.text("before")
    if wanted == before and wanted in (PICK, "query"):
        return None
    if wanted == PICK:
        return Shown(Shows.files)
    if wanted == "sets":
        return Shown(Shows.sets, set_ids=[public_id(each) for each in form.texts("set")])
    if wanted == "tag":
        if not form.text("tag").strip():
            raise Invalid(_("Say which tag."))
        return Subset(tag=form.text("tag").strip()[:200]).shown()
    return Shown()


@routes.get("/{code_id}")
def code(app: TheApp, unit: Reading, request: Request, event_id: str, code_id: str) -> Response:
    """One code: to be shown, sent, changed and taken away."""
    hosted, card = _one(app, unit, event_id, code_id)
    return hosting.page(request, "host/code.html", hosted, card=card, wrong="")


@routes.get("/{code_id}/edit")
def edit(app: TheApp, unit: Reading, request: Request, event_id: str, code_id: str) -> Response:
    """What it shows and allows."""
    hosted, card = _one(app, unit, event_id, code_id)
    return _form(unit, request, hosted, card=card)


def _one(app: App, unit: Unit, event_id: str, code_id: str) -> tuple[Hosted, Card]:
    hosted = hosting.of(unit, event_id)
    return hosted, _cards(app, unit, hosted, [accessors.get(unit, hosted.event, public_id(code_id))])[0]


@routes.post("/{code_id}/edit")
def change(request: Request, event_id: str, code_id: str, form: SignedForm) -> Response:
    """Holds from the next request of its guests on."""
    try:
        with form.writing() as unit:
            hosted = hosting.of(unit, event_id)
            accessor = accessors.get(unit, hosted.event, public_id(code_id))
            told = _told(form, hosted)
            accessors.change(unit, accessor, {name: each for name, each in told.items() if name != "shown" or each})
        return _after(event_id, code_id, form)
    except Invalid as problem:
        with form.reading() as unit:
            hosted, card = _one(form.app, unit, event_id, code_id)
            return _form(unit, request, hosted, card=card, wrong=problem.detail)


@dataclass(frozen=True)
class Picking:
    """From where on photos are shown to be picked for a code."""

    event_id: str
    code_id: str
    cursor: str = ""


@routes.get("/{code_id}/photos")
def picking(app: TheApp, unit: Reading, request: Request, at: Annotated[Picking, Depends()]) -> Response:
    """The photos of the event, of which those are marked that the code shows."""
    hosted, card = _one(app, unit, at.event_id, at.code_id)
    accessor = accessors.get(unit, hosted.event, public_id(at.code_id))
    picked = accessor_views.of_accessor(unit, app, hosted.event, accessor).images
    found = queries.entries(unit, hosted.event, None, Part(hosting.PAGE, at.cursor or None))
    values: dict[str, Any] = {"card": card, "picked": frozenset(picked or ()), "more": found.next or ""}
    values["tiles"] = list(grid.tiles(app, unit, found.items))
    return hosting.page(request, "host/code-photos.html", hosted, **values)


@routes.post("/{code_id}/photos")
def pick(event_id: str, code_id: str, form: SignedForm) -> Response:
    """Let the code show the marked photos of this page, and not its others."""
    wanted = {public_id(each) for each in form.texts("ids")}
    listed = {public_id(each) for each in form.text("listed").split()}
    with form.writing() as unit:
        event = hosting.event_of(unit, event_id)
        accessor = accessors.get(unit, event, public_id(code_id))
        accessors.pick_more(unit, event, accessor, sorted(wanted))
        accessors.unpick(unit, event, accessor, sorted(listed - wanted))
    following = form.text("next")
    base = f"/events/{event_id}/codes/{code_id}"
    return render.go(f"{base}/photos?cursor={quote(following)}" if following else f"{base}?done=saved")


@routes.post("/{code_id}/send")
def send(app: TheApp, request: Request, event_id: str, code_id: str, form: SignedForm) -> Response:
    """Send it by e-mail."""
    try:
        with form.writing() as unit:
            accessor = accessors.get(unit, hosting.event_of(unit, event_id), public_id(code_id))
            letters.send_code(unit, accessor, form.text("email"), form.text("note"))
        return render.go(f"/events/{event_id}/codes/{code_id}?done=sent")
    except Invalid as problem:
        with form.reading() as unit:
            hosted, card = _one(app, unit, event_id, code_id)
            return hosting.page(request, "host/code.html", hosted, status=422, card=card, wrong=problem.detail)


@routes.post("/{code_id}/state")
def switch(event_id: str, code_id: str, form: SignedForm) -> Response:
    """Let it open nothing for a while, or again; give it another code; or take it away."""
    with form.writing() as unit:
        accessor = accessors.get(unit, hosting.event_of(unit, event_id), public_id(code_id))
        return render.go(f"/events/{event_id}/codes{_switch(unit, accessor, form)}")


def _switch(unit: Unit, accessor: Accessor, form: Signed) -> str:
    """Do so; the page that tells of it."""
    deed, code_id = form.text("deed"), ids.encode(accessor.id)
    if deed == "remove":
        accessors.remove(unit, accessor)
        return "?done=saved"
    if deed == "replace":
        accessors.replace(unit, form.app.seals, accessor)
        return f"/{code_id}?done=replaced"
    accessors.change(unit, accessor, {"is_disabled": deed == "disable"})
    return f"/{code_id}?done=saved"
