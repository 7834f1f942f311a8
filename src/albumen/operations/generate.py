"""Having renditions made: any number of callers at once, each rendition once."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select

from albumen.app import App
from albumen.assets.jobs import RENDER
from albumen.jobs.queue import Terms
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel.actor import SYSTEM, Actor
from albumen.libraries import members
from albumen.libraries.models import File, Role
from albumen.operations import missing
from albumen.unit import Unit

ALL = "generate-all"
_PAGE = 500


def some(unit: Unit, group: str, file_ids: Sequence[int]) -> int:
    """Queue these files where they lack the group; returns how many.  Raises NotFound, Denied."""
    missing.variants(group)
    seen = select(File).where(File.id.in_(file_ids), File.library_id.in_(members.visible(unit)))
    rows = unit.db.execute(seen.with_only_columns(File.library_id).distinct()).all()
    for row in rows:
        members.require(unit, row.library_id, Role.contributor)
    lacking = missing.files(unit, group, present=False).where(File.id.in_(file_ids))
    return _queue(unit, group, lacking.with_only_columns(File.signature).distinct())


def _queue(unit: Unit, group: str, signatures: Select[str]) -> int:
    terms = Terms(priority=Priority.usual)
    found = unit.db.scalars(signatures).all()
    added = [unit.jobs.add(RENDER, f"{signature}:{group}", terms=terms) for signature in found]
    return len(added)


def everything(unit: Unit, group: str) -> int:
    """Queue whatever the actor may see that lacks the group, however much; returns how many.  Raises NotFound."""
    lacking = missing.files(unit, group, present=False).subquery()
    user_id = unit.actor.user_id or 0
    unit.jobs.add(ALL, f"{user_id}:{group}", terms=Terms(priority=Priority.later))
    return unit.db.scalar(select(func.count()).select_from(lacking)) or 0


def _everything(app: App, task: Task) -> None:
    user, _, group = task.subject.partition(":")
    actor = Actor(user_id=int(user)) if user != "0" else SYSTEM
    cursor: str | None = None
    while True:
        with app.writing(actor) as unit:
            page = missing.page(unit, group, present=False, limit=_PAGE, cursor=cursor)
            _queue(unit, group, select(File.signature).where(File.id.in_(page.items)).distinct())
        cursor = page.next
        if cursor is None:
            return
        task.progress(0.0, f"{_PAGE} more queued")


KINDS = (JobKind[App](ALL, _everything, Priority.later),)
