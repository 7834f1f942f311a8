"""What goes wrong between a device and its host, and inside the device: calls get lost, power fails, all is late."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from albumen_client.errors import Unreachable
from albumen_client.vault import keys
from albumen_client.vault.remote import Blob, Commit, Head, HeadMoved, Remote, Report
from albumen_client.vault.state import State


class Crash(BaseException):
    """The power is gone."""


class Chance:
    """What goes wrong next: one source of it for all."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.is_calm = True

    def of(self, share: float) -> bool:
        return not self.is_calm and self.dice.random() < share

    def step(self) -> None:
        """A point at which a device may die."""
        if self.of(0.005):
            raise Crash


class Weather:
    """A host behind a bad line: calls get lost, answers get lost, and commits come late."""

    def __init__(self, host: Remote, chance: Chance, meanwhile: Callable[[], None]) -> None:
        self._host, self._chance, self._meanwhile = host, chance, meanwhile
        self.vault = host.vault
        self._late: list[Commit] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **more: self._call(getattr(self._host, name), *args, **more)

    def _call(self, does: Callable[..., Any], *args: Any, **more: Any) -> Any:
        self._chance.step()
        self._arrive()
        if self._chance.of(0.03):
            self._meanwhile()
        if self._chance.of(0.01):
            raise Unreachable("The call was lost.")
        answer = does(*args, **more)
        if self._chance.of(0.01):
            raise Unreachable("The answer was lost.")
        self._chance.step()
        return answer

    def commit(self, commit: Commit) -> Head:
        if self._chance.of(0.05):
            self._late.append(commit)
            raise Unreachable("Nobody knows.")
        head: Head = self._call(self._host.commit, commit)
        return head

    def clear_up(self) -> None:
        """From here on nothing is under way."""
        while self._late:
            self._arrive()

    def _arrive(self) -> None:
        """What was under way gets there, in any order."""
        self._chance.dice.shuffle(self._late)
        while self._late and self._chance.dice.random() < 0.5:
            with suppress(HeadMoved):
                self._host.commit(self._late.pop())

    def put_blob(self, blob: Blob, content: BinaryIO, report: Report) -> None:
        if self._chance.of(0.05):
            content.seek(0)
            self._call(self._host.blob, blob.signature)
            raise Unreachable("It broke off.")
        self._call(self._host.put_blob, blob, content, report)


@cache
def _empty() -> bytes:
    return State(":memory:").db.serialize()


class FragileState(State):
    """A memory whose device may die right before or right after it has been written."""

    chance: Chance

    def _connected(self, path: Path | str) -> sqlite3.Connection:
        """One with its tables already: making them is half of what a short story costs."""
        db = super()._connected(path)
        db.deserialize(_empty())
        return db

    @contextmanager
    def writing(self) -> Iterator[None]:
        with super().writing():
            yield
            self.chance.step()
        self.chance.step()


@contextmanager
def cheap_passphrases() -> Iterator[None]:
    """Let new passphrases cost nothing to try: what they cost is a number, and is tried elsewhere."""
    kept = keys.for_passphrase.__defaults__
    keys.for_passphrase.__defaults__ = (1,)
    try:
        yield
    finally:
        keys.for_passphrase.__defaults__ = kept
