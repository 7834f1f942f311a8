"""The clock, as a thing that can be handed in, and times as they are written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`: `2019-06-28T12:43:29.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, both ends included.  Naive ends are meant on a photo's own wall clock."""

    begin: datetime | None = None
    end: datetime | None = None
