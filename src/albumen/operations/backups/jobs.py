"""Backups and drills that are made by themselves: looked at four times an hour, once in the whole cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import structlog
from sqlalchemy import and_, or_, select

from albumen.app import App
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Problem
from albumen.operations.backups import BACKUP, DRILL, drills, making, targets
from albumen.operations.backups.making import Ending
from albumen.operations.models import Backup, Outcome

log = structlog.get_logger()

_RETRY: Final = MappingProxyType({BACKUP: timedelta(hours=1), DRILL: timedelta(days=1)})
"""How long after one that failed the next one begins at the earliest."""


def is_due(app: App, deed: str, every: timedelta) -> bool:
    """Whether the last good one is long enough ago, and the last that failed, too."""
    with app.reading(SYSTEM) as unit:
        good = and_(Backup.outcome == Outcome.done, Backup.started_at > unit.now - every)
        failed = and_(Backup.outcome == Outcome.failed, Backup.finished_at > unit.now - min(every, _RETRY[deed]))
        return unit.db.scalar(select(Backup.id).where(Backup.deed == deed, or_(good, failed)).limit(1)) is None


def _has_good(app: App, target: str | None = None) -> bool:
    """Whether a backup was ever made, in this place where one is named."""
    good = select(Backup.id).where(Backup.deed == BACKUP, Backup.outcome == Outcome.done)
    with app.reading(SYSTEM) as unit:
        return unit.db.scalar((good if target is None else good.where(Backup.target == target)).limit(1)) is not None


@contextmanager
def _noted(app: App, deed: str) -> Iterator[None]:
    """Write down a try that failed before it began, so that the keeper sees it and the next one waits."""
    try:
        yield
    except Problem as problem:
        with app.writing(SYSTEM) as unit:
            row_id = making.begin(unit, deed, app.settings.backup.to).id
        making.end(app, row_id, Ending(Outcome.failed, problem.detail))
        raise


def _back_up(app: App, task: Task) -> None:
    settings = app.settings.backup
    if not settings.to or not is_due(app, BACKUP, timedelta(hours=settings.every_hours)):
        return
    with _noted(app, BACKUP):
        target = targets.prepare(settings.to, app.settings, was_used=_has_good(app, settings.to))

    def progress(count: int) -> None:
        task.progress(0.0, f"{count} files backed up")

    made = making.make(app, target, settings.to, keep=settings.keep, progress=progress)
    log.info("backup made", backup=made.name, blobs=made.blob_count, copied=made.copied_bytes, error=made.error)


def _drill(app: App, task: Task) -> None:
    settings = app.settings.backup
    if not settings.to or not settings.drill_days or not _has_good(app):
        return
    if not is_due(app, DRILL, timedelta(days=settings.drill_days)):
        return

    def progress(count: int) -> None:
        if count % 100 == 0:
            task.progress(0.0, f"{count} files read back")

    with _noted(app, DRILL):
        target = targets.there(settings.to, app.settings)
    done = drills.drill(app, target, settings.to, progress=progress)
    if done.error:
        log.error("the drill failed", backup=done.name, error=done.error)


KINDS = (
    JobKind[App]("backup", _back_up, Priority.later, every=timedelta(minutes=15)),
    JobKind[App]("backup-drill", _drill, Priority.later, every=timedelta(hours=1)),
)
