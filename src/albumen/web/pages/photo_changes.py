"""What becomes of a photo: its facts corrected, its stars, its folder."""

from typing import Any

from fastapi import Request, Response

from albumen.http.deps import Reading, public_id
from albumen.kernel.errors import Conflict, Invalid
from albumen.libraries import edits, files
from albumen.libraries.models import File, Role
from albumen.unit import Unit
from albumen.web import around, corrections, photo, render, trees
from albumen.web.forms import SignedForm
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/library/p")
MOST_STARS = 5


@routes.get("/{file_id}/edit")
def page(unit: Reading, request: Request, file_id: str) -> Response:
    """The facts as a form.  For contributors."""
    return _page(request, files.get(unit, public_id(file_id), least=Role.contributor))


def _page(request: Request, file: File, **told: str) -> Response:
    values: dict[str, Any] = {"file": file, "title": photo.title(file), "fields_of": corrections.shown(file) | told}
    values["back"] = around.query(request.query_params.get("of", ""))
    status = 422 if told else 200
    return render.page(
        request, "library/photo-edit.html", status=status, section="timeline", wrong=told.get("wrong", ""), **values
    )


@routes.post("/{file_id}/edit")
def edit(request: Request, file_id: str, form: SignedForm, of: str = "") -> Response:
    """Keep what was corrected."""
    try:
        with form.writing() as unit:
            file = files.get(unit, public_id(file_id), least=Role.contributor)
            if told := corrections.told(file, form):
                edits.edit(unit, file, told)
        return render.go(f"/library/p/{file_id}{around.query(of)}")
    except (Invalid, Conflict) as problem:
        with form.reading() as unit:
            file = files.get(unit, public_id(file_id), least=Role.contributor)
            return _page(request, file, **corrections.sent(file, form), wrong=problem.detail)


@routes.post("/{file_id}/rate")
def rate(file_id: str, form: SignedForm, of: str = "") -> Response:
    """Give a photo one to five stars; none takes them away."""
    stars = form.text("rating")
    if len(stars) != 1 or not stars.isdecimal() or int(stars) > MOST_STARS:
        raise Invalid(_("A photo has up to five stars."))
    with form.writing() as unit:
        edits.edit(unit, files.get(unit, public_id(file_id)), {"rating": int(stars) or None})
    return render.go(f"/library/p/{file_id}{around.query(of)}")


@routes.get("/{file_id}/move")
def choose_folder(unit: Reading, request: Request, file_id: str) -> Response:
    """Where a photo may be moved to.  For contributors."""
    return _choose(unit, request, file_id)


def _choose(unit: Unit, request: Request, file_id: str, **told: str) -> Response:
    file = files.get(unit, public_id(file_id), least=Role.contributor)
    branches = [each for each in trees.branches(unit, file.library_id) if each.may_add]
    values: dict[str, Any] = {"file": file, "title": photo.title(file), "branches": branches, "wrong": ""} | told
    values["back"] = around.query(request.query_params.get("of", ""))
    status = 422 if told else 200
    return render.page(request, "library/photo-move.html", status=status, section="timeline", **values)


@routes.post("/{file_id}/move")
def move(request: Request, file_id: str, form: SignedForm, of: str = "") -> Response:
    """Put a photo into another folder; where its name is taken there, it gets a number."""
    try:
        with form.writing() as unit:
            file = files.get(unit, public_id(file_id), least=Role.contributor)
            if not form.text("folder"):
                raise Invalid(_("Choose a folder."))
            edits.edit(unit, file, {"folder_id": public_id(form.text("folder"))})
        return render.go(f"/library/p/{file_id}{around.query(of)}")
    except (Invalid, Conflict) as problem:
        with form.reading() as unit:
            return _choose(unit, request, file_id, wrong=problem.detail)
