"""The jobs of the whole installation, as a keeper looks after them."""

from dataclasses import dataclass

from sqlalchemy import func, select

from albumen.changes import audit
from albumen.jobs import queue
from albumen.jobs.models import Job, State
from albumen.kernel.errors import Conflict, NotFound
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.operations.stats import check_keeper
from albumen.unit import Unit


@dataclass(frozen=True)
class KindCount:
    """How many jobs of a kind there are; `done` are those that are kept for a while."""

    kind: str
    ready: int = 0
    running: int = 0
    failed: int = 0
    done: int = 0
    cancelled: int = 0


def by_kind(unit: Unit) -> list[KindCount]:
    """All kinds of which there are jobs, those that need attention first.  Raises Denied."""
    check_keeper(unit)
    found: dict[str, dict[str, int]] = {}
    for (kind, state), count in queue.lengths(unit.db).items():
        found.setdefault(kind, {})[State(state).value] = count
    counts = [KindCount(kind, **states) for kind, states in found.items()]
    return sorted(counts, key=lambda each: (-each.failed, -each.running, -each.ready, each.kind))


def listed(
    unit: Unit, *, states: tuple[State, ...], kind: str = "", limit: int = 50, cursor: str | None = None
) -> Page[Job]:
    """Jobs, the newest first.  Raises Denied, Invalid."""
    check_keeper(unit)
    wanted = select(Job).order_by(Job.id.desc()).limit(limit + 1)
    wanted = wanted.where(Job.state.in_(states)) if states else wanted
    wanted = wanted.where(Job.kind == kind) if kind else wanted
    wanted = wanted.where(Job.id < numbers_in(cursor, 1)[0]) if cursor else wanted
    jobs = list(unit.db.scalars(wanted))
    return Page(jobs[:limit], to_cursor(jobs[limit - 1].id) if len(jobs) > limit else None)


def get(unit: Unit, job_id: int) -> Job:
    """One job.  Raises Denied, NotFound where it is over and forgotten."""
    check_keeper(unit)
    job = unit.db.get(Job, job_id)
    if job is None:
        raise NotFound("There is no such job any more.")
    return job


def retry(unit: Unit, job_id: int) -> None:
    """Try a job again that failed or was cancelled.  Raises Denied, NotFound, Conflict."""
    job = get(unit, job_id)
    if job.state not in (State.failed, State.cancelled):
        raise Conflict("This job has not failed.")
    queue.retry(unit.db, [job_id], unit.now)
    audit.note(unit, "retry job", ("job", job_id), kind=job.kind)


def retry_all(unit: Unit, kind: str = "") -> int:
    """Try all that failed again, of one kind or of all; returns how many.  Raises Denied."""
    ids = _failed(unit, kind)
    queue.retry(unit.db, ids, unit.now)
    audit.note(unit, "retry jobs", ("job", 0), kind=kind or None, count=len(ids))
    return len(ids)


def forget_all(unit: Unit, kind: str = "") -> int:
    """List what failed no longer; returns how many.  Raises Denied."""
    ids = _failed(unit, kind)
    queue.forget_failed(unit.db, ids)
    audit.note(unit, "forget jobs", ("job", 0), kind=kind or None, count=len(ids))
    return len(ids)


def _failed(unit: Unit, kind: str) -> list[int]:
    check_keeper(unit)
    wanted = select(Job.id).where(Job.state == State.failed)
    return list(unit.db.scalars(wanted.where(Job.kind == kind) if kind else wanted))


def cancel(unit: Unit, job_id: int) -> None:
    """Ask a job to stop.  Raises Denied, NotFound, Conflict where it is over."""
    job = get(unit, job_id)
    if not queue.cancel(unit.db, job_id, unit.now):
        raise Conflict("This job is over.")
    audit.note(unit, "cancel job", ("job", job_id), kind=job.kind)


def waiting(unit: Unit) -> int:
    """How many jobs wait or run.  Raises Denied."""
    check_keeper(unit)
    states = (State.ready, State.running)
    return unit.db.scalar(select(func.count()).select_from(Job).where(Job.state.in_(states))) or 0
