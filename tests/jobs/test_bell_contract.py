"""What every bell promises, within one process and across RabbitMQ."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests import rabbitmq
from tests.installation import wait_until
from tests.jobs.conftest import Table

from albumen.jobs.bell import Bell, LocalBell
from albumen.jobs.local import Crew, Shift
from albumen.jobs.queue import Lease, Terms
from albumen.jobs.rabbit_bell import Manner, RabbitBell
from albumen.jobs.registry import JobKind, Priority, Registry, Task

FOREVER = 3600


@pytest.fixture(params=["local", "rabbitmq"])
def bells(request: pytest.FixtureRequest) -> Iterator[tuple[Bell, Bell]]:
    """One to ring, and one to wait at: that of another process, where there can be one."""
    if request.param == "local":
        bell = LocalBell()
        yield bell, bell
        return
    broker = rabbitmq.place()
    ringing, waiting = (RabbitBell(broker, Manner(look_seconds=FOREVER)) for _ in range(2))
    yield ringing, waiting
    ringing.close()
    waiting.close()


@contextmanager
def waiters(bell: Bell, count: int = 1) -> Iterator[list[int]]:
    """Threads that wait at a bell, each noting when it was woken."""
    woken: list[int] = []
    stopping = threading.Event()

    def wait(number: int) -> None:
        while not stopping.is_set():
            bell.wait(FOREVER)
            woken.append(number)

    threads = [threading.Thread(target=wait, args=(number,), daemon=True) for number in range(count)]
    for each in threads:
        each.start()
    yield woken
    stopping.set()
    for each in threads:
        wait_until(lambda each=each: bell.ring() or not each.is_alive())  # type: ignore[misc, func-returns-value]  # ring, then look


def test_who_waits_is_woken_each_time(bells: tuple[Bell, Bell]) -> None:
    ringing, waiting = bells
    with waiters(waiting) as woken:
        for _ in range(5):
            before = len(woken)
            ringing.ring({Priority.now: 1})
            wait_until(lambda before=before: len(woken) > before)  # type: ignore[misc]  # bound now
        assert set(woken) == {0}


@pytest.mark.parametrize("which", Priority)
def test_every_class_is_heard_by_all_threads(bells: tuple[Bell, Bell], which: Priority) -> None:
    ringing, waiting = bells
    with waiters(waiting, 3) as woken:
        before = len(woken)
        ringing.ring({which: 1})
        wait_until(lambda: set(woken[before:]) == {0, 1, 2})
        assert not {0, 1, 2} - set(woken)


def test_a_wait_ends_by_itself(bells: tuple[Bell, Bell]) -> None:
    fresh: Bell = LocalBell() if isinstance(bells[0], LocalBell) else _away()
    waiter = threading.Thread(target=fresh.wait, args=(0.01,), daemon=True)
    waiter.start()
    waiter.join(30)
    assert not waiter.is_alive()
    fresh.close()


def _away() -> RabbitBell:
    """One whose broker is not there: then workers look as often as they are told."""
    return RabbitBell(rabbitmq.place("amqp://127.0.0.1:1/"), Manner(look_seconds=FOREVER))


def test_a_closed_bell_may_be_rung(bells: tuple[Bell, Bell]) -> None:
    for bell in bells:
        bell.close()
        bell.ring({Priority.now: 3})
        bell.ring()
        bell.close()
        bell.wait(0)
        tally = bell.tally()
        assert tally is None or tally.rings == 0


def test_jobs_of_many_threads_are_each_done_once_by_a_crew_elsewhere(table: Table, bells: tuple[Bell, Bell]) -> None:
    ringing, waiting = bells
    ran: list[str] = []
    work: JobKind[Any] = JobKind("work", lambda _, task: ran.append(task.subject))
    shift = Shift(Lease("there", 60), waiting, table.clock, threads=2, poll_seconds=FOREVER)
    crew: Crew[None] = Crew(None, Registry([work]), table.database, shift)
    crew.start()

    def add(first: int) -> None:
        for number in range(first, first + 4):
            table.add("work", str(number), Terms(once=False))
            ringing.ring({Priority.usual: 1})

    threads = [threading.Thread(target=add, args=(first,)) for first in (0, 4, 8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    wait_until(lambda: len(ran) >= 12)
    crew.stop()
    assert sorted(map(int, ran)) == list(range(12))


def test_stopping_wakes_a_crew_that_waits(table: Table, bells: tuple[Bell, Bell]) -> None:
    def run(_: Any, task: Task) -> None:
        """Nothing."""

    shift = Shift(Lease("there", 60), bells[1], table.clock, threads=3, poll_seconds=FOREVER)
    crew: Crew[None] = Crew(None, Registry([JobKind("work", run)]), table.database, shift)
    crew.start()
    crew.stop(60)
    assert not [each for each in threading.enumerate() if each.name.startswith("job-")]
