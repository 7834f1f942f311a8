"""What becomes of a folder: another name, another place, or the trash, with what it takes along said before."""

from typing import Any

from fastapi import Request, Response

from albumen.http.deps import Reading, TheApp, public_id
from albumen.kernel.errors import Conflict, Invalid
from albumen.libraries import access, folders, subtrees
from albumen.libraries.models import Folder, Role
from albumen.unit import Unit
from albumen.web import current, render, trees
from albumen.web.forms import Signed, SignedForm
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/folders")


@routes.get("/{folder_id}/change")
def page(app: TheApp, unit: Reading, request: Request, folder_id: str) -> Response:
    """Name, place and end of a folder.  For its owners."""
    here = _of(unit, request, folder_id)
    access.require_folder(unit, here, Role.owner)
    return _page(unit, request, here, app.settings.libraries.trash_days)


def _of(unit: Unit, request: Request, folder_id: str) -> Folder:
    return folders.get(unit, current.get(unit, request).id, public_id(folder_id))


def _page(unit: Unit, request: Request, here: Folder, days: int, **told: str) -> Response:
    may_be_root = access.is_enough(access.role_on(unit, here.library_id), Role.contributor)
    values: dict[str, Any] = {
        "folder": here,
        "above": folders.above(unit, here),
        "targets": trees.targets(unit, here),
        "may_be_root": may_be_root,
        "load": trees.load(unit, here),
        "days": days,
        "wrong": "",
        "unmoved": "",
    }
    status = 422 if told else 200
    return render.page(request, "library/folder-change.html", status=status, section="folders", **(values | told))


@routes.post("/{folder_id}/rename")
def rename(request: Request, folder_id: str, form: SignedForm) -> Response:
    """Give a folder another name."""
    try:
        with form.writing() as unit:
            here = _of(unit, request, folder_id)
            subtrees.put(unit, here, form.text("name"), subtrees.parent_of(unit, here))
        return render.go(f"/folders/{folder_id}?done=renamed")
    except (Invalid, Conflict) as problem:
        return _again(request, folder_id, form, wrong=problem.detail)


@routes.post("/{folder_id}/move")
def move(request: Request, folder_id: str, form: SignedForm) -> Response:
    """Put a folder, with all that lies in it, into another, or at the root."""
    parent_id = form.text("parent")
    try:
        if "parent" not in form.fields:
            raise Invalid(_("Choose where it is to lie."))
        with form.writing() as unit:
            here = _of(unit, request, folder_id)
            parent = _of(unit, request, parent_id) if parent_id else None
            subtrees.put(unit, here, here.name, parent)
        return render.go(f"/folders/{folder_id}?done=moved")
    except (Invalid, Conflict) as problem:
        return _again(request, folder_id, form, unmoved=problem.detail)


def _again(request: Request, folder_id: str, form: Signed, **told: str) -> Response:
    with form.reading() as unit:
        return _page(unit, request, _of(unit, request, folder_id), form.app.settings.libraries.trash_days, **told)


@routes.post("/{folder_id}/delete")
def delete(request: Request, folder_id: str, form: SignedForm) -> Response:
    """Put what lies in and below a folder into the trash, and show the folder above."""
    with form.writing() as unit:
        here = _of(unit, request, folder_id)
        above = folders.above(unit, here)
        subtrees.delete(unit, here)
        place = f"/folders/{render.word(above[-1].id)}" if above else "/folders"
    return render.go(f"{place}?done=deleted")
