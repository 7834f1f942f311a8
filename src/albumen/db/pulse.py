"""Whether a PostgreSQL server is there at all: told within seconds, however long statements may take.

A server that was stopped refuses; one that froze, or that a network has swallowed, says nothing, and whoever waits for
an answer waits for hours.  How long a statement takes says nothing about that.  So whoever has waited for a while asks
the server over a connection of its own whether it is there; one asks at a time, for all.
"""

import socket
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

import psycopg

_ASK = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""The shortest question that every server answers before it knows who asks: whether it speaks TLS."""
_AWAY = "The server does not answer."


class Silent(psycopg.OperationalError):
    """The server, or the way to it, gives no sign of life."""


class Pulse:
    """What this process knows of one server; for any thread.

    After `patience` seconds of silence it is asked, and then has `seconds` for the answer.
    """

    def __init__(self, patience: float, seconds: float) -> None:
        self.patience, self.seconds = patience, seconds
        self._address: tuple[str, int] | str | None = None
        self._turn = threading.Lock()
        self._heard_at, self._missed_at = 0.0, 0.0
        self._is_away = False

    def met(self, connection: "psycopg.Connection[Any]") -> None:
        """Remember where the server is."""
        told = connection.info
        is_file = told.host.startswith(("/", "@"))
        self._address = f"{told.host}/.s.PGSQL.{told.port}" if is_file else (told.hostaddr or told.host, told.port)
        self.heard()

    def heard(self) -> None:
        """It has answered."""
        self._heard_at, self._is_away = time.monotonic(), False

    def check(self) -> None:
        """Return where it is there, as far as anybody knows.  Raises Silent where it is not."""
        begun = time.monotonic() - self.patience
        if self._address is None or self._heard_at > begun:
            return None
        if not self._turn.acquire(blocking=not self._is_away):
            raise Silent(_AWAY)
        try:
            if self._heard_at > begun:
                return None
            if self._missed_at < begun:
                if self._answers(self._address):
                    return self.heard()
                self._missed_at, self._is_away = time.monotonic(), True
            raise Silent(_AWAY)
        finally:
            self._turn.release()

    def _answers(self, address: tuple[str, int] | str) -> bool:
        """Whether it answers; that it closes the connection is an answer, too."""
        try:
            with self._reached(address) as connection:
                connection.settimeout(self.seconds)
                connection.sendall(_ASK)
                connection.recv(1)
        except OSError:
            return False
        return True

    def _reached(self, address: tuple[str, int] | str) -> socket.socket:
        if not isinstance(address, str):
            return socket.create_connection(address, self.seconds)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self.seconds)
        try:
            connection.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        except OSError:
            connection.close()
            raise
        return connection


class Watched(psycopg.Connection[Any]):
    """A connection that is given up when its server is gone, whatever it was asked; see `connecting`.

    `is_idle`: nobody uses it, so that all it can be asked is whether it still works, which is quickly answered.
    """

    pulse: Pulse
    is_idle = False

    @classmethod  # of the driver's own, which has no other place to watch how a connection is made
    def _connect_gen(cls, conninfo: str = "", **more: Any) -> Generator[Any, Any, Any]:
        made = yield from _watched(super()._connect_gen(conninfo, **more), cls.pulse, lambda _: None)
        cls.pulse.met(made)
        return made

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer.  Raises OperationalError, with the connection closed, where none will come."""
        watched = _watched(gen, self.pulse, self._check_idle)
        try:
            return super().wait(watched, min(interval, self.pulse.patience), timeout)
        except Silent:
            self.pgconn.finish()
            raise

    def _check_idle(self, waited_seconds: float) -> None:
        if self.is_idle and waited_seconds > self.pulse.patience + self.pulse.seconds:
            raise Silent("The connection is dead.")


def _watched(gen: Any, pulse: Pulse, look: Callable[[float], None]) -> Generator[Any, Any, Any]:
    """The same steps; each that brought nothing for a while is followed by a look at the server."""
    try:
        wanted, since, begun = next(gen), time.monotonic(), time.monotonic()
        while True:
            ready = yield wanted
            now = time.monotonic()
            if ready:
                since = now
            elif now - since > pulse.patience:
                pulse.check()
                look(now - begun)
                since = time.monotonic()
            wanted = gen.send(ready)
    except StopIteration as end:
        pulse.heard()
        return end.value


def connecting(pulse: Pulse) -> Callable[..., Watched]:
    """Makes connections that this pulse watches over.  Raises OperationalError, at once where nobody answers."""

    class Ours(Watched):
        pass

    Ours.pulse = pulse

    def connect(*words: Any, **named: Any) -> Watched:
        pulse.check()
        return Ours.connect(*words, **named)

    return connect
