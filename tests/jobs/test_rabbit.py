"""The bell on RabbitMQ: what happens while the broker is away, silent, full, or fed with what is no ring."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from tests import rabbitmq
from tests.installation import wait_until
from tests.jobs.conftest import Table

from albumen.jobs import letters
from albumen.jobs.bell import DeadLetter
from albumen.jobs.models import State
from albumen.jobs.rabbit import DELIVERIES, MOST_WAITING, Broker, Ringing, is_ring
from albumen.jobs.rabbit_bell import MOST_RINGS, Manner, RabbitBell
from albumen.jobs.registry import JobKind, Priority
from albumen.kernel.errors import Unavailable

QUICK = Manner(look_seconds=3600, first_pause=0.02, longest_pause=0.1, letter_seconds=0)
NOW = {Priority.now: 1}


@pytest.fixture
def wire() -> Iterator[rabbitmq.Wire]:
    with closing(rabbitmq.Wire()) as wire:
        yield wire


@pytest.fixture
def bell() -> Iterator[Callable[[Broker], RabbitBell]]:
    """Makes bells, and hangs all of them up."""
    made: list[RabbitBell] = []

    def make(broker: Broker) -> RabbitBell:
        made.append(RabbitBell(broker, QUICK))
        return made[-1]

    yield make
    for each in made:
        each.close()


Bells = Callable[[Broker], RabbitBell]


@contextmanager
def waiting(bell: RabbitBell) -> Iterator[None]:
    """A thread waits at the bell, and its line is up."""
    stopping = threading.Event()

    def wait() -> None:
        while not stopping.is_set():
            bell.wait(3600)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    wait_until(lambda: bell.tally().is_up and bell.tally().connects)
    yield
    stopping.set()
    wait_until(lambda: bell.ring() or not thread.is_alive())  # type: ignore[func-returns-value]  # ring, then look


@contextmanager
def channel() -> Iterator[BlockingChannel]:
    """Another program's, on the same broker."""
    with pika.BlockingConnection(pika.URLParameters(rabbitmq.url())) as connection:
        yield connection.channel()


def lying(queue: str) -> int:
    """How many messages a queue holds."""
    with channel() as other:
        return int(other.queue_declare(queue, passive=True).method.message_count)


@pytest.mark.parametrize(
    ("body", "is_one"),
    [
        (b'{"class": "now"}', True),
        (b'{"class": "later", "since": 7}', True),
        (b'{"class": "never"}', False),
        (b'{"class": ["now"]}', False),
        (b'["now"]', False),
        (b"\xff\xfe", False),
        (b"", False),
        (b"[" * 4000, False),
        (b'{"class": "now", "more": "' + b"x" * 5000 + b'"}', False),
    ],
)
def test_what_a_ring_is(body: bytes, is_one: bool) -> None:
    assert is_ring(body) is is_one


def test_passwords_are_not_shown() -> None:
    assert "secret" not in repr(Broker(("amqp://albumen:secret@broker/",)))


def test_a_broker_that_is_not_there_is_called_until_it_is(wire: rabbitmq.Wire, bell: Bells) -> None:
    wire.cut()
    broker = rabbitmq.place(wire.url)
    near, far = bell(broker), bell(broker)
    near.ring(NOW)
    far.wait(0.01)
    wait_until(lambda: near.tally().failures > 2 and far.tally().failures > 2)
    assert (near.tally().is_up, near.tally().rings) == (False, 0)
    wire.mend()
    with waiting(far):
        wait_until(lambda: far.tally().heard == 1, "the ring from before")
    wait_until(lambda: near.tally().is_up)
    assert near.tally().rings == 1


def test_a_broker_that_goes_and_comes_back(wire: rabbitmq.Wire, bell: Bells) -> None:
    broker = rabbitmq.place(wire.url)
    near, far = bell(broker), bell(broker)
    with waiting(far):
        for turn in range(1, 4):
            near.ring(NOW)
            wait_until(lambda turn=turn: far.tally().heard >= turn)  # type: ignore[misc]  # bound now
            wire.cut()
            wait_until(lambda: not far.tally().is_up)
            near.ring(NOW)
            wire.mend()
            wait_until(lambda: far.tally().is_up)
        wait_until(lambda: far.tally().heard >= 6, "what was rung while it was away")
    assert far.tally().connects == 4


def test_without_a_broker_workers_look_for_themselves(wire: rabbitmq.Wire, bell: Bells, table: Table) -> None:
    there = bell(rabbitmq.place(wire.url))
    ran: list[str] = []
    table.bell = there
    with table.crew(JobKind("work", lambda _, task: ran.append(task.subject)), threads=2):
        wait_until(lambda: there.tally().is_up and there.tally().connects)
        wire.cut()
        wait_until(lambda: not there.tally().is_up)
        table.bell = bell(rabbitmq.place("amqp://127.0.0.1:1/"))
        for number in range(10):
            table.add("work", str(number))
        wait_until(lambda: len(ran) == 10)
    assert sorted(ran) == sorted(map(str, range(10)))


def test_who_rings_never_waits_for_a_broker_that_is_stuck(wire: rabbitmq.Wire, bell: Bells) -> None:
    near = bell(rabbitmq.place(wire.url))
    near.ring(NOW)
    wait_until(lambda: near.tally().rings == 1)
    wire.hush()
    rung = threading.Event()

    def ring() -> None:
        for _ in range(1_000):
            near.ring(dict.fromkeys(Priority, 3))
        rung.set()

    threading.Thread(target=ring, daemon=True).start()
    assert rung.wait(30)
    assert near.tally().rings == 1
    wire.cut()
    wait_until(lambda: not near.tally().is_up)
    wire.mend()
    wait_until(lambda: near.tally().rings == 1 + MOST_RINGS * len(Priority), "what was kept, and no more")


def test_only_who_has_nothing_to_do_takes_rings(bell: Bells) -> None:
    broker = rabbitmq.place()
    near, busy, idle = bell(broker), bell(broker), bell(broker)
    with waiting(busy):
        pass
    with waiting(idle):
        for turn in range(1, 9):
            near.ring(NOW)
            wait_until(lambda turn=turn: idle.tally().heard == turn)  # type: ignore[misc]  # bound now
    assert busy.tally().heard == 0


def test_a_ring_while_all_are_busy_is_heard_when_one_is_free(bell: Bells) -> None:
    broker = rabbitmq.place()
    near, far = bell(broker), bell(broker)
    for turn in range(1, 4):
        with waiting(far):
            wait_until(lambda turn=turn: far.tally().heard == turn - 1)  # type: ignore[misc]  # bound now
        near.ring(NOW)
        wait_until(lambda turn=turn: near.tally().rings == turn)  # type: ignore[misc]  # bound now
        with waiting(far):
            wait_until(lambda turn=turn: far.tally().heard == turn)  # type: ignore[misc]  # bound now
    assert lying(broker.queue(Priority.now)) == lying(broker.dead) == 0


def test_what_is_rung_last_goes_out_before_the_end(bell: Bells) -> None:
    broker = rabbitmq.place()
    near = bell(broker)
    near.ring({Priority.soon: 2, Priority.later: 1})
    near.close()
    assert (lying(broker.queue(Priority.soon)), lying(broker.queue(Priority.later))) == (2, 1)


def test_enough_rings_are_enough() -> None:
    broker = rabbitmq.place()
    with Ringing(broker) as line:
        with channel() as other:
            for _ in range(MOST_WAITING):
                other.basic_publish("", broker.queue(Priority.now), b'{"class": "now"}')
        wait_until(lambda: not line.ring(Priority.now), "the queue to be full")
        assert line.ring(Priority.soon)
    assert lying(broker.dead) == 0


def test_queues_that_are_taken_away_are_made_anew(bell: Bells) -> None:
    broker = rabbitmq.place()
    near, far = bell(broker), bell(broker)
    near.ring(NOW)
    with waiting(far):
        wait_until(lambda: far.tally().heard == 1)
        with channel() as other:
            for which in Priority:
                other.queue_delete(broker.queue(which))
        near.ring(NOW)
        wait_until(lambda: far.tally().heard >= 2)
    assert far.tally().connects >= 2


def test_what_is_no_ring_becomes_a_failed_job_once(bell: Bells, table: Table) -> None:
    broker = rabbitmq.place()
    far = bell(broker)
    far.keep_dead(lambda letter: table.write(letters.keep, letter, table.clock()))
    with waiting(far), channel() as other:
        for _ in range(3):
            other.basic_publish("", broker.queue(Priority.usual), b"<script>\x00")
        wait_until(lambda: far.ring() or far.tally().dead == 3)  # type: ignore[func-returns-value]  # ring, then look
    job = table.job()
    assert (job.kind, job.state) == (letters.KIND, State.failed)
    assert job.subject.startswith(f"{broker.queue(Priority.usual)}:")
    assert job.error == "The broker could not deliver this (rejected): <script>\N{REPLACEMENT CHARACTER}"
    wait_until(lambda: lying(broker.dead) == 0)


def test_a_ring_that_ends_its_workers_is_given_up(bell: Bells) -> None:
    broker = rabbitmq.place()
    Ringing(broker).close()
    kept: list[DeadLetter] = []
    with channel() as other:
        other.basic_publish("", broker.queue(Priority.now), b'{"class": "now"}')
        given = 0
        while given <= DELIVERIES:
            method, _, _ = other.basic_get(broker.queue(Priority.now))
            if method is not None:
                given += 1
                other.basic_nack(method.delivery_tag)
    far = bell(broker)
    far.keep_dead(kept.append)
    with waiting(far):
        wait_until(lambda: far.ring() or kept)  # type: ignore[func-returns-value]  # ring, then look
    assert kept == [DeadLetter(broker.queue(Priority.now), "delivery_limit", b'{"class": "now"}')]


def test_a_letter_that_cannot_be_kept_now_is_kept_later(bell: Bells) -> None:
    broker = rabbitmq.place()
    far = bell(broker)
    kept: list[DeadLetter] = []
    tries: list[DeadLetter] = []

    def keep(letter: DeadLetter) -> None:
        tries.append(letter)
        if len(tries) < 3:
            raise Unavailable("The database is busy or away.")
        kept.append(letter)

    far.keep_dead(keep)
    with waiting(far), channel() as other:
        other.basic_publish("", broker.dead, b"anything")
        wait_until(lambda: far.ring() or kept)  # type: ignore[func-returns-value]  # ring, then look
    assert kept == [DeadLetter(broker.dead, "put there", b"anything")]
    assert far.tally().failures == 0


def test_letters_are_bounded(table: Table) -> None:
    bodies = [str(number).encode() for number in range(letters.MOST - 1)]
    before = [letters.job_of(DeadLetter("queue", "rejected", body), table.clock()) for body in bodies]
    table.write(lambda db: db.add_all(before))
    for body in (b"one more", b"one too many"):
        table.write(letters.keep, DeadLetter("queue", "rejected", body), table.clock())
    assert [job.error for job in table.all()[letters.MOST - 1 :]] == [
        "The broker could not deliver this (rejected): one more"
    ]
