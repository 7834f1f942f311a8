"""Adding, claiming and ending jobs: the only code that writes the jobs table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, case, delete, func, literal, or_, select, update
from sqlalchemy.orm import Session

from albumen.db.statements import insert_for, table_of
from albumen.jobs.models import Job, State
from albumen.jobs.registry import Priority

_OPEN = (State.ready, State.running)
RINGS = "rings"
"""Under which a session keeps how many jobs of each class its transaction adds."""


@dataclass(frozen=True)
class Terms:
    """How a job is queued: its class, whether one open job of the kind and subject is enough, for whom, and when."""

    priority: Priority = Priority.usual
    once: bool = True
    user_id: int | None = None
    delay: timedelta = timedelta()


USUAL = Terms()


def note_ring(db: Session, priority: Priority) -> None:
    """Have the bell rung for a job of this class once the transaction is committed."""
    db.info.setdefault(RINGS, Counter())[priority] += 1


@dataclass(frozen=True)
class Queue:
    """The door through which a unit adds jobs, in its own transaction."""

    db: Session
    now: datetime

    def add(
        self, kind: str, subject: str = "", *, args: dict[str, Any] | None = None, terms: Terms = USUAL
    ) -> int | None:
        """Add a job and return its id; None when it is to run once and the same (kind and subject) is still open.

        One that is running already runs once more afterwards.
        """
        row = {
            "kind": kind,
            "subject": subject,
            "args": args or {},
            "dedupe": f"{kind}:{subject}" if terms.once else None,
            "priority": int(terms.priority),
            "run_after": self.now + terms.delay,
            "created_at": self.now,
            "user_id": terms.user_id,
        }
        insert = insert_for(self.db)(table_of(Job)).on_conflict_do_nothing().returning(table_of(Job).c.id)
        note_ring(self.db, terms.priority)
        while True:
            added: int | None = self.db.execute(insert, row).scalar_one_or_none()
            if added is not None or self._ask_again(f"{kind}:{subject}"):
                return added

    def _ask_again(self, dedupe: str) -> bool:
        """Hold the open job until this transaction commits, so that whoever claims it then sees what it is for.

        False where it ended in the meantime.
        """
        again = case((Job.state == State.running, True), else_=Job.again)
        asked = update(Job).where(Job.dedupe == dedupe, Job.state.in_(_OPEN)).values(again=again).returning(Job.id)
        asked = asked.execution_options(synchronize_session=False)
        return self.db.execute(asked).scalar_one_or_none() is not None


LOSSES: Final = 7
"""How many tries more a job has whose workers went away: power cuts and restarts hit many that have no fault."""


@dataclass(frozen=True)
class Lease:
    """Who claims, and for how long."""

    owner: str
    seconds: int
    attempts: int = 3

    @property
    def starts(self) -> int:
        """How often a job may begin, with the times after which its worker was never heard of again."""
        return self.attempts + LOSSES


def claim(db: Session, lease: Lease, *, kinds: Sequence[str], most: int, now: datetime) -> list[Job]:
    """Take up to `most` jobs that are due, the most urgent first; each attempt is counted before its work."""
    due = (
        select(Job.id)
        .where(*_due(lease, kinds, now))
        .order_by(Job.priority, Job.run_after, Job.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    until = now + timedelta(seconds=lease.seconds)
    taken = (
        update(Job)
        .where(Job.id.in_(select(due.c.id)))
        .values(state=State.running, attempts=Job.attempts + 1, owner=lease.owner, lease_until=until)
        .returning(Job)
    )
    return sorted(
        db.scalars(taken.execution_options(synchronize_session=False)), key=lambda job: (job.priority, job.id)
    )


def _due(lease: Lease, kinds: Sequence[str], now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What may be claimed; those that have no try left wait to be quarantined."""
    return Job.state == State.ready, Job.run_after <= now, Job.kind.in_(kinds), Job.attempts < lease.starts


def has_due(db: Session, lease: Lease, *, kinds: Sequence[str], now: datetime) -> bool:
    """Whether a claim would find something; a read, so that idle workers do not write."""
    return db.scalar(select(Job.id).where(*_due(lease, kinds, now)).limit(1)) is not None


def renew(db: Session, lease: Lease, ids: Sequence[int], now: datetime) -> set[int]:
    """Keep the leases of running jobs; returns those that are still ours and not asked to stop."""
    until = now + timedelta(seconds=lease.seconds)
    mine = (Job.id.in_(ids), Job.state == State.running, Job.owner == lease.owner)
    db.execute(update(Job).where(*mine).values(lease_until=until))
    return set(db.scalars(select(Job.id).where(*mine, Job.cancel_requested.is_(False))))


def report(db: Session, lease: Lease, job_id: int, *, share: float, note: str) -> bool:
    """Write how far a job is; False when it is to stop."""
    wanted = (
        update(Job)
        .where(Job.id == job_id, Job.state == State.running, Job.owner == lease.owner)
        .values(progress=share, note=note or None)
        .returning(Job.cancel_requested)
    )
    return db.execute(wanted).scalar_one_or_none() is False


def finish(db: Session, lease: Lease, job_id: int, *, keep: bool, now: datetime) -> bool:
    """End a job well, or make it ready anew where it was asked for again; False when its lease was lost meanwhile."""
    mine = (Job.id == job_id, Job.state == State.running, Job.owner == lease.owner)
    anew = {"state": State.ready, "again": False, "attempts": 0, "progress": 0.0, "run_after": now, "lease_until": None}
    if db.execute(update(Job).where(*mine, Job.again).values(anew).returning(Job.id)).scalar_one_or_none():
        return True
    ending = (
        update(Job).where(*mine).values(state=State.done, progress=1.0, finished_at=now, lease_until=None)
        if keep
        else delete(Job).where(*mine)
    )
    return bool(db.execute(ending.returning(Job.id)).scalar_one_or_none())


@dataclass(frozen=True)
class Setback:
    """How a job's try went wrong: the reason in a sentence, and whether it makes sense to try again.

    A `blameless` try (a part of the house did not answer) does not count as an attempt.
    """

    reason: str
    final: bool = False
    cancelled: bool = False
    blameless: bool = False


def verdict(lease: Lease, job: Job, setback: Setback) -> State:
    """What becomes of a job after a setback."""
    if setback.cancelled:
        return State.cancelled
    spent = job.attempts >= lease.attempts and not setback.blameless
    return State.failed if setback.final or spent else State.ready


def set_back(db: Session, lease: Lease, job: Job, setback: Setback, now: datetime) -> State | None:
    """Put a job back with a growing pause, or quarantine it; None when its lease was lost meanwhile."""
    state = verdict(lease, job, setback)
    changed = (
        update(Job)
        .where(Job.id == job.id, Job.state == State.running, Job.owner == lease.owner)
        .values(
            state=state,
            again=False,
            error=setback.reason,
            lease_until=None,
            attempts=job.attempts - setback.blameless,
            run_after=now + timedelta(seconds=2 * 5 ** min(job.attempts, 3)),
            finished_at=None if state == State.ready else now,
        )
        .returning(Job.id)
    )
    return state if db.execute(changed).scalar_one_or_none() else None


def reclaim(db: Session, *, dead_owners: str | None, now: datetime) -> int:
    """Free jobs whose worker fell silent, or whose owner's name starts with `dead_owners`; returns how many."""
    silent = Job.lease_until < now
    lost = or_(silent, Job.owner.startswith(dead_owners, autoescape=True)) if dead_owners else silent
    freed = (
        update(Job)
        .where(Job.state == State.running, lost)
        .values(state=State.ready, lease_until=None, error="The worker stopped in the middle.")
    )
    return len(db.scalars(freed.returning(Job.id)).all())


def exhausted(db: Session, lease: Lease, *, kinds: Sequence[str]) -> list[Job]:
    """Jobs of these kinds whose workers went away as often as they may."""
    spent = (Job.state == State.ready, Job.attempts >= lease.starts, Job.kind.in_(kinds))
    return list(db.scalars(select(Job).where(*spent)))


def quarantine(db: Session, ids: Sequence[int], now: datetime) -> None:
    """Try these no more."""
    db.execute(update(Job).where(Job.id.in_(ids), Job.state == State.ready).values(state=State.failed, finished_at=now))


def cancel(db: Session, job_id: int, now: datetime) -> bool:
    """Ask a job to stop; one that has not begun is cancelled at once."""
    statement = (
        update(Job)
        .where(Job.id == job_id, Job.state.in_(_OPEN))
        .values(
            cancel_requested=True,
            state=case((Job.state == State.ready, State.cancelled), else_=Job.state),
            finished_at=case((Job.state == State.ready, literal(now, Job.finished_at.type)), else_=Job.finished_at),
        )
    )
    return bool(db.execute(statement.returning(Job.id)).scalar_one_or_none())


def forget_finished(db: Session, *, before: datetime) -> int:
    """Drop finished jobs older than that; failed ones stay until they are retried."""
    gone = delete(Job).where(Job.finished_at < before, Job.state.in_((State.done, State.cancelled)))
    return len(db.scalars(gone.returning(Job.id)).all())


def lengths(db: Session) -> dict[tuple[str, str], int]:
    """How many jobs there are by kind and state."""
    rows = db.execute(select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state))
    return {(kind, state): count for kind, state, count in rows}


def retry(db: Session, ids: Sequence[int], now: datetime) -> None:
    """Make ended jobs ready anew; one whose like is open already is dropped, for that does its work."""
    for job in db.scalars(select(Job).where(Job.id.in_(ids), Job.state.in_((State.failed, State.cancelled)))):
        like = select(Job.id).where(Job.dedupe == job.dedupe, Job.state.in_(_OPEN))
        if job.dedupe is not None and db.scalar(like.limit(1)) is not None:
            db.delete(job)
        else:
            job.state, job.attempts, job.progress, job.cancel_requested = State.ready, 0, 0.0, False
            job.run_after, job.finished_at, job.owner, job.error = now, None, None, None
            note_ring(db, Priority(job.priority))
        db.flush()


def forget_failed(db: Session, ids: Sequence[int]) -> None:
    """Drop jobs that failed and are not to be tried again."""
    db.execute(delete(Job).where(Job.id.in_(ids), Job.state == State.failed))
