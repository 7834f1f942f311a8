"""Duplicates: groups side by side, of which one or some are kept; and the way back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from albumen.app import App
from albumen.assets.duplicates import duplicates
from albumen.assets.duplicates.duplicates import Asked, Kind
from albumen.http.deps import Caller, TheApp, public_id
from albumen.kernel import ids
from albumen.kernel.actor import Actor
from albumen.libraries.models import Library
from albumen.web import alike, current, render, words
from albumen.web.alike import Alike
from albumen.web.forms import Signed, SignedForm
from albumen.web.router import Pages
from albumen.web.texts import gettext as _
from albumen.web.texts import ngettext

routes = Pages("/duplicates")
PAGE = 12


@routes.get("")
def index(app: TheApp, actor: Caller, request: Request, kind: Kind | None = None) -> Response:
    """Groups of one kind; where none is named, of the strictest kind of which there are any."""
    with app.reading(actor) as unit:
        shown = current.find(unit, request)
    asked = request.query_params
    values: dict[str, Any] = {"kind": kind or Kind.exact, "is_any": True, "groups": [], "more": "", "stands": None}
    if shown is not None:
        wanted = Asked(kind or Kind.exact, PAGE, asked.get("cursor") or None)
        values |= _found(app, actor, shown, wanted, is_any=kind is None)
    values |= {"cursor": asked.get("cursor", ""), "undo": asked.get("undo", ""), "told": _told(asked.get("done", ""))}
    return render.page(request, "find/duplicates.html", section="duplicates", **values)


def _found(app: App, actor: Actor, shown: Library, asked: Asked, *, is_any: bool) -> dict[str, Any]:
    """What the page shows of the kind that was asked for, or else of the first that has any."""
    for kind in Kind if is_any else (asked.kind,):
        asked = replace(asked, kind=kind)
        page, stands = duplicates.offer(app, actor, shown.id, asked)
        if page.items:
            break
    with app.reading(actor) as unit:
        groups = alike.groups(app, unit, shown.id, page.items)
    return {
        "kind": asked.kind,
        "is_any": is_any,
        "groups": groups,
        "bests": bests(groups),
        "more": page.next or "",
        "stands": stands,
        "library": f"/v1/libraries/{ids.encode(shown.id)}",
    }


def bests(groups: list[Alike]) -> str:
    """All groups that the visitor may settle, as the form sends them that keeps the best of each."""
    return ";".join(each.word for each in groups if each.may_change)


def _told(done: str) -> str:
    """What `trash-3`, `kept-2` and `back-1` say."""
    what, count = words.counted(done)
    texts = {
        "trash": ngettext("%(n)s photo is in the trash.", "%(n)s photos are in the trash.", count),
        "kept": ngettext("%(n)s photo is kept.", "%(n)s photos are kept.", count),
        "none": _("Choose at least one photo to keep."),
        "back": ngettext("%(n)s photo is back.", "%(n)s photos are back.", count),
    }
    return texts[what] % {"n": words.amount(count)} if what in texts else ""


@routes.post("")
def settle(request: Request, form: SignedForm) -> Response:
    """Keep the chosen files of a group, or all of them, or the best of each group on the page."""
    groups = [alike.read(word, public_id) for word in form.text("files").split(";") if word]
    chosen = [public_id(each) for each in form.texts("keep")]
    kept = [_kept(form.text("deed"), files, chosen) for files in groups]
    if not all(kept):
        return _back(form, done="none")
    with form.writing() as unit:
        library_id = current.get(unit, request).id
        made = [alike.keep(unit, library_id, *each) for each in zip(groups, kept, strict=True)]
    stay, all_of = sum(map(len, kept)), sum(map(len, groups))
    done = f"trash-{all_of - stay}" if all_of > stay else f"kept-{stay}"
    return _back(form, done=done, undo=",".join(ids.encode(each) for each in made if each))


def _kept(deed: str, files: list[int], chosen: list[int]) -> list[int]:
    """Which files of a group stay."""
    return {"best": files[:1], "all": files}.get(deed, [each for each in files if each in chosen])


@routes.post("/undo")
def undo(request: Request, form: SignedForm) -> Response:
    """Take back what was just settled."""
    lasts = timedelta(hours=form.app.settings.libraries.undo_hours)
    wanted = alike.read(form.text("undo"), public_id)
    with form.writing() as unit:
        library_id = current.get(unit, request).id
        back = sum(alike.undo(unit, library_id, each, lasts) for each in wanted)
    return _back(form, done=f"back-{back}")


def _back(form: Signed, **told: str) -> Response:
    """To where the form was."""
    here = {"kind": form.text("kind"), "cursor": form.text("cursor"), **told}
    return render.go(f"/duplicates?{urlencode({name: value for name, value in here.items() if value})}")
