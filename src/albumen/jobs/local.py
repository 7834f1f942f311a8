"""A crew of threads that claims jobs and runs them, in `albumen serve` and in `albumen worker` alike."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from albumen.db.statements import insert_for, table_of
from albumen.jobs import queue
from albumen.jobs.bell import Bell
from albumen.jobs.models import Job, Schedule, State
from albumen.jobs.queue import Lease, Queue, Setback
from albumen.jobs.queue import Terms as Queued
from albumen.jobs.registry import Cancelled, JobKind, Registry, Task
from albumen.kernel import spans
from albumen.kernel.clock import Clock
from albumen.kernel.errors import Invalid, NotFound, OverQuota, Problem, Unavailable

log = structlog.get_logger()


class Sessions(Protocol):
    """Where sessions come from."""

    def session(self, *, writes: bool) -> AbstractContextManager[Session]:
        """A session in one transaction."""


@dataclass(frozen=True)
class Shift:
    """How a crew works."""

    lease: Lease
    bell: Bell
    clock: Clock
    threads: int
    poll_seconds: float = 1.0
    keep_days: int = 7


class Crew[Context]:
    """Threads that work through the jobs table until told to stop."""

    def __init__(self, context: Context, registry: Registry[Context], database: Sessions, shift: Shift) -> None:
        self._context, self._registry, self._database = context, registry, database
        self._shift, self._bell, self._clock = shift, shift.bell, shift.clock
        self._running: dict[int, bool] = {}
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._guarded(partial(self._work, self._kinds_of(n))), name=f"job-{n}", daemon=True)
            for n in range(shift.threads)
        ]
        self._threads.append(threading.Thread(target=self._guarded(self._watch), name="job-watch", daemon=True))

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def retire(self) -> None:
        """Take nothing new."""
        self._stopping.set()
        self._bell.ring()

    def stop(self, seconds: float = 30) -> None:
        """Take nothing new; wait for what is running, at most so long.  What is left is taken up by the next crew."""
        self.retire()
        for thread in self._threads:
            thread.join(seconds)

    def _guarded(self, loop: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            while not self._stopping.is_set():
                try:
                    loop()
                except (Unavailable, OverQuota):
                    self._bell.wait(self._shift.poll_seconds)
                except Exception:
                    log.exception("job loop failed")
                    self._bell.wait(self._shift.poll_seconds)

        return run

    def _kinds_of(self, thread: int) -> list[str]:
        """What a thread takes up: the first ones everything, the others only what there may be any number of at once.

        One thread at least, where there are several, is never held up by long jobs.
        """
        most = max(1, self._shift.threads - 1)
        bounds = {kind.name: kind.at_once(self._context) for kind in self._registry if kind.at_once is not None}
        return [name for name in self._registry.names() if name not in bounds or thread < min(most, bounds[name])]

    def _work(self, kinds: list[str]) -> None:
        last: tuple[Job, Setback | None] | None = None
        try:
            while not self._stopping.is_set():
                job, last = self._turn(kinds, last), None
                if job is None:
                    self._bell.wait(self._shift.poll_seconds)
                else:
                    last = job, self._run(job)
        finally:
            if last is not None:
                self._settle_alone(last)

    def _turn(self, kinds: list[str], last: tuple[Job, Setback | None] | None) -> Job | None:
        """Settle the last job and claim the next in one transaction; an idle look only reads."""
        now = self._clock()
        if last is None:
            with self._database.session(writes=False) as db:
                if not queue.has_due(db, self._shift.lease, kinds=kinds, now=now):
                    return None
        with self._database.session(writes=True) as db:
            if last is not None:
                self._settle(db, *last)
            taken = queue.claim(db, self._shift.lease, kinds=kinds, most=1, now=now)
            db.commit()
        for job in taken:
            self._running[job.id] = True
        return taken[0] if taken else None

    def _settle_alone(self, last: tuple[Job, Setback | None]) -> None:
        with self._database.session(writes=True) as db:
            self._settle(db, *last)
            db.commit()

    def _settle(self, db: Session, job: Job, setback: Setback | None) -> None:
        self._running.pop(job.id, None)
        if setback is None:
            queue.finish(db, self._shift.lease, job.id, keep=self._registry[job.kind].keep, now=self._clock())
        else:
            queue.set_back(db, self._shift.lease, job, setback, self._clock())

    def _run(self, job: Job) -> Setback | None:
        try:
            return self._try(job)
        except BaseException:  # could not even be given up: its lease ends, and then it is looked at again
            self._running.pop(job.id, None)
            raise

    def _try(self, job: Job) -> Setback | None:
        kind = self._registry[job.kind]
        task = Task(job.id, job.kind, job.subject, job.args, job.attempts, self._reporter(job.id))
        try:
            with spans.around("job", {"kind": job.kind, "attempt": job.attempts}):
                kind.run(self._context, task)
        except Cancelled:
            return Setback("It was cancelled.", cancelled=True)
        except Exception as error:
            setback = _setback(error)
            log.warning(
                "job failed",
                kind=job.kind,
                subject=job.subject,
                attempt=job.attempts,
                reason=setback.reason,
                exc_info=not isinstance(error, Problem),
            )
            if queue.verdict(self._shift.lease, job, setback) == State.failed:
                self._give_up(job, setback.reason)
            return setback
        return None

    def _give_up(self, job: Job, reason: str) -> None:
        gave_up = self._registry[job.kind].gave_up
        if gave_up is not None:
            gave_up(self._context, Task(job.id, job.kind, job.subject, job.args, job.attempts), reason)

    def _reporter(self, job_id: int) -> Callable[[float, str], bool]:
        def report(share: float, note: str) -> bool:
            if self._stopping.is_set():
                raise Unavailable("The worker stops; the next one begins anew.")
            with self._database.session(writes=True) as db:
                goes_on = queue.report(db, self._shift.lease, job_id, share=share, note=note)
                db.commit()
            return goes_on

        return report

    def _watch(self) -> None:
        """Keep our leases, free those of the dead, put scheduled work on the table."""
        while not self._stopping.is_set():
            self._keep_house()
            self._stopping.wait(min(5.0, self._shift.lease.seconds / 4))

    def _keep_house(self) -> None:
        now, lease = self._clock(), self._shift.lease
        with self._database.session(writes=True) as db:
            if self._running:
                queue.renew(db, lease, list(self._running), now)
            queue.reclaim(db, dead_owners=None, now=now)
            queue.forget_finished(db, before=now - timedelta(days=self._shift.keep_days))
            lost = queue.exhausted(db, lease, kinds=self._registry.names())
            db.commit()
        if self._put_scheduled():
            self._bell.ring()
        for job in lost:
            self._give_up(job, job.error or "The worker stopped in the middle.")
        if lost:
            with self._database.session(writes=True) as db:
                queue.quarantine(db, [job.id for job in lost], now)
                db.commit()

    def _put_scheduled(self) -> bool:
        """Put on the table what is due; of all crews the first does so.  Answers whether this one did."""
        now = self._clock()
        regular = {kind.name: kind for kind in self._registry if kind.every is not None}
        with self._database.session(writes=False) as db:
            known = {row.name: row.next_at for row in db.execute(select(Schedule.name, Schedule.next_at))}
        if unknown := [kind for name, kind in regular.items() if name not in known]:
            rows = [{"name": kind.name, "next_at": now + kind.every} for kind in unknown]
            with self._database.session(writes=True) as db:
                db.execute(insert_for(db)(table_of(Schedule)).on_conflict_do_nothing(), rows)
                db.commit()
        due = [kind for name, kind in regular.items() if known.get(name, now + kind.every) <= now]
        return sum([self._put(kind, kind.every, now) for kind in due]) > 0

    def _put(self, kind: JobKind[Context], every: timedelta, now: datetime) -> bool:
        """Add its job, unless another crew was first.  In a transaction of its own: who holds jobs waits for none."""
        with self._database.session(writes=True) as db:
            mine = update(Schedule).where(Schedule.name == kind.name, Schedule.next_at <= now)
            moved = db.execute(mine.values(next_at=now + every).returning(Schedule.name)).scalar_one_or_none()
            added = moved and Queue(db, now).add(kind.name, terms=Queued(priority=kind.priority))
            db.commit()
        return added is not None


def _setback(error: Exception) -> Setback:
    if isinstance(error, Unavailable | OverQuota):
        return Setback(error.detail, blameless=True)
    if isinstance(error, Invalid | NotFound):
        return Setback(error.detail, final=True)
    if isinstance(error, Problem):
        return Setback(error.detail)
    return Setback(f"It failed unexpectedly ({type(error).__name__}).")


def free_abandoned(database: Sessions, dead_owners: str, clock: Clock) -> int:
    """Free at once what workers whose name begins so had claimed; returns how many jobs.  They must have ended."""
    with database.session(writes=True) as db:
        freed = queue.reclaim(db, dead_owners=dead_owners, now=clock())
        db.commit()
    return freed
