"""Looking after the background work: what waits, runs and fails, and why."""

from typing import Any, Final

from fastapi import Request, Response

from albumen.jobs.models import Job, State
from albumen.kernel.errors import Conflict, Invalid, NotFound
from albumen.operations import work
from albumen.unit import Unit
from albumen.web import job_words, keeping, render, words
from albumen.web.keeping import KeeperForm, KeeperReading
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/admin/jobs")
SHOWN: Final = {
    "": (State.running, State.failed, State.ready),
    "failed": (State.failed,),
    "running": (State.running,),
    "ready": (State.ready,),
    "ended": (State.done, State.cancelled),
}


@routes.get("")
def jobs_page(request: Request, unit: KeeperReading, state: str = "", kind: str = "", cursor: str = "") -> Response:
    """Counts by kind, and the jobs themselves; the module `live` fetches it again every few seconds."""
    if state not in SHOWN:
        raise Invalid(_("This is none of the choices."))
    page = work.listed(unit, states=SHOWN[state], kind=kind, cursor=cursor or None)
    rows = [_told(unit, job) for job in page.items]
    kinds = [(each, job_words.kind(each.kind)) for each in work.by_kind(unit)]
    values: dict[str, Any] = {"rows": rows, "kinds": kinds, "state": state, "kind": kind, "more": page.next or ""}
    return keeping.page(request, "jobs", "jobs", waiting=work.waiting(unit), states=_states(), **values)


def _states() -> list[tuple[str, str]]:
    return [
        ("", _("Not over")),
        ("failed", _("Failed")),
        ("running", _("Running")),
        ("ready", _("Waiting")),
        ("ended", _("Over")),
    ]


def _told(unit: Unit, job: Job) -> dict[str, Any]:
    """A job as the pages name it."""
    state = State(job.state)
    when = job.finished_at or job.created_at
    told = {"badge": job_words.LOOKS.get(state, ""), "state": job_words.state(state), "ago": words.ago(when, unit.now)}
    can = {"can_retry": state in (State.failed, State.cancelled), "can_cancel": state in (State.ready, State.running)}
    return {"job": job, "what": job_words.kind(job.kind), "percent": round(job.progress * 100), **told, **can}


@routes.get("/{job_id}")
def job_page(request: Request, unit: KeeperReading, job_id: str) -> Response:
    """One job, and why it failed."""
    return keeping.page(request, "job", "jobs", **_told(unit, work.get(unit, _number(job_id))))


def _number(word: str) -> int:
    """A job's number.  Raises NotFound."""
    if not word.isascii() or not word.isdecimal() or len(word) > 18:
        raise NotFound
    return int(word)


@routes.post("/retry")
def retry_all(form: KeeperForm) -> Response:
    """Try all that failed again, of one kind or of all."""
    with form.writing() as unit:
        work.retry_all(unit, form.text("kind"))
    return render.go("/admin/jobs?done=retried")


@routes.post("/forget")
def forget_all(form: KeeperForm) -> Response:
    """List what failed no longer."""
    with form.writing() as unit:
        work.forget_all(unit, form.text("kind"))
    return render.go("/admin/jobs?done=forgotten")


@routes.post("/{job_id}/retry")
def retry(form: KeeperForm, job_id: str) -> Response:
    """Try one again; where its like is open already, that does its work."""
    with form.writing() as unit:
        work.retry(unit, _number(job_id))
    return render.go("/admin/jobs?done=retried")


@routes.post("/{job_id}/cancel")
def cancel(form: KeeperForm, job_id: str) -> Response:
    """Ask one to stop; one that has just ended needs none."""
    try:
        with form.writing() as unit:
            work.cancel(unit, _number(job_id))
    except (Conflict, NotFound):
        return render.go("/admin/jobs")
    return render.go("/admin/jobs?done=cancelled")
