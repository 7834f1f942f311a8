"""The look-alikes of a library: of a small one found at once, of a large one by a job, which keeps what it found.

What the job found is offered while it looks anew; files that have gone since are left out by whoever shows them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import batched
from typing import Final

from sqlalchemy import delete, func, select

from albumen.app import App
from albumen.assets.duplicates import near
from albumen.assets.duplicates.near import Found, Group
from albumen.assets.models import LookalikeGroup, LookalikeState
from albumen.db.statements import insert_for, table_of
from albumen.jobs.models import Job, State
from albumen.jobs.queue import Terms
from albumen.jobs.registry import Priority, Task
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import OverQuota, Unavailable
from albumen.libraries import feed_pages
from albumen.libraries.models import Library, MonthCount
from albumen.unit import Unit

KIND: Final = "lookalikes"
MOST_AT_ONCE: Final = 20_000
"""How many files a library has whose look-alikes are found while somebody waits: a second's work."""
_PAUSE: Final = timedelta(seconds=20)
"""How long a job waits for more changes, so that an import does not have it begin again with each photo."""
_READ: Final = 500
_WRITTEN: Final = 2_000


@dataclass(frozen=True)
class Standing:
    """Whether the groups are those of just now; if not, how far the job is that finds them (0 to 1)."""

    is_current: bool = True
    progress: float = 0.0


def groups(unit: Unit, library_id: int, after: int) -> Iterator[Group]:
    """Files of a library that look alike, by their smallest id.  No check of access: whoever shows them does."""
    if _is_small(unit, library_id):
        yield from (group for group in near.groups(unit, library_id) if group[0] > after)
        return
    wanted = select(LookalikeGroup).where(LookalikeGroup.library_id == library_id).limit(_READ)
    while rows := unit.db.scalars(
        wanted.where(LookalikeGroup.first_id > after).order_by(LookalikeGroup.first_id)
    ).all():
        yield from (tuple(map(int, row.file_ids)) for row in rows)
        after = rows[-1].first_id


def _is_small(unit: Unit, library_id: int) -> bool:
    counted = select(func.sum(MonthCount.count)).where(MonthCount.library_id == library_id)
    return (unit.db.scalar(counted) or 0) <= MOST_AT_ONCE


def standing(unit: Unit, library_id: int) -> Standing:
    """How the groups stand.  No check of access."""
    if _is_small(unit, library_id):
        return Standing()
    state = unit.db.get(LookalikeState, library_id)
    if state is not None and state.number == feed_pages.newest(unit, library_id):
        return Standing()
    return Standing(is_current=False, progress=_progress(unit, library_id) or 0.0)


def _progress(unit: Unit, library_id: int) -> float | None:
    """How far the job of a library is; None where there is none."""
    is_open = Job.state.in_((State.ready, State.running))
    return unit.db.scalar(select(Job.progress).where(Job.kind == KIND, Job.subject == str(library_id), is_open))


def ask(app: App, library_id: int) -> None:
    """Have the look-alikes of a library found anew, unless that is about to be done."""
    try:
        with app.writing(SYSTEM) as unit:
            if _progress(unit, library_id) is None:
                unit.jobs.add(KIND, str(library_id), terms=Terms(Priority.later, delay=_delay(unit, library_id)))
    except (Unavailable, OverQuota):  # the next who looks asks again
        return


def _delay(unit: Unit, library_id: int) -> timedelta:
    return _PAUSE if unit.db.get(LookalikeState, library_id) else timedelta()


def look(app: App, task: Task) -> None:
    """Find the look-alikes of a library and keep them; the parts of a job that was broken off are found again."""
    library_id = int(task.subject)
    found = near.afresh(app, library_id, task.progress)
    with app.reading(SYSTEM) as unit:
        had = _kept(unit, library_id)
    new = {group[0]: group for group in found.groups}
    _forget(app, library_id, [first for first in had if first not in new])
    _keep(app, library_id, [group for first, group in new.items() if had.get(first) != group])
    _settle(app, library_id, found)


def _kept(unit: Unit, library_id: int) -> Mapping[int, Group]:
    wanted = select(LookalikeGroup.first_id, LookalikeGroup.file_ids).where(LookalikeGroup.library_id == library_id)
    return {first: tuple(map(int, file_ids)) for first, file_ids in unit.db.execute(wanted)}


def _forget(app: App, library_id: int, firsts: Sequence[int]) -> None:
    here = LookalikeGroup.library_id == library_id
    for some in batched(firsts, _READ):
        with app.writing(SYSTEM) as unit:
            unit.db.execute(delete(LookalikeGroup).where(here, LookalikeGroup.first_id.in_(some)))


def _keep(app: App, library_id: int, new: Sequence[Group]) -> None:
    """Write groups, some at a time, so that nobody waits long for the database."""
    table = table_of(LookalikeGroup)
    for some in batched(new, _WRITTEN):
        with app.writing(SYSTEM) as unit:
            if unit.db.get(Library, library_id) is None:
                return
            insert = insert_for(unit.db)(table)
            replaced = insert.on_conflict_do_update(
                index_elements=["library_id", "first_id"], set_={"file_ids": insert.excluded.file_ids}
            )
            rows = [
                {"library_id": library_id, "first_id": each[0], "file_ids": [str(file_id) for file_id in each]}
                for each in some
            ]
            unit.db.execute(replaced, rows)


def _settle(app: App, library_id: int, found: Found) -> None:
    with app.writing(SYSTEM) as unit:
        if unit.db.get(Library, library_id) is not None:
            unit.db.merge(LookalikeState(library_id=library_id, number=found.number, found_at=unit.now))
