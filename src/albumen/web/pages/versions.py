"""The versions of a photo: listed, compared, restored, downloaded, and a new one added."""

from typing import Annotated, Any

from fastapi import Path, Request, Response
from starlette.concurrency import run_in_threadpool

from albumen.app import App
from albumen.http.deps import Reading, TheApp, public_id
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Conflict, Invalid, OverQuota, TooLarge, Unsupported
from albumen.libraries import access, files, queries, versions
from albumen.libraries.models import File, Role
from albumen.libraries.versions import Listed
from albumen.unit import Unit
from albumen.web import around, photo, render, revisions
from albumen.web.forms import SignedForm, sender
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/library/p/{file_id}/versions")
PAGE = 60
_MOST_DIGITS = 9
Number = Annotated[int, Path(ge=1, lt=1 << 31)]


@routes.get("")
def page(app: TheApp, unit: Reading, request: Request, file_id: str) -> Response:
    """All versions, the newest first, and two of them (`left`, `right`) side by side."""
    return _page(app, unit, request, files.get(unit, public_id(file_id)))


def _page(app: App, unit: Unit, request: Request, file: File, **told: str) -> Response:
    found = list(versions.of_file(unit, file, limit=PAGE, cursor=None).items)
    done, of = (request.query_params.get(name, "") for name in ("done", "of"))
    notices = {"restored": _("The version is current again."), "added": _("The new version is shown now.")}
    values: dict[str, Any] = {
        "file": file,
        "id": render.word(file.id),
        "title": photo.title(file),
        "versions": revisions.shown(app, unit, file, found),
        "is_video": queries.contents(unit, [file])[file.signature].original.is_video,
        "may_change": access.is_enough(access.role_on_file(unit, file), Role.contributor),
        "sides": _sides(app, unit, found, _asked(request)),
        "notice": notices.get(done, ""),
        "back": around.query(of),
        "of": of,
        "wrong": "",
    }
    status = 422 if told else 200
    return render.page(request, "library/versions.html", status=status, section="timeline", **(values | told))


def _asked(request: Request) -> tuple[int, int]:
    """Which versions to compare; 0 where that is not said."""
    left, right = (request.query_params.get(side, "") for side in ("left", "right"))
    return _number(left), _number(right)


def _number(told: str) -> int:
    return int(told) if told.isdecimal() and len(told) <= _MOST_DIGITS else 0


def _sides(app: App, unit: Unit, found: list[Listed], wanted: tuple[int, int]) -> list[dict[str, Any]]:
    """The two versions to compare: those asked for, else the last two; none where there is but one."""
    if len(found) < 2:
        return []
    by_number = {each.number: each for each in found}
    chosen = [by_number.get(wanted[0], found[1]), by_number.get(wanted[1], found[0])]
    return [{"number": each.number, "picture": revisions.picture(app, unit, each)} for each in chosen]


@routes.post("")
async def add(app: TheApp, request: Request, file_id: str, of: str = "") -> Response:
    """Make the chosen file the newest version."""
    try:
        await revisions.receive(app, request, public_id(file_id))
    except (Invalid, Unsupported, TooLarge, OverQuota, Conflict) as problem:
        actor = await run_in_threadpool(sender, request, app)
        return await run_in_threadpool(_again, app, actor, request, (file_id, problem.detail))
    return render.go(f"/library/p/{file_id}/versions{around.query(of, done='added')}")


def _again(app: App, actor: Actor, request: Request, told: tuple[str, str]) -> Response:
    with app.reading(actor) as unit:
        return _page(app, unit, request, files.get(unit, public_id(told[0])), wrong=told[1])


@routes.post("/{number}/restore")
def restore(file_id: str, number: Number, form: SignedForm, of: str = "") -> Response:
    """Make an older version current again; none is lost."""
    with form.writing() as unit:
        versions.restore(unit, files.get(unit, public_id(file_id)), number)
    return render.go(f"/library/p/{file_id}/versions{around.query(of, done='restored')}")


@routes.get("/{number}/original")
def original(app: TheApp, unit: Reading, file_id: str, number: Number) -> Response:
    """A version as it came, as a download by a fresh link."""
    return render.go(revisions.download_link(app, unit, files.get(unit, public_id(file_id)), number))
