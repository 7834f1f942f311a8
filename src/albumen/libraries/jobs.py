"""The jobs of libraries: purging what lay in the trash long enough, and thinning out old versions."""

from datetime import timedelta

from sqlalchemy import or_, select

from albumen.app import App
from albumen.db import locks
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel.actor import SYSTEM
from albumen.libraries import contents, direct, errands, landing, purge, resumable, versions
from albumen.libraries.models import Library

_HOURLY = timedelta(hours=1)
_BATCH = 500


def _purge(app: App, _: Task) -> None:
    purge.trash(app, deleted_by=purge.before(app))
    purge.libraries(app, deleted_by=purge.before(app))


def _thin_versions(app: App, _: Task) -> None:
    has_policy = or_(Library.keep_versions.is_not(None), Library.keep_version_days.is_not(None))
    with app.reading(SYSTEM) as unit:
        chosen = unit.db.scalars(select(Library.id).where(has_policy)).all()
    for library_id in chosen:
        while _thin(app, library_id) == _BATCH:
            pass
    while _tidy(app) == _BATCH:
        pass


def _thin(app: App, library_id: int) -> int:
    with app.writing(SYSTEM) as unit:
        locks.hold(unit.db, Library.id, [library_id])
        library = unit.db.get(Library, library_id)
        return 0 if library is None else versions.thin(unit, library, contents.REVISED, most=_BATCH)


def _tidy(app: App) -> int:
    """Drop what a worker finished making of a content just after another replaced it."""
    with app.reading(SYSTEM) as unit:
        left = contents.unshown(unit, _BATCH)
    if left:
        with app.writing(SYSTEM) as unit:
            contents.release(unit, left)
    return len(left)


def _expire_uploads(app: App, task: Task) -> None:
    resumable.expire(app, task)


def _import_folder(app: App, task: Task) -> None:
    errands.run(app, task)


def _looked_at_once(app: App) -> int:
    """Each needs room for a whole film on this machine."""
    return max(1, app.settings.job_threads // 2)


KINDS = (
    JobKind[App]("purge", _purge, Priority.later, every=_HOURLY),
    JobKind[App]("thin-versions", _thin_versions, Priority.later, every=_HOURLY),
    JobKind[App]("expire-uploads", _expire_uploads, Priority.later, every=_HOURLY),
    JobKind[App](direct.KIND, landing.receive, gave_up=landing.gave_up, at_once=_looked_at_once),
    JobKind[App](errands.KIND, _import_folder, Priority.later, keep=True, at_once=lambda _: 1),
)
