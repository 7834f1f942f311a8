"""Backups and drills that are made by themselves: looked at four times an hour, once in the whole cluster."""

from datetime import timedelta

import structlog
from sqlalchemy import select

from albumen.app import App
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel.actor import SYSTEM
from albumen.operations.backups import BACKUP, DRILL, drills, making, targets
from albumen.operations.models import Backup, Outcome

log = structlog.get_logger()


def is_due(app: App, deed: str, every: timedelta) -> bool:
    """Whether the last good one is long enough ago."""
    with app.reading(SYSTEM) as unit:
        good = (Backup.deed == deed, Backup.outcome == Outcome.done, Backup.started_at > unit.now - every)
        return unit.db.scalar(select(Backup.id).where(*good).limit(1)) is None


def _back_up(app: App, task: Task) -> None:
    settings = app.settings.backup
    if not settings.to or not is_due(app, BACKUP, timedelta(hours=settings.every_hours)):
        return
    target = targets.prepare(settings.to, app.settings)

    def progress(count: int) -> None:
        task.progress(0.0, f"{count} files backed up")

    made = making.make(app, target, settings.to, keep=settings.keep, progress=progress)
    log.info("backup made", backup=made.name, blobs=made.blob_count, copied=made.copied_bytes, error=made.error)


def _drill(app: App, task: Task) -> None:
    settings = app.settings.backup
    has_backup = not is_due(app, BACKUP, timedelta(days=3650))
    if not settings.to or not settings.drill_days or not has_backup:
        return
    if not is_due(app, DRILL, timedelta(days=settings.drill_days)):
        return

    def progress(count: int) -> None:
        if count % 100 == 0:
            task.progress(0.0, f"{count} files read back")

    done = drills.drill(app, targets.there(settings.to, app.settings), settings.to, progress=progress)
    if done.error:
        log.error("the drill failed", backup=done.name, error=done.error)


KINDS = (
    JobKind[App]("backup", _back_up, Priority.later, every=timedelta(minutes=15)),
    JobKind[App]("backup-drill", _drill, Priority.later, every=timedelta(hours=1)),
)
