"""Jobs that take long leave room for others, and go when their crew goes."""

import threading
from typing import Any

from tests.installation import wait_until
from tests.jobs.conftest import Table

from albumen.jobs.models import State
from albumen.jobs.registry import JobKind, Task


class Gate:
    """Where long jobs wait until they may go on, and how many were there at the same time."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.inside = self.most = 0
        self._lock = threading.Lock()

    def long(self, _: Any, task: Task) -> None:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        while not self.opened.wait(0.01):
            task.progress(0.5, "waiting")
        with self._lock:
            self.inside -= 1


def nothing(_: Any, task: Task) -> None:
    """A short job."""


def test_so_many_at_once_and_others_meanwhile(table: Table) -> None:
    gate = Gate()
    for number in range(6):
        table.add("long", str(number))
    with table.crew(JobKind("long", gate.long, at_once=lambda _: 2), JobKind("short", nothing), threads=4):
        wait_until(lambda: gate.inside == 2, "two long jobs")
        for number in range(20):
            table.add("short", str(number))
        wait_until(lambda: not [job for job in table.all() if job.kind == "short"], "the short ones")
        gate.opened.set()
        wait_until(table.is_quiet)
    assert gate.most == 2


def test_one_thread_is_kept_for_others_however_many_are_allowed(table: Table) -> None:
    gate = Gate()
    for number in range(6):
        table.add("long", str(number))
    with table.crew(JobKind("long", gate.long, at_once=lambda _: 9), JobKind("short", nothing), threads=3):
        wait_until(lambda: gate.inside == 2, "two long jobs")
        table.add("short")
        wait_until(lambda: not [job for job in table.all() if job.kind == "short"], "the short one")
        gate.opened.set()
        wait_until(table.is_quiet)
    assert gate.most == 2


def test_a_crew_of_one_runs_long_jobs_too(table: Table) -> None:
    gate = Gate()
    gate.opened.set()
    table.add("long")
    with table.crew(JobKind("long", gate.long, at_once=lambda _: 1), threads=1):
        wait_until(table.is_quiet)
    assert gate.most == 1


def test_a_job_that_reports_goes_with_its_crew_and_counts_no_attempt(table: Table) -> None:
    gate = Gate()
    table.add("long")
    with table.crew(JobKind("long", gate.long)):
        wait_until(lambda: gate.inside == 1, "the job")
    assert (table.job().state, table.job().attempts) == (State.ready, 0)
