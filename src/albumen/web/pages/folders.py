"""Folders: their tree, where one is in it, and the photos of one of them."""

from typing import Any

from fastapi import APIRouter, Request, Response

from albumen.http.deps import Reading, public_id
from albumen.kernel.errors import Conflict, Invalid, NotFound
from albumen.kernel.pages import MAX_LIMIT
from albumen.libraries import access, folders
from albumen.libraries.models import Folder, Role
from albumen.unit import Unit
from albumen.web import current, render, walls
from albumen.web.forms import SignedForm

routes = APIRouter(prefix="/folders", include_in_schema=False)


@routes.get("")
def roots(unit: Reading, request: Request, cursor: str = "") -> Response:
    """The highest folders that the visitor sees."""
    shown = current.find(unit, request)
    if shown is None:
        return render.go("/library")
    found = folders.below(unit, shown.id, None, limit=MAX_LIMIT, cursor=cursor or None)
    may_add = access.is_enough(access.role_on(unit, shown.id), Role.contributor)
    values: dict[str, Any] = {"folder": None, "above": [], "below": found.items, "more": found.next or "", "wall": None}
    return render.page(request, "library/folder.html", section="folders", may_add=may_add, wrong="", **values)


@routes.get("/{folder_id}")
def folder(unit: Reading, request: Request, folder_id: str, cursor: str = "") -> Response:
    """One folder: the folders in it, and its photos."""
    shown = current.get(unit, request)
    return _folder(unit, request, folders.get(unit, shown.id, public_id(folder_id)), cursor=cursor)


def _folder(unit: Unit, request: Request, here: Folder, *, cursor: str = "", wrong: str = "") -> Response:
    found = folders.below(unit, here.library_id, here, limit=MAX_LIMIT, cursor=cursor or None)
    may_add = access.is_enough(access.role_on_folder(unit, here), Role.contributor)
    wall = walls.wall(unit, here.library_id, f"folder:{render.word(here.id)}") if here.file_count else None
    values: dict[str, Any] = {
        "folder": here,
        "above": folders.above(unit, here),
        "below": found.items,
        "more": found.next or "",
    }
    status = 422 if wrong else 200
    return render.page(
        request,
        "library/folder.html",
        status=status,
        section="folders",
        may_add=may_add,
        wrong=wrong,
        wall=wall,
        **values,
    )


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
    if not parent_id:
        raise NotFound(wrong)
    shown = current.get(unit, request)
    return _folder(unit, request, folders.get(unit, shown.id, public_id(parent_id)), wrong=wrong)
