"""The trash: what was deleted, for how many days it can still be restored, and deleting it for good."""

from datetime import timedelta
from typing import Any

from fastapi import Request, Response

from albumen.app import App
from albumen.http.deps import Reading, TheApp, public_id
from albumen.kernel import ids
from albumen.libraries import access, purge, trash
from albumen.libraries.models import File, Role
from albumen.unit import Unit
from albumen.web import current, grid, render, words
from albumen.web.forms import SignedForm
from albumen.web.router import Pages
from albumen.web.texts import gettext as _
from albumen.web.texts import ngettext

routes = Pages("/trash")
PAGE = 90  # a form has no more than 100 fields


@routes.get("")
def index(app: TheApp, unit: Reading, request: Request, cursor: str = "", done: str = "") -> Response:
    """What was deleted last comes first."""
    shown = current.find(unit, request)
    values: dict[str, Any] = {"found": [], "more": "", "count": 0, "is_owner": False}
    if shown is not None and trash.may_change(unit, shown.id):
        values = _found(app, unit, shown.id, cursor)
    days = app.settings.libraries.trash_days
    return render.page(request, "library/trash.html", section="trash", days=days, notice=_notice(done), **values)


def _found(app: App, unit: Unit, library_id: int, cursor: str) -> dict[str, Any]:
    page = trash.page(unit, library_id, limit=PAGE, cursor=cursor or None)
    days = app.settings.libraries.trash_days
    left = [_left(unit, file, days) for file in page.items]
    found = list(zip(grid.tiles(app, unit, page.items), left, strict=True))
    is_owner = access.is_enough(access.role_on(unit, library_id), Role.owner)
    told = {"library_id": ids.encode(library_id), "is_owner": is_owner}
    return {"found": found, "more": page.next or "", "count": trash.count(unit, library_id), **told}


def _notice(done: str) -> str:
    """What `restored-3`, `deleted-3` and `none` say."""
    what, many = words.counted(done)
    if what == "restored":
        return ngettext("%(n)s photo is back.", "%(n)s photos are back.", many) % {"n": words.amount(many)}
    if what == "deleted":
        return ngettext("%(n)s photo was deleted.", "%(n)s photos were deleted.", many) % {"n": words.amount(many)}
    return _("Choose photos first.") if what == "none" else ""


def _left(unit: Unit, file: File, days: int) -> int:
    """For how many days a file can still be restored."""
    since = unit.now - file.deleted_at if file.deleted_at else timedelta()
    return max(0, days - since.days)


@routes.post("/restore")
def restore(request: Request, form: SignedForm) -> Response:
    """Put the chosen photos back where they lay."""
    chosen = [public_id(each) for each in form.texts("ids")]
    if not chosen:
        return render.go("/trash?done=none")
    with form.writing() as unit:
        back = trash.restore(unit, current.get(unit, request).id, chosen)
    return render.go(f"/trash?done=restored-{len(back)}")


@routes.post("/delete")
def delete(request: Request, form: SignedForm) -> Response:
    """Delete the chosen photos for good, after it was asked once."""
    chosen = form.texts("one") or form.texts("ids")
    if not chosen:
        return render.go("/trash?done=none")
    with form.reading() as unit:
        library_id = current.get(unit, request).id
        access.require(unit, library_id, Role.owner)
    if form.text("sure") != "yes":
        return render.page(request, "library/trash-delete.html", section="trash", ids=chosen, count=len(chosen))
    many = purge.chosen(form.app, form.actor, library_id, [public_id(each) for each in chosen])
    return render.go(f"/trash?done=deleted-{many}")


@routes.post("/empty")
def empty(form: SignedForm) -> Response:
    """Delete all that is in the trash for good: that of the library the form was shown for, whichever is shown now."""
    library_id = public_id(form.text("library"))
    return render.go(f"/trash?done=deleted-{purge.empty(form.app, form.actor, library_id)}")
