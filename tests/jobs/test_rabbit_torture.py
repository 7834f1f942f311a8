"""Workers that are real processes: the broker is away for long, and workers are killed in the middle of jobs."""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from tests import rabbitmq
from tests.installation import wait_until
from tests.jobs.conftest import Table

from albumen.db.engine import Database
from albumen.jobs.local import Crew, Shift
from albumen.jobs.queue import Lease, Terms
from albumen.jobs.rabbit import Broker
from albumen.jobs.rabbit_bell import RabbitBell
from albumen.jobs.registry import JobKind, Priority, Registry, Task

pytestmark = pytest.mark.torture

AWAY_SECONDS = float(os.environ.get("ALBUMEN_AWAY_SECONDS", "60"))
"""How long the broker is away; ten minutes, or an hour, go the same way."""

BACK_SECONDS = 120
KILLS = 100
processes = get_context("forkserver")
processes.set_forkserver_preload([__name__])


def _work(url: str, broker: Broker, folder: Path, seconds: float) -> None:
    """What each process does until it is killed: jobs with a beginning, a middle, and one effect."""

    def run(_: object, task: Task) -> None:
        begun = folder / f"begun-{task.subject}-{os.getpid()}-{time.monotonic_ns()}"
        begun.write_text(task.subject)
        threading.Event().wait(seconds)
        if not (folder / f"done-{task.subject}").exists():
            os.link(begun, folder / f"done-{task.subject}")  # refused where somebody else was first after all
            with (folder / "ledger").open("a") as ledger:
                ledger.write(f"{task.subject}\n")

    lease = Lease(str(os.getpid()), 5, attempts=10_000)
    shift = Shift(lease, RabbitBell(broker), lambda: datetime.now(UTC), threads=2)
    Crew(None, Registry([JobKind("work", run)]), Database(url), shift).start()
    while True:
        threading.Event().wait(3600)


class Workers:
    """Three processes at work; one that is killed is followed by another."""

    def __init__(self, table: Table, broker: Broker, folder: Path, seconds: float) -> None:
        url = table.database.engine.url.render_as_string(hide_password=False)
        self._how, self.folder = (url, broker, folder, seconds), folder
        self._living: dict[int | None, ForkServerProcess] = {}
        for _ in range(3):
            self._start()

    def _start(self) -> None:
        process = processes.Process(target=_work, args=self._how, daemon=True)
        process.start()
        self._living[process.pid] = process

    def kill_one(self) -> bool:
        """Kill one that is in the middle of a job, if there is any now."""
        done = {each.name.split("-")[1] for each in self.folder.glob("done-*")}
        busy = {int(pid) for _, subject, pid, _ in map(_parts, self.folder.glob("begun-*")) if subject not in done}
        chosen = sorted(busy & self._living.keys())
        if not chosen:
            return False
        victim = self._living.pop(random.choice(chosen))
        victim.kill()
        victim.join()
        self._start()
        return True

    def close(self) -> None:
        for each in self._living.values():
            each.kill()
            each.join()


def _parts(file: Path) -> list[str]:
    return file.name.split("-")


@pytest.fixture
def begin(table: Table, tmp_path: Path) -> Iterator[Callable[[Broker, float], Workers]]:
    """Starts workers, whose files lie in a folder of their own."""
    made: list[Workers] = []

    def make(broker: Broker, seconds: float) -> Workers:
        folder = tmp_path / "work"
        folder.mkdir()
        made.append(Workers(table, broker, folder, seconds))
        return made[-1]

    yield make
    for each in made:
        each.close()


def check_each_once(table: Table, workers: Workers, count: int) -> None:
    """Every job had its effect, no job is left, and no effect was had twice."""
    assert table.all() == []
    subjects = sorted(int(each.name.split("-")[1]) for each in workers.folder.glob("done-*"))
    assert subjects == list(range(count))
    noted = (workers.folder / "ledger").read_text().split()
    assert len(noted) == len(set(noted))


def test_a_broker_that_is_away_for_long(table: Table, begin: Callable[[Broker, float], Workers]) -> None:
    with closing(rabbitmq.Wire()) as wire:
        broker = rabbitmq.place(wire.url)
        workers, bell, count = begin(broker, 0.05), RabbitBell(broker), 0

        def add(many: int) -> None:
            nonlocal count
            for _ in range(many):
                table.add("work", str(count), Terms(once=False))
                bell.ring({Priority.usual: 1})
                count += 1

        add(20)
        wait_until(lambda: bell.tally().rings >= 20)
        wire.cut()
        end = time.monotonic() + AWAY_SECONDS
        while time.monotonic() < end:
            add(1)
            threading.Event().wait(0.2)
        assert not bell.tally().is_up
        add(50)
        wire.mend()
        wait_until(table.is_quiet, "all jobs", BACK_SECONDS)
        wait_until(lambda: bell.tally().is_up, "the broker", BACK_SECONDS)
        check_each_once(table, workers, count)
        bell.close()


def test_workers_that_are_killed_in_the_middle(table: Table, begin: Callable[[Broker, float], Workers]) -> None:
    broker = rabbitmq.place()
    workers, bell, count = begin(broker, 0.2), RabbitBell(broker), 2 * KILLS
    for number in range(count):
        table.add("work", str(number), Terms(once=False))
        bell.ring({Priority.usual: 1})
    for _ in range(KILLS):
        wait_until(workers.kill_one, "somebody at work", 60)
    wait_until(table.is_quiet, "all jobs", 240)
    check_each_once(table, workers, count)
    bell.close()
