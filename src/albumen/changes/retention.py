"""How long changes are kept: whoever has been away for longer starts over."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from albumen.app import App
from albumen.changes.models import Change, ChangeHead, Regranted
from albumen.jobs.registry import Task
from albumen.kernel.actor import SYSTEM

BATCH = 5000
"""How many changes one transaction forgets, so that writers wait for a moment only."""


def forget(app: App, task: Task | None = None) -> int:
    """Forget the changes that are older than the setting, in batches; returns how many."""
    before = app.clock() - timedelta(days=app.settings.changes.keep_days)
    with app.reading(SYSTEM) as unit:
        libraries = unit.db.scalars(select(ChangeHead.library_id)).all()
    forgotten = 0
    for library_id in libraries:
        while count := _forget_some(app, library_id, before):
            forgotten += count
            if task is not None:
                task.progress(0.0, f"{forgotten} forgotten")
    return forgotten


def _forget_some(app: App, library_id: int, before: datetime) -> int:
    last = _last(app, library_id, before)
    if last is None:
        return 0
    with app.writing(SYSTEM) as unit:
        head = unit.db.get_one(ChangeHead, library_id, with_for_update=True)
        until = min(last, head.forgotten + BATCH)
        gone = delete(Change).where(Change.library_id == library_id, Change.number <= until)
        count = len(unit.db.scalars(gone.returning(Change.number)).all())
        known = (Regranted.library_id == library_id, Regranted.number <= until)
        unit.db.execute(delete(Regranted).where(*known))  # who is that far behind starts over anyway
        unit.db.execute(update(ChangeHead).where(ChangeHead.library_id == library_id).values(forgotten=until))
        return count


def _last(app: App, library_id: int, before: datetime) -> int | None:
    """The newest change that is old enough; None where none is."""
    with app.reading(SYSTEM) as unit:
        old = select(func.max(Change.number)).where(Change.library_id == library_id, Change.changed_at < before)
        return unit.db.scalar(old)
