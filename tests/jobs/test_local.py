"""Crews: threads that work through the table, and what becomes of jobs that go wrong."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.installation import TurnableClock, wait_until
from tests.jobs.conftest import Table

from albumen.jobs import local, queue
from albumen.jobs.models import Job, Schedule, State
from albumen.jobs.queue import Lease, Terms
from albumen.jobs.registry import JobKind, Priority, Registry, Task
from albumen.kernel.errors import Invalid, OverQuota, Problem, Unavailable


class Log:
    """What jobs did, as their context."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.given_up: list[tuple[str, str]] = []

    def give_up(self, context: Any, task: Task, reason: str) -> None:
        self.given_up.append((task.subject, reason))


def kind_of(log: Log, error: Exception | None = None, **options: Any) -> JobKind[Any]:
    def run(_: Any, task: Task) -> None:
        log.ran.append(task.subject)
        if error is not None:
            raise error

    return JobKind("work", run, gave_up=log.give_up, **options)


def pass_pauses(table: Table) -> bool:
    """Let the pauses of jobs pass until none is open."""
    table.clock.advance(seconds=30)
    table.bell.ring()
    return table.is_quiet()


@pytest.fixture
def log() -> Log:
    return Log()


def test_a_crew_runs_what_is_there_each_once(table: Table, log: Log) -> None:
    for number in range(50):
        table.add("work", str(number))
    with table.crew(kind_of(log), threads=4):
        wait_until(table.is_quiet)
    assert sorted(map(int, log.ran)) == list(range(50))
    assert table.all() == []


def test_two_crews_share_the_work(table: Table, log: Log) -> None:
    for number in range(60):
        table.add("work", str(number))
    with table.crew(kind_of(log), threads=2, owner="one"), table.crew(kind_of(log), threads=2, owner="two"):
        wait_until(table.is_quiet)
    assert len(log.ran) == len(set(log.ran)) == 60


def test_an_error_without_words_is_tried_three_times_then_given_up(table: Table, log: Log) -> None:
    table.add("work", "x")
    with table.crew(kind_of(log, ValueError("/secret/path"))):
        wait_until(lambda: pass_pauses(table))
    assert log.ran == ["x"] * 3
    [(subject, reason)] = log.given_up
    assert (subject, "ValueError" in reason, "secret" in reason) == ("x", True, False)
    assert (table.job().state, table.job().error) == (State.failed, reason)


def test_a_problem_is_given_up_with_its_own_words(table: Table, log: Log) -> None:
    table.add("work", "x")
    with table.crew(kind_of(log, Problem("The decoder crashed."))):
        wait_until(lambda: pass_pauses(table))
    assert (len(log.ran), log.given_up) == (3, [("x", "The decoder crashed.")])


def test_wrong_input_is_not_tried_again(table: Table, log: Log) -> None:
    table.add("work", "x")
    with table.crew(kind_of(log, Invalid("This is no photo."))):
        wait_until(table.is_quiet)
    assert (log.ran, log.given_up) == (["x"], [("x", "This is no photo.")])


@pytest.mark.parametrize("error", [Unavailable(), OverQuota()])
def test_what_is_nobodys_fault_is_tried_until_it_works(table: Table, log: Log, error: Problem) -> None:
    def run(_: Any, task: Task) -> None:
        log.ran.append(task.subject)
        if len(log.ran) <= 6:
            raise error

    table.add("work", "x")
    with table.crew(JobKind("work", run, gave_up=log.give_up)):
        wait_until(lambda: pass_pauses(table))
    assert (len(log.ran), log.given_up, table.all()) == (7, [], [])


def test_a_running_job_stops_when_asked(table: Table, log: Log) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def run(_: Any, task: Task) -> None:
        task.progress(0.1, "begun")
        begun.set()
        goes_on.wait(20)
        task.progress(0.2)
        log.ran.append("too far")

    job_id = table.add("work")
    with table.crew(JobKind("work", run, gave_up=log.give_up)):
        assert begun.wait(20)
        assert (table.job().progress, table.job().note) == (0.1, "begun")
        table.write(queue.cancel, job_id, table.clock())
        goes_on.set()
        wait_until(table.is_quiet)
    assert (table.job().state, log.ran, log.given_up) == (State.cancelled, [], [])


def test_a_long_job_keeps_its_lease(table: Table, log: Log) -> None:
    goes_on = threading.Event()

    def run(_: Any, task: Task) -> None:
        log.ran.append(task.subject)
        goes_on.wait(60)

    table.clock = TurnableClock(is_stopped=True)
    table.add("work")
    with table.crew(JobKind("work", run), seconds=2):
        wait_until(lambda: log.ran)
        with table.crew(kind_of(log), seconds=2, owner="thief"):
            for _ in range(3):
                table.clock.advance(seconds=1.5)
                wait_until(lambda: lease_left(table) > 1.9, "the lease to be kept")
            goes_on.set()
            wait_until(table.is_quiet)
    assert len(log.ran) == 1


def lease_left(table: Table) -> float:
    until = table.job().lease_until
    assert until is not None
    return (until - table.clock()).total_seconds()


def test_a_job_that_kills_its_workers_is_quarantined_and_told(table: Table, log: Log) -> None:
    table.add("work", "poison")
    for _ in range(Lease("dead", 60).starts):
        table.write(queue.claim, Lease("dead", 60), kinds=["work"], most=1, now=table.clock())
        table.clock.advance(seconds=61)
        table.write(queue.reclaim, dead_owners=None, now=table.clock())
    with table.crew(kind_of(log)):
        wait_until(table.is_quiet)
    assert (log.ran, log.given_up) == ([], [("poison", "The worker stopped in the middle.")])
    assert table.job().state == State.failed


def test_a_job_that_cannot_be_given_up_is_taken_up_again(table: Table, log: Log) -> None:
    tries: list[str] = []

    def give_up(context: Any, task: Task, reason: str) -> None:
        tries.append(reason)
        if len(tries) == 1:
            raise Unavailable
        log.give_up(context, task, reason)

    table.add("work", "x")
    run = kind_of(log, Invalid("no photo")).run
    with table.crew(JobKind("work", run, gave_up=give_up), seconds=1):
        wait_until(table.is_quiet)
    assert (log.given_up, table.job().state) == ([("x", "no photo")], State.failed)


def test_an_old_kind_that_nobody_knows_stays_and_harms_nobody(table: Table, log: Log) -> None:
    table.add("forgotten", "x")
    with table.database.session(writes=True) as db:
        db.query(Job).update({Job.attempts: 100})
        db.commit()
    table.add("work", "y")
    with table.crew(kind_of(log)):
        wait_until(lambda: len(table.all()) == 1)
    assert (log.ran, table.job().kind) == (["y"], "forgotten")


def test_scheduled_work_runs_once_for_all_crews(table: Table, log: Log) -> None:
    kind = kind_of(log, priority=Priority.later, every=timedelta(hours=1), keep=True)
    with table.crew(kind, owner="one", seconds=1), table.crew(kind, owner="two", seconds=1):
        wait_until(lambda: next_at(table) is not None)
        assert table.all() == []
        for turn in range(1, 4):
            table.clock.advance(hours=1)
            wait_until(lambda turn=turn: len(log.ran) == turn and table.is_quiet())  # type: ignore[misc]  # bound now
    assert [job.priority for job in table.all()] == [Priority.later] * 3


def next_at(table: Table) -> Any:
    with table.database.session(writes=False) as db:
        return db.scalar(select(Schedule.next_at))


def test_a_bell_wakes_a_sleeping_crew(table: Table, log: Log) -> None:
    shift = local.Shift(Lease("me", 60), table.bell, table.clock, threads=1, poll_seconds=3600)
    crew = local.Crew(None, Registry([kind_of(log)]), table.database, shift)
    crew.start()
    for turn in range(5):
        table.add("work", str(turn), Terms(once=False))
        wait_until(lambda turn=turn: len(log.ran) > turn)  # type: ignore[misc]  # bound now
    crew.stop()
    assert log.ran == ["0", "1", "2", "3", "4"]


def test_a_ring_while_busy_is_heard_afterwards(table: Table) -> None:
    table.bell.ring()
    table.bell.wait(3600)
    woken = threading.Event()

    def listen() -> None:
        for seconds in (0, 3600):
            table.bell.wait(seconds)
        woken.set()

    waiter = threading.Thread(target=listen)
    waiter.start()
    wait_until(lambda: table.bell.ring() or woken.is_set())  # type: ignore[func-returns-value]  # ring, then look
    waiter.join()
    assert woken.is_set()


def test_stopping_waits_for_what_runs_and_takes_nothing_new(table: Table, log: Log) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def run(_: Any, task: Task) -> None:
        begun.set()
        goes_on.wait(20)
        log.ran.append(task.subject)

    table.add("work", "first")
    table.add("work", "second")
    shift = local.Shift(Lease("me", 60), table.bell, table.clock, threads=1, poll_seconds=0.02)
    crew = local.Crew(None, Registry([JobKind[Any]("work", run)]), table.database, shift)
    crew.start()
    assert begun.wait(20)
    threading.Timer(0.05, goes_on.set).start()
    crew.stop(20)
    assert log.ran == ["first"]
    assert [(job.subject, job.state) for job in table.all()] == [("second", State.ready)]
