"""The audit log, as a keeper reads it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, or_, select

from albumen.accounts.models import User
from albumen.changes.models import AuditEntry
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.operations.stats import check_keeper
from albumen.unit import Unit


@dataclass(frozen=True)
class Sought:
    """Which lines are wanted; empty: all."""

    deed: str = ""
    user_id: int | None = None
    begin: datetime | None = None
    end: datetime | None = None


def entries(
    unit: Unit, sought: Sought, *, limit: int = 100, cursor: str | None = None
) -> Page[tuple[AuditEntry, str | None]]:
    """Lines with the name of who did it, the newest first.  Raises Denied, Invalid."""
    check_keeper(unit)
    wanted = _wanted(sought)
    if cursor:
        at, last = numbers_in(cursor, 2)
        moment = datetime.fromtimestamp(at / 1000, tz=unit.now.tzinfo)
        wanted = wanted.where(or_(AuditEntry.at < moment, and_(AuditEntry.at == moment, AuditEntry.id < last)))
    rows = [(row.AuditEntry, row.name) for row in unit.db.execute(wanted.limit(limit + 1))]
    if len(rows) <= limit:
        return Page(rows)
    last_entry = rows[limit - 1][0]
    return Page(rows[:limit], to_cursor(round(last_entry.at.timestamp() * 1000), last_entry.id))


def _wanted(sought: Sought) -> Select[AuditEntry, str]:
    wanted = select(AuditEntry, User.name).outerjoin(User, User.id == AuditEntry.actor_id)
    chosen = [AuditEntry.deed == sought.deed] if sought.deed else []
    chosen += [AuditEntry.actor_id == sought.user_id] if sought.user_id is not None else []
    chosen += [AuditEntry.at >= sought.begin] if sought.begin else []
    chosen += [AuditEntry.at < sought.end] if sought.end else []
    return wanted.where(*chosen).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


def deeds(unit: Unit) -> list[str]:
    """All that was ever done, by name.  Raises Denied."""
    check_keeper(unit)
    return list(unit.db.scalars(select(AuditEntry.deed).distinct().order_by(AuditEntry.deed)))
