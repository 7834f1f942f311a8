"""Tags: their tree, and renaming, merging and deleting one with all below it."""

from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request, Response

from albumen.http.deps import Reading, public_id
from albumen.kernel import ids
from albumen.kernel.errors import Invalid, NotFound
from albumen.kernel.text import fold
from albumen.libraries import trash
from albumen.libraries.models import Role
from albumen.operations import bulk, tagging, tags
from albumen.operations.models import Operation, Stage
from albumen.operations.tags import Tag
from albumen.unit import Unit
from albumen.web import current, render, words
from albumen.web.forms import Signed, SignedForm
from albumen.web.router import Pages
from albumen.web.texts import ngettext

routes = Pages("/tags")


@routes.get("")
def index(unit: Reading, request: Request, done: str = "", undo: str = "") -> Response:
    """All tags, and how many photos have them."""
    shown = current.find(unit, request)
    found = [(each, search(each)) for each in tags.seen(unit, shown.id)] if shown else []
    may = shown is not None and trash.may_change(unit, shown.id)
    values: dict[str, Any] = {"tags": found, "may_change": may, "told": _told(done), "undo": undo}
    return render.page(request, "library/tags.html", section="tags", **values)


def search(tag: Tag) -> str:
    """The photos with a tag, or with one below it."""
    name = tag.tag.replace('"', " ")
    query = f'(tag:"{name}" OR tag:"{name}/*")' if tag.total > tag.count else f'tag:"{name}"'
    return f"/search?q={quote(query, safe='')}"


def _told(done: str) -> str:
    """What `done-3`, `back-3` and `later-4000` say."""
    what, count = words.counted(done)
    texts = {
        "done": ngettext("%(n)s photo was changed.", "%(n)s photos were changed.", count),
        "back": ngettext("%(n)s photo is as it was.", "%(n)s photos are as they were.", count),
        "later": ngettext(
            "%(n)s photo is being changed; this goes on by itself.",
            "%(n)s photos are being changed; this goes on by itself.",
            count,
        ),
    }
    return texts[what] % {"n": words.amount(count)} if what in texts else ""


@routes.get("/change")
def change(unit: Reading, request: Request, tag: str) -> Response:
    """What can be done to a tag."""
    return _change(unit, request, tag)


def _change(unit: Unit, request: Request, name: str, wrong: str = "") -> Response:
    shown = current.get(unit, request)
    trash.reached(unit, shown.id, Role.contributor)
    found = tags.seen(unit, shown.id)
    tag = next((each for each in found if fold(each.tag) == fold(name)), None)
    if tag is None:
        raise NotFound("There is no such tag.")
    inside = fold(tag.tag) + "/"
    below = sum(fold(each.tag).startswith(inside) for each in found)
    others = [each for each in found if each is not tag and not fold(each.tag).startswith(inside)]
    values: dict[str, Any] = {"tag": tag, "below": below, "others": others, "wrong": wrong, "photos": search(tag)}
    return render.page(request, "find/tag.html", status=422 if wrong else 200, section="tags", **values)


@routes.post("/rename")
def rename(request: Request, form: SignedForm) -> Response:
    """Call a tag something else; where that is there already, they become one."""
    try:
        with form.writing() as unit:
            made = tagging.rename(unit, current.get(unit, request).id, form.text("tag"), form.text("to"))
            return _done(made)
    except Invalid as problem:
        with form.reading() as unit:
            return _change(unit, request, form.text("tag"), problem.detail)


@routes.post("/delete")
def delete(request: Request, form: SignedForm) -> Response:
    """Take a tag, and all below it, from all photos."""
    with form.writing() as unit:
        return _done(tagging.remove(unit, current.get(unit, request).id, form.text("tag")))


@routes.post("/undo")
def undo(request: Request, form: SignedForm) -> Response:
    """Give the photos the tags back that they had."""
    with form.writing() as unit:
        return _done(_undone(unit, request, form))


def _undone(unit: Unit, request: Request, form: Signed) -> Operation:
    return bulk.undo(unit, current.get(unit, request).id, public_id(form.text("undo")))


def _done(made: Operation) -> Response:
    """To the list, which says how far it is."""
    if made.stage == Stage.done:
        return render.go(f"/tags?{urlencode({'done': f'done-{made.done}', 'undo': ids.encode(made.id)})}")
    if made.stage == Stage.undone:
        return render.go(f"/tags?done=back-{made.restored}")
    return render.go(f"/tags?done=later-{made.total}")
