"""Several processes on one database: scheduled work is done once, and nobody takes what another is at."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import select, update
from tests import databases
from tests.installation import Installation, wait_until
from tests.jobs.conftest import Table

from albumen import worker
from albumen.db.engine import Database
from albumen.jobs.bell import LocalBell
from albumen.jobs.local import Crew, Shift
from albumen.jobs.models import Job, Schedule, State
from albumen.jobs.queue import Lease, Queue
from albumen.jobs.registry import JobKind, Registry, Task
from albumen.kernel.actor import SYSTEM

KINDS = [f"regular-{n}" for n in range(8)]


def _work(url: str, told: Connection, owner: str) -> None:
    """What each process does: a crew whose jobs say that they run."""
    database = Database(url)

    def run(_: object, task: Task) -> None:
        told.send(task.kind)

    kinds: list[JobKind[None]] = [JobKind(name, run, every=timedelta(hours=1)) for name in KINDS]
    shift = Shift(Lease(owner, 60), LocalBell(), lambda: datetime.now(UTC), 1, poll_seconds=0.05)
    crew: Crew[None] = Crew(None, Registry(kinds), database, shift)
    crew.start()
    told.send("ready")
    told.recv()
    crew.stop()
    database.close()


@contextmanager
def processes(url: str, count: int) -> Iterator[list[Connection]]:
    """So many crews, each in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    ends = [spawn.Pipe() for _ in range(count)]
    started = [spawn.Process(target=_work, args=(url, theirs, f"crew-{n}")) for n, (_, theirs) in enumerate(ends)]
    for each in started:
        each.start()
    try:
        yield [ours for ours, _ in ends]
    finally:
        for ours, _ in ends:
            ours.send("end")
        for each in started:
            each.join(60)
        assert [each.exitcode for each in started] == [0] * count


def test_what_is_due_runs_once_however_many_processes_look(table: Table, tmp_path: Path) -> None:
    hour_ago = datetime.now(UTC) - timedelta(minutes=1)
    with table.database.session(writes=True) as db:
        db.add_all(Schedule(name=name, next_at=hour_ago) for name in KINDS)
        db.commit()
    ran: list[str] = []
    with processes(databases.url_for(tmp_path) or f"sqlite:///{tmp_path / 'albumen.db'}", 2) as told:
        wait_until(lambda: _heard(told, ran) and len(ran) >= len(KINDS) + 2 and table.is_quiet(), "the jobs", 120)
    _heard(told, ran)
    assert sorted(ran) == sorted([*KINDS, "ready", "ready"])


def _heard(told: list[Connection], ran: list[str]) -> bool:
    for each in told:
        while each.poll():
            try:
                ran.append(each.recv())
            except EOFError:
                break
    return True


def test_a_server_frees_what_its_own_data_directory_left_and_nothing_of_others(
    installation: Installation, tmp_path: Path
) -> None:
    settings = installation.app.settings.model_copy(update={"data_dir": tmp_path / "other"})
    (tmp_path / "other").mkdir()
    beside = Installation(replace(installation.app, settings=settings), installation.clock)
    ours, theirs = (worker.crew(each.app, worker.SERVE)._shift.lease.owner for each in (installation, beside))
    with installation.app.writing(SYSTEM) as unit:
        for n, owner in enumerate((ours, theirs)):
            Queue(unit.db, unit.now).add("purge", str(n))
            unit.db.execute(update(Job).where(Job.subject == str(n)).values(state=State.running, owner=owner))
    worker.free_abandoned(installation.app)
    with installation.app.reading(SYSTEM) as unit:
        states = {job.owner: job.state for job in unit.db.scalars(select(Job))}
    assert states == {ours: State.ready, theirs: State.running}
