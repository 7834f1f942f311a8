"""Backups: all rows and bytes of one moment, kept where the keeper says, and read back to see that they work."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from albumen.operations.models import Backup, Outcome
from albumen.unit import Unit

BACKUP, DRILL = "backup", "drill"


@dataclass(frozen=True)
class State:
    """How backups stand: the newest that was made, what went wrong since, and when one was last read back whole.

    Times are None where there is none yet; an error is that of the newest try, None where it went well.
    """

    made_at: datetime | None
    name: str | None
    blob_count: int
    size_bytes: int
    running_since: datetime | None
    error: str | None
    drilled_at: datetime | None
    drill_error: str | None


def state(unit: Unit) -> State:
    """How the backups of this installation stand.  No check of access: the page that shows it is the keeper's."""
    made, tried = _newest(unit, BACKUP, Outcome.done), _newest(unit, BACKUP)
    drilled, drill = _newest(unit, DRILL, Outcome.done), _newest(unit, DRILL)
    return State(
        made_at=made.started_at if made else None,
        name=made.name if made else None,
        blob_count=made.blob_count if made else 0,
        size_bytes=made.size_bytes if made else 0,
        running_since=tried.started_at if tried and tried.outcome == Outcome.running else None,
        error=tried.error if tried else None,
        drilled_at=drilled.started_at if drilled else None,
        drill_error=drill.error if drill else None,
    )


def _newest(unit: Unit, deed: str, outcome: Outcome | None = None) -> Backup | None:
    wanted = select(Backup).where(Backup.deed == deed).order_by(Backup.started_at.desc(), Backup.id).limit(1)
    return unit.db.scalar(wanted if outcome is None else wanted.where(Backup.outcome == outcome))
