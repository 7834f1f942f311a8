"""Whether the installation is well: each part with how it stands, so that doors can say what to do."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select, text

from albumen.accounts.models import SecondFactor, SignedIn, User
from albumen.app import App
from albumen.changes.models import AuditEntry
from albumen.jobs.models import Job, Schedule, State
from albumen.kernel.errors import Problem
from albumen.operations import backups, space
from albumen.operations.stats import check_keeper
from albumen.unit import Unit

BACKUP_DAYS = 7
DRILL_DAYS = 90
_LATE = timedelta(minutes=3)
_STUCK = timedelta(minutes=10)


class Standing(StrEnum):
    """How a part stands."""

    ok = "ok"
    warn = "warn"
    bad = "bad"


OK, WARN, BAD = Standing.ok, Standing.warn, Standing.bad


@dataclass(frozen=True)
class Check:
    """A part and how it stands: `variant` names the sentence that says so, `told` what the sentence names."""

    part: str
    state: Standing
    variant: str = "ok"
    told: Mapping[str, Any] = field(default_factory=dict)


def checks(app: App, unit: Unit, address: str) -> list[Check]:
    """All parts, those that are not well first; `address` is where the keeper reached the server.  Raises Denied."""
    check_keeper(unit)
    found = [
        _connection(app, address),
        _database(app, unit),
        _store(app),
        _disk(app),
        _workers(unit),
        *_bell(app),
        _failures(unit),
        _backups(unit),
        *_drills(app, unit),
        _clock(unit),
        _secret(app),
        _films(app),
        _mail(app),
        _keepers(unit),
    ]
    return sorted(found, key=lambda each: (BAD, WARN, OK).index(each.state))


def _connection(app: App, address: str) -> Check:
    known = app.settings.server.public_url or address
    if known.startswith("https://"):
        return Check("connection", OK)
    is_here = urlsplit(known).hostname in ("localhost", "127.0.0.1", "::1")
    return Check("connection", OK if is_here else WARN, "here" if is_here else "plain")


def _database(app: App, unit: Unit) -> Check:
    if app.database.warning:
        return Check("database", WARN, "fault", {"words": app.database.warning})
    if not app.database.is_sqlite:
        is_sure = unit.db.scalar(text("SHOW synchronous_commit")) != "off"
        return Check("database", OK if is_sure else BAD, "postgresql" if is_sure else "unsure")
    is_sure = unit.db.scalar(text("PRAGMA journal_mode")) == "wal" and unit.db.scalar(text("PRAGMA synchronous")) == 2
    return Check("database", OK if is_sure else BAD, "sqlite" if is_sure else "unsure")


def _store(app: App) -> Check:
    try:
        with app.blobs.spool():
            return Check("store", OK)
    except Problem as problem:
        return Check("store", BAD, "away", {"words": problem.detail})


def _disk(app: App) -> Check:
    try:
        disk = app.blobs.space()
    except Problem:
        disk = None
    if disk is None:
        return Check("disk", OK, "elsewhere")
    kept, told = space.reserve(app, disk), {"free": disk.free_bytes, "total": disk.total_bytes}
    if disk.free_bytes <= kept:
        return Check("disk", BAD, "full", told)
    is_low = disk.free_bytes < max(3 * kept, disk.total_bytes // 10)
    return Check("disk", WARN if is_low else OK, "low" if is_low else "ok", told)


def _workers(unit: Unit) -> Check:
    """A crew that lives puts what is scheduled on the table within seconds, and takes up what is due."""
    first = unit.db.scalar(select(func.min(Schedule.next_at)))
    if first is None or first < unit.now - _LATE:
        return Check("workers", BAD, "none")
    due = select(func.min(Job.run_after)).where(Job.state == State.ready)
    oldest = unit.db.scalar(due)
    running = unit.db.scalar(select(func.count()).select_from(Job).where(Job.state == State.running)) or 0
    if oldest is not None and oldest < unit.now - _STUCK and not running:
        return Check("workers", BAD, "stuck")
    return Check("workers", OK, "busy" if running else "ok", {"n": running})


def _bell(app: App) -> list[Check]:
    """Without a broker there is nothing to tell."""
    tally = app.bell.tally()
    return [] if tally is None else [Check("bell", OK if tally.is_up else WARN, "ok" if tally.is_up else "away")]


def _failures(unit: Unit) -> Check:
    count = unit.db.scalar(select(func.count()).select_from(Job).where(Job.state == State.failed)) or 0
    return Check("jobs", WARN if count else OK, "failed" if count else "ok", {"n": count})


def _backups(unit: Unit) -> Check:
    now = backups.state(unit)
    if now.error:
        return Check("backups", BAD, "failed", {"words": now.error})
    if now.made_at is None:
        return Check("backups", WARN, "none")
    is_old = now.made_at < unit.now - timedelta(days=BACKUP_DAYS)
    return Check("backups", WARN if is_old else OK, "old" if is_old else "ok", {"when": now.made_at})


def _drills(app: App, unit: Unit) -> list[Check]:
    """Whether what was backed up can be brought back; nothing to tell before there is a backup."""
    now, days = backups.state(unit), max(DRILL_DAYS, 2 * app.settings.backup.drill_days)
    if now.drill_error:
        return [Check("drills", BAD, "failed", {"words": now.drill_error})]
    if now.drilled_at is None:
        return [] if now.made_at is None else [Check("drills", WARN, "none")]
    is_old = now.drilled_at < unit.now - timedelta(days=days)
    return [Check("drills", WARN if is_old else OK, "old" if is_old else "ok", {"when": now.drilled_at})]


def _clock(unit: Unit) -> Check:
    """Rows that were written later than now tell that the clock was put back, or was ahead."""
    columns = (Job.created_at, SignedIn.created_at, AuditEntry.at)
    newest = [found for column in columns if (found := unit.db.scalar(select(func.max(column)))) is not None]
    is_behind = any(each > unit.now + timedelta(minutes=5) for each in newest)
    return Check("clock", BAD if is_behind else OK, "behind" if is_behind else "ok", {"now": unit.now})


def _secret(app: App) -> Check:
    if app.settings.secret_before.get_secret_value():
        return Check("secret", WARN, "rotating")
    return Check("secret", OK, "set" if app.settings.secret.get_secret_value() else "kept")


def _films(app: App) -> Check:
    try:
        is_there = os.access(app.converter.program, os.X_OK)
    except Problem:
        is_there = False
    return Check("films", OK if is_there else BAD, "ok" if is_there else "none")


def _mail(app: App) -> Check:
    is_set = bool(app.settings.mail.host)
    return Check("mail", OK if is_set else WARN, "ok" if is_set else "none", {"host": app.settings.mail.host})


def _keepers(unit: Unit) -> Check:
    bare = select(func.count()).select_from(User).outerjoin(SecondFactor, SecondFactor.user_id == User.id)
    which = (User.is_keeper, User.disabled_at.is_(None), SecondFactor.user_id.is_(None))
    count = unit.db.scalar(bare.where(*which)) or 0
    return Check("keepers", WARN if count else OK, "bare" if count else "ok", {"n": count})
