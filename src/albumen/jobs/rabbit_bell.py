"""The bell across processes and machines, by way of RabbitMQ.  While the broker is away, workers look as without one.

Two threads speak to the broker, each on a line of its own, since a broker that is short of room stops reading from who
publishes.  Nobody else ever waits for it.  A worker takes rings only while one of its threads has nothing to do: they
are to go where there are hands.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog

from albumen.jobs.bell import DeadLetter, LocalBell, Tally
from albumen.jobs.rabbit import FAULTS, Broker, Listening, Ringing
from albumen.jobs.registry import Priority
from albumen.kernel.errors import Problem

log = structlog.get_logger()

MOST_RINGS: Final = 32
"""Rings of one class that wait here to go out; more would not wake anybody else."""

_BEAT_SECONDS: Final = 2.0
_STEADY_SECONDS: Final = 10.0
_FAREWELL_SECONDS: Final = 3.0
_LETTERS: Final = 100
_REASON: Final = 200


@dataclass(frozen=True)
class Manner:
    """How workers wait: how often idle ones look while the broker is there, and how patiently it is called again."""

    look_seconds: float = 10.0
    first_pause: float = 0.2
    longest_pause: float = 15.0
    letter_seconds: float = 30.0


class _Caller[Line: AbstractContextManager[Any]]:
    """A thread that holds a line for as long as that lasts, and calls again after a growing pause."""

    def __init__(self, name: str, connect: Callable[[], Line], serve: Callable[[Line], None], manner: Manner) -> None:
        self._name, self._connect, self._serve, self._manner = name, connect, serve, manner
        self.is_up, self.connects, self.failures = False, 0, 0
        self._was_away = False
        self.closing = threading.Event()
        self._begun = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start the thread, if it is not there yet."""
        if self._thread is None:
            with self._begun:
                if self._thread is None and not self.closing.is_set():
                    self._thread = threading.Thread(target=self._keep, name=self._name, daemon=True)
                    self._thread.start()

    def prove(self) -> None:
        """Note that something came through: a broker without room takes lines, and then nothing on them."""
        if self.is_up:
            return
        self.is_up, self.connects = True, self.connects + 1
        if self._was_away:
            log.info("the broker is back", line=self._name)

    def join(self, seconds: float) -> None:
        """Wait for its end."""
        self.closing.set()
        with self._begun:
            thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _keep(self) -> None:
        pause, is_told = self._manner.first_pause, False
        while not self.closing.is_set():
            before = time.monotonic()
            error = self._hold(was_away=is_told)
            if error is None or self.closing.is_set():
                return
            self.failures += 1
            lasted = time.monotonic() - before
            is_told = is_told and lasted < _STEADY_SECONDS
            if not is_told:
                reason = f"{type(error).__name__}: {error}"[:_REASON]
                log.warning("the broker does not answer", line=self._name, reason=reason)
                is_told, pause = True, self._manner.first_pause
            self.closing.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311 - so that not all call at once
            pause = min(2 * pause, self._manner.longest_pause)

    def _hold(self, *, was_away: bool) -> Exception | None:
        """Serve on a line until it breaks; the reason, or None where it was ended."""
        try:
            with self._connect() as line:
                self._was_away = was_away
                self._serve(line)
        except FAULTS as error:
            return error
        except Exception as error:  # told without its frames, in which the password may be
            log.error("the bell failed", line=self._name, reason=type(error).__name__)
            return error
        finally:
            self.is_up = False
        return None


class RabbitBell:
    """Rings for workers wherever they are; those of this process hear it at once, by no broker."""

    def __init__(self, broker: Broker, manner: Manner | None = None) -> None:
        self._manner = manner or Manner()
        self._here = LocalBell()
        self._ringer = _Ringer(broker, self._manner)
        self._listener = _Listener(broker, self._manner, self._here)

    def ring(self, added: Mapping[Priority, int] | None = None) -> None:
        """Wake this process's workers, and note that others are to be woken."""
        self._here.ring()
        if added:
            self._ringer.put(added)

    def wait(self, seconds: float) -> None:
        """Return on the next ring from anywhere; without one, look as often as it takes with or without a broker."""
        self._listener.idle(1)
        try:
            is_reached = self._listener.caller.is_up
            self._here.wait(max(seconds, self._manner.look_seconds) if is_reached else seconds)
        finally:
            self._listener.idle(-1)

    def keep_dead(self, keep: Callable[[DeadLetter], None]) -> None:
        """Have dead letters kept; this process must wait for rings for that."""
        self._listener.keep = keep

    def tally(self) -> Tally:
        """What was counted."""
        ringer, listener = self._ringer, self._listener
        lines = [line for line in (ringer.caller, listener.caller) if line.connects or line.failures]
        return Tally(
            is_up=all(line.is_up for line in lines),
            rings=ringer.rings,
            full=ringer.full,
            heard=listener.heard,
            failures=sum(line.failures for line in lines),
            connects=sum(line.connects for line in lines),
            dead=listener.dead,
        )

    def close(self) -> None:
        """Ring what is still to be rung, if the broker answers soon, and hang up."""
        self._ringer.close()
        self._listener.close()


class _Ringer:
    """Sends what is put, in its own time."""

    def __init__(self, broker: Broker, manner: Manner) -> None:
        self.rings = self.full = 0
        self._changed = threading.Condition()
        self._pending: Counter[Priority] = Counter()
        self.caller = _Caller("bell-rings", lambda: Ringing(broker), self._send, manner)

    def put(self, added: Mapping[Priority, int]) -> None:
        with self._changed:
            for which, count in added.items():
                self._pending[which] = min(self._pending[which] + count, MOST_RINGS)
            self._changed.notify_all()
        self.caller.begin()

    def close(self) -> None:
        self.caller.closing.set()
        with self._changed:
            self._changed.notify_all()
        self.caller.join(_FAREWELL_SECONDS)

    def _send(self, line: Ringing) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._pending or self.caller.closing.is_set(), _BEAT_SECONDS)
                which = min(self._pending, default=None)
            if which is not None:
                self._ring(line, which)
            elif self.caller.closing.is_set():
                return
            else:
                line.stay()
            self.caller.prove()

    def _ring(self, line: Ringing, which: Priority) -> None:
        is_needed = line.ring(which)
        self.rings, self.full = self.rings + is_needed, self.full + (not is_needed)
        with self._changed:
            left = self._pending[which] - 1 if is_needed else 0
            self._pending[which] = left
            if left <= 0:
                del self._pending[which]


class _Listener:
    """Hears rings while somebody waits for them."""

    def __init__(self, broker: Broker, manner: Manner, here: LocalBell) -> None:
        self.heard = self.dead = 0
        self.keep: Callable[[DeadLetter], None] | None = None
        self._here, self._manner = here, manner
        self._lock = threading.Lock()
        self._waiting = 0
        self._line: Listening | None = None
        self.caller = _Caller(
            "bell-listens", lambda: Listening(broker, self._hear, self._is_idle), self._listen, manner
        )

    def idle(self, change: int) -> None:
        """Note that one more thread waits, or one less."""
        with self._lock:
            before, self._waiting = self._waiting, self._waiting + change
            is_free, line = before == 0 and self._waiting > 0, self._line
        self.caller.begin()
        if is_free and line is not None:
            line.poke()

    def close(self) -> None:
        self.caller.closing.set()
        with self._lock:
            line = self._line
        if line is not None:
            line.poke()
        self.caller.join(_FAREWELL_SECONDS)

    def _is_idle(self) -> bool:
        return self._waiting > 0

    def _hear(self) -> None:
        self.heard += 1
        self._here.ring()

    def _listen(self, line: Listening) -> None:
        with self._lock:
            self._line = line
        try:
            letters_at = time.monotonic()
            while not self.caller.closing.is_set():
                self.caller.prove()
                line.turn(_BEAT_SECONDS)
                if time.monotonic() >= letters_at:
                    self._keep_letters(line)
                    letters_at = time.monotonic() + self._manner.letter_seconds
        finally:
            with self._lock:
                self._line = None
            self.caller.is_up = False
            self._here.ring()  # so that nobody waits on for a bell that is not heard

    def _keep_letters(self, line: Listening) -> None:
        """Move dead letters to where keepers see them.  What cannot be kept now goes back, and is fetched later."""
        if self.keep is None:
            return
        with closing(line.dead_letters(_LETTERS)) as letters, suppress(Problem):
            for letter in letters:
                self.keep(letter)
                self.dead += 1
