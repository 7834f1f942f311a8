"""Folders: their tree, where one is in it, and the photos of one of them."""

from typing import Any

from fastapi import Request, Response

from albumen.http.deps import Reading, public_id
from albumen.kernel.errors import Conflict, Invalid
from albumen.kernel.pages import MAX_LIMIT
from albumen.libraries import access, folders
from albumen.libraries.models import Folder, Library, Role
from albumen.unit import Unit
from albumen.web import current, render, trees, walls
from albumen.web.forms import SignedForm
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/folders")


@routes.get("")
def roots(unit: Reading, request: Request, cursor: str = "", done: str = "") -> Response:
    """The highest folders that the visitor sees."""
    shown = current.find(unit, request)
    if shown is None:
        return render.go("/library")
    return _roots(unit, request, shown, cursor=cursor, notice=_notice(done))


def _roots(unit: Unit, request: Request, shown: Library, *, cursor: str = "", **told: str) -> Response:
    found = folders.below(unit, shown.id, None, limit=MAX_LIMIT, cursor=cursor or None)
    may_add = access.is_enough(access.role_on(unit, shown.id), Role.contributor)
    values: dict[str, Any] = {"folder": None, "above": [], "below": found.items, "more": found.next or "", "wall": None}
    return _page(request, may_add=may_add, is_owner=False, **values, **told)


def _page(request: Request, **values: Any) -> Response:
    values = {"wrong": "", "notice": ""} | values
    status = 422 if values["wrong"] else 200
    return render.page(request, "library/folder.html", status=status, section="folders", **values)


def _notice(done: str) -> str:
    told = {"moved": _("The folder was moved."), "renamed": _("The folder has another name.")}
    told["deleted"] = _("The folder is gone; its photos are in the trash.")
    return told.get(done, "")


@routes.get("/tree")
def tree(unit: Reading, request: Request) -> Response:
    """All folders on one page."""
    shown = current.find(unit, request)
    found = trees.branches(unit, shown.id) if shown else []
    values: dict[str, Any] = {"branches": found, "is_cut": len(found) == trees.MOST}
    return render.page(request, "library/tree.html", section="folders", **values)


@routes.get("/{folder_id}")
def folder(unit: Reading, request: Request, folder_id: str, cursor: str = "", done: str = "") -> Response:
    """One folder: the folders in it, and its photos."""
    shown = current.get(unit, request)
    return _folder(
        unit, request, folders.get(unit, shown.id, public_id(folder_id)), cursor=cursor, notice=_notice(done)
    )


def _folder(unit: Unit, request: Request, here: Folder, *, cursor: str = "", **told: str) -> Response:
    found = folders.below(unit, here.library_id, here, limit=MAX_LIMIT, cursor=cursor or None)
    role = access.role_on_folder(unit, here)
    values: dict[str, Any] = {
        "folder": here,
        "above": folders.above(unit, here),
        "below": found.items,
        "more": found.next or "",
        "wall": walls.wall(unit, here.library_id, f"folder:{render.word(here.id)}") if here.file_count else None,
        "may_add": access.is_enough(role, Role.contributor),
        "is_owner": access.is_enough(role, Role.owner),
    }
    return _page(request, **values, **told)


@routes.post("")
def create(request: Request, form: SignedForm) -> Response:
    """Make a folder, below another or at the root."""
    parent_id = form.text("parent")
    try:
        with form.writing() as unit:
            shown = current.get(unit, request)
            parent = folders.get(unit, shown.id, public_id(parent_id)) if parent_id else None
            made = folders.make(unit, shown.id, parent, form.text("name"))
            return render.go(f"/folders/{render.word(made.id)}")
    except (Invalid, Conflict) as problem:
        with form.reading() as unit:
            return _again(unit, request, parent_id, problem.detail)


def _again(unit: Unit, request: Request, parent_id: str, wrong: str) -> Response:
    shown = current.get(unit, request)
    if not parent_id:
        return _roots(unit, request, shown, wrong=wrong)
    return _folder(unit, request, folders.get(unit, shown.id, public_id(parent_id)), wrong=wrong)
