"""RabbitMQ, as far as a bell needs it: the queues, a line on which rings go out, a line on which they are heard.

There is one durable quorum queue for each class of jobs, so that an urgent ring never stands behind a heap of others,
and one for what could not be taken up.  A ring says only that there is a job of its class: which, the table knows.
"""

import json
import logging
import os
import random
import socket
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Self

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError, ConsumerCancelled, NackError

from albumen.jobs.bell import DeadLetter
from albumen.jobs.registry import Priority

FAULTS: Final = (AMQPError, AMQPConnectorException, OSError)
"""What goes wrong on a line."""

MOST_WAITING: Final = 1000
"""Rings that wait in a queue.  More are refused: whoever comes to hear so many looks into the table all the same."""

MOST_DEAD: Final = 1000
DELIVERIES: Final = 20
"""After so many, each of which ended with its worker, or was given back, a ring counts as dead."""

_HEARTBEAT: Final = 10
_HELD_SECONDS: Final = 0.1
_TRIES: Final = 20
_SHOWN: Final = 4096
_NAMES: Final = [which.name for which in Priority]

logging.getLogger("pika").setLevel(logging.CRITICAL)  # what goes wrong is told once, in our own words


@dataclass(frozen=True)
class Broker:
    """Where the queues are: the first of these addresses that answers.  `silent_seconds` bounds every wait."""

    urls: tuple[str, ...] = field(repr=False)
    prefix: str = "albumen"
    silent_seconds: float = 5.0

    @property
    def dead(self) -> str:
        """The queue of what could not be taken up."""
        return f"{self.prefix}.dead"

    def queue(self, which: Priority) -> str:
        """The queue of a class."""
        return f"{self.prefix}.jobs.{which.name}"

    def parameters(self, purpose: str) -> list[pika.ConnectionParameters]:
        """How to connect, in an order of chance, so that the nodes of a broker share the lines."""
        found = [self._parameters(url, purpose) for url in self.urls]
        return random.sample(found, len(found))

    def _parameters(self, url: str, purpose: str) -> pika.ConnectionParameters:
        made = pika.URLParameters(url)
        made.heartbeat = _HEARTBEAT
        made.socket_timeout = made.stack_timeout = made.blocked_connection_timeout = self.silent_seconds
        made.connection_attempts = 1
        name = f"albumen {purpose} {socket.gethostname()}:{os.getpid()}"
        made.client_properties = {"connection_name": name, "product": "Albumen"}
        return made


class _Line:
    """A connection with one channel, the queues declared."""

    def __init__(self, broker: Broker, purpose: str) -> None:
        self.broker = broker
        self._connection = pika.BlockingConnection(broker.parameters(purpose))
        try:
            self._channel: BlockingChannel = self._connection.channel()
            _declare(self._channel, broker)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        with suppress(*FAULTS):
            if self._connection.is_open:
                self._connection.close()


def _declare(channel: BlockingChannel, broker: Broker) -> None:
    """Make the queues; those that are there already must be alike."""
    dead = {"x-queue-type": "quorum", "x-max-length": MOST_DEAD}
    channel.queue_declare(broker.dead, durable=True, arguments=dead)
    for which in Priority:
        channel.queue_declare(
            broker.queue(which),
            durable=True,
            arguments={
                "x-queue-type": "quorum",
                "x-max-length": MOST_WAITING,
                "x-overflow": "reject-publish",
                "x-delivery-limit": DELIVERIES,
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": broker.dead,
            },
        )


class Ringing(_Line):
    """A line on which rings go out.  Each is on the broker's disk when it is confirmed."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(broker, "rings")
        self._channel.confirm_delivery()
        self._kept = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent, content_type="application/json")

    def ring(self, which: Priority) -> bool:
        """Ring for a class; False where so many rings wait that none is needed."""
        body = json.dumps({"class": which.name}).encode()
        for _ in range(_TRIES):
            try:
                self._channel.basic_publish("", self.broker.queue(which), body, self._kept, mandatory=True)
                return True
            except NackError:  # also from a queue that was just made, and has no leader yet
                if self._is_full(which):
                    return False
                self._connection.sleep(_HELD_SECONDS)
        raise AMQPError

    def _is_full(self, which: Priority) -> bool:
        waiting = self._channel.queue_declare(self.broker.queue(which), passive=True).method.message_count
        return bool(waiting >= MOST_WAITING // 2)

    def stay(self) -> None:
        """Answer the broker's heartbeats."""
        self._connection.process_data_events(0)


class Listening(_Line):
    """A line on which rings are heard.  One that comes while all are busy is held for a moment, then given back."""

    def __init__(self, broker: Broker, heard: Callable[[], None], is_idle: Callable[[], bool]) -> None:
        super().__init__(broker, "listens")
        self._heard, self._is_idle = heard, is_idle
        self._tags: list[str] = []
        self._held: list[int] = []
        self._patient_until = 0.0
        self._is_cut_off = False
        self._channel.basic_qos(prefetch_count=1)
        self._channel.add_on_cancel_callback(self._cut_off)

    def turn(self, seconds: float) -> None:
        """Take what comes; returns at the first of it, or when poked, or after so many seconds."""
        if self._is_idle():
            self._listen()
        elif self._held and time.monotonic() >= self._patient_until:
            self._leave()
        self._connection.process_data_events(_HELD_SECONDS if self._held else seconds)
        if self._is_cut_off:
            raise ConsumerCancelled

    def _listen(self) -> None:
        """Take rings, first of all what is held."""
        held, self._held = self._held, []
        if held:
            self._heard()
        for tag in held:
            self._channel.basic_ack(tag)
        if not self._tags:
            self._tags = [self._channel.basic_consume(self.broker.queue(which), self._take) for which in Priority]

    def _leave(self) -> None:
        """Leave rings to other workers, and first of all what is held."""
        tags, self._tags = self._tags, []
        for tag in tags:
            self._channel.basic_cancel(tag)
        held, self._held = self._held, []
        for number in held:
            self._channel.basic_nack(number, requeue=True)

    def poke(self) -> None:
        """End another thread's turn."""
        with suppress(*FAULTS):
            self._connection.add_callback_threadsafe(_nothing)

    def _cut_off(self, _: Any) -> None:
        """A queue was deleted below us: it is made anew with the next line."""
        self._is_cut_off = True

    def _take(self, channel: BlockingChannel, method: Any, _: Any, body: bytes) -> None:
        if not is_ring(body):
            channel.basic_reject(method.delivery_tag, requeue=False)
        elif self._is_idle():
            self._heard()
            channel.basic_ack(method.delivery_tag)
        else:
            self._patient_until = self._patient_until if self._held else time.monotonic() + _HELD_SECONDS
            self._held.append(method.delivery_tag)

    def dead_letters(self, most: int) -> Generator[DeadLetter]:
        """What could not be taken up.  A letter leaves the broker when the next is asked for, and else goes back."""
        for _ in range(most):
            method, properties, body = self._channel.basic_get(self.broker.dead)
            if method is None:
                return
            try:
                yield _letter(properties, body or b"", self.broker.dead)
            except BaseException:
                self._channel.basic_nack(method.delivery_tag, requeue=True)
                raise
            self._channel.basic_ack(method.delivery_tag)


def is_ring(body: bytes) -> bool:
    """Whether this says for which class it rings; other members are for later releases."""
    try:
        told = json.loads(body) if len(body) <= _SHOWN else None
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and told.get("class") in _NAMES


def _letter(properties: Any, body: bytes, dead: str) -> DeadLetter:
    deaths = (properties.headers or {}).get("x-death") or [{}]
    first = deaths[0] if isinstance(deaths, list) and isinstance(deaths[0], dict) else {}
    return DeadLetter(str(first.get("queue", dead)), str(first.get("reason", "put there")), body[:_SHOWN])


def _nothing() -> None:
    """What a poke has done."""
