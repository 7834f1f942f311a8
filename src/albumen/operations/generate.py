"""Having renditions made: any number of callers at once, each rendition once."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from albumen.app import App
from albumen.assets import ingest
from albumen.assets.jobs import RENDER
from albumen.jobs.queue import Terms
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Denied, NotFound
from albumen.libraries import access, queries
from albumen.libraries.models import File, Original, Role
from albumen.libraries.uploads import DEVELOP
from albumen.operations import missing
from albumen.unit import Unit

ALL = "generate-all"
_PAGE = 500


def some(unit: Unit, group: str, file_ids: Sequence[int]) -> int:
    """Queue these files where they lack the group; returns how many.

    Raises NotFound for an unknown group, or where one of the files is not there (nothing is queued then), and Denied.
    """
    lacking = missing.files(unit, group, present=False, least=Role.contributor).where(File.id.in_(file_ids))
    for least in (Role.reader, Role.contributor):
        seen = select(File.id).where(File.id.in_(file_ids), access.files_anywhere(unit, least=least))
        if set(unit.db.scalars(seen)) != set(file_ids):
            raise NotFound("There is no such image.") if least == Role.reader else Denied
    return _queue(unit, group, File.id.in_(lacking))


def _queue(unit: Unit, group: str, wanted: ColumnElement[bool]) -> int:
    """Queue each content once; one that is about to be developed anyway is not decoded a second time for it."""
    columns = (Original.signature, Original.kind, Original.developed_at, Original.failure)
    found = unit.db.execute(select(*columns).join(File, File.signature == Original.signature).where(wanted).distinct())
    queued = 0
    for row in found.all():
        is_new = row.developed_at is None and row.failure is None
        if is_new and set(ingest.GROUPS[group]) <= set(ingest.due(row.kind)):
            unit.jobs.add(DEVELOP, row.signature)
        else:
            unit.jobs.add(RENDER, f"{row.signature}:{group}")
        queued += 1
    return queued


def everything(unit: Unit, group: str) -> int:
    """Queue whatever the actor may change that lacks the group; returns how many.  Raises NotFound, Denied."""
    lacking = missing.files(unit, group, present=False, least=Role.contributor).subquery()
    unit.jobs.add(ALL, _subject(unit.actor, group), terms=Terms(priority=Priority.later))
    return unit.db.scalar(select(func.count()).select_from(lacking)) or 0


def _subject(actor: Actor, group: str) -> str:
    """What a job is told: the group, who asked, and the libraries that the credential opens where they are not all."""
    opened = "" if actor.libraries is None else ":" + ",".join(map(str, sorted(actor.libraries)))
    return f"{actor.user_id or 0}:{group}{opened}"


def _asker(subject: str) -> tuple[Actor, str]:
    """Who asked, and the group."""
    user, group, *opened = subject.split(":")
    if user == "0":
        return SYSTEM, group
    libraries = frozenset(int(each) for each in opened[0].split(",") if each) if opened else None
    return Actor(user_id=int(user), libraries=libraries), group


def _everything(app: App, task: Task) -> None:
    actor, group = _asker(task.subject)
    cursor: str | None = None
    while True:
        with app.writing(actor) as unit:
            lacking = missing.files(unit, group, present=False, least=Role.contributor)
            page = queries.ids_page(unit, lacking, limit=_PAGE, cursor=cursor)
            _queue(unit, group, File.id.in_(page.items))
        cursor = page.next
        if cursor is None:
            return
        task.progress(0.0, f"{_PAGE} more queued")


KINDS = (JobKind[App](ALL, _everything, Priority.later),)
