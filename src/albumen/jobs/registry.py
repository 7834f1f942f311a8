"""What kinds of job there are, and the task a running job is handed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from typing import Any


class Priority(IntEnum):
    """Classes of work, the most urgent first; each has its own queue on a broker."""

    now = 0
    soon = 1
    usual = 2
    later = 3


class Cancelled(Exception):
    """The task stopped because somebody asked it to."""


@dataclass(frozen=True)
class Task:
    """A claimed job, as its function sees it."""

    id: int
    kind: str
    subject: str
    args: Mapping[str, Any]
    attempt: int
    report: Callable[[float, str], bool] = field(repr=False, default=lambda share, note: True)

    def progress(self, share: float, note: str = "") -> None:
        """Tell how far the work is (0 to 1).  Raises Cancelled when it is to stop."""
        if not self.report(share, note):
            raise Cancelled


@dataclass(frozen=True)
class JobKind[Context]:
    """A kind of job.  `run` may be called again after a crash, so it must be harmless to repeat.

    `gave_up` is told (with the reason, in a sentence) when no further try will be made.  `at_once` bounds how many of
    its jobs one crew runs at the same time, so that long ones leave room for others.
    """

    name: str
    run: Callable[[Context, Task], None]
    priority: Priority = Priority.usual
    gave_up: Callable[[Context, Task, str], None] | None = None
    keep: bool = False
    every: timedelta | None = None
    at_once: Callable[[Context], int] | None = None


class Registry[Context]:
    """All kinds by name."""

    def __init__(self, kinds: Iterable[JobKind[Context]]) -> None:
        self._kinds = {kind.name: kind for kind in kinds}

    def __getitem__(self, name: str) -> JobKind[Context]:
        return self._kinds[name]

    def __iter__(self) -> Any:
        return iter(self._kinds.values())

    def names(self) -> list[str]:
        """The kinds this process knows how to run."""
        return list(self._kinds)
