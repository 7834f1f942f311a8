"""Imports of folders of the server, for keepers: chosen among those of the settings, done by a job, told of here."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from sqlalchemy import select

from albumen.app import App
from albumen.http.deps import Reading, TheApp, public_id
from albumen.jobs.models import Job, State
from albumen.kernel.errors import Conflict, Invalid, NotFound
from albumen.libraries import access, errands, library
from albumen.libraries.beside import printable
from albumen.libraries.errands import Report, Wanted
from albumen.libraries.models import Role
from albumen.unit import Unit
from albumen.web import current, render
from albumen.web.keeping import KeeperForm
from albumen.web.router import Pages
from albumen.web.texts import gettext as _
from albumen.web.words import N_

routes = Pages("/import")
LAST = 10
FATES = {
    "added": N_("Added"),
    "already here": N_("Already here"),
    "failed": N_("Failed"),
    "unsupported": N_("Not supported"),
    "ignored": N_("Passed over"),
    "sidecar": N_("Sidecars"),
}


@dataclass(frozen=True)
class Run:
    """An import as the page tells of it."""

    job: Job
    folder: str
    report: Report
    counts: list[tuple[str, int]]
    is_open: bool


@routes.get("")
def page(app: TheApp, unit: Reading, request: Request, root: int = -1, path: str = "") -> Response:
    """Where to import from, and the imports there were."""
    errands.check_keeper(unit)
    return _page(app, unit, request, (root, path))


def _page(app: App, unit: Unit, request: Request, at: tuple[int, str], **told: str) -> Response:
    root, path = at
    known = errands.roots(app)
    runs = _runs(app, unit)
    shown = current.find(unit, request)
    values: dict[str, Any] = {
        "roots": [(number, printable(str(each))) for number, each in enumerate(known)],
        "root": root,
        "path": path.strip("/"),
        "above": _above(path),
        "below": errands.below(app, root, path) if root >= 0 else [],
        "libraries": [each for each in library.seen(unit) if _may_fill(unit, each.id)],
        "shown": shown.id if shown else None,
        "runs": runs,
        "is_running": any(each.is_open for each in runs),
        "into": "",
        "wrong": "",
    }
    status = 422 if told else 200
    return render.page(request, "library/import.html", status=status, section="upload", **(values | told))


def _above(path: str) -> list[tuple[str, str]]:
    """The folders of a path, each with its own path."""
    names = [each for each in path.split("/") if each]
    return [(name, "/".join(names[: number + 1])) for number, name in enumerate(names)]


def _may_fill(unit: Unit, library_id: int) -> bool:
    return access.is_enough(access.role_on(unit, library_id), Role.contributor)


def _runs(app: App, unit: Unit) -> list[Run]:
    """The last imports, the newest first."""
    wanted = select(Job).where(Job.kind == errands.KIND).order_by(Job.id.desc()).limit(LAST)
    return [_run(app, job) for job in unit.db.scalars(wanted)]


def _run(app: App, job: Job) -> Run:
    report = errands.told(app, job.id) or Report()
    known = errands.roots(app)
    base = str(known[job.args["root"]]) if job.args["root"] < len(known) else ""
    counts = [(_(words), report.counts[fate]) for fate, words in FATES.items() if report.counts.get(fate)]
    folder = "/".join(filter(None, (base.rstrip("/"), job.args["path"].strip("/"))))
    return Run(job, printable(folder), report, counts, job.state in (State.ready, State.running))


@routes.post("")
def begin(request: Request, form: KeeperForm) -> Response:
    """Start one."""
    number, path = form.text("root"), form.text("folder")
    root = int(number) if number.isdecimal() and len(number) < 10 else -1
    try:
        with form.writing() as unit:
            into = errands.check_path(form.text("into"))
            errands.begin(form.app, unit, Wanted(root, path, public_id(form.text("library")), into))
        return render.go("/import")
    except (Conflict, Invalid) as problem:
        with form.reading() as unit:
            return _page(form.app, unit, request, (root, path), wrong=problem.detail, into=form.text("into"))


@routes.post("/{job_id}/stop")
def stop(job_id: int, form: KeeperForm) -> Response:
    """Stop one; what it added stays."""
    with form.writing() as unit:
        if job_id >= 1 << 63:
            raise NotFound
        errands.stop(unit, job_id)
    return render.go("/import")
