"""Checks: whole at the keeper's word, or bit by bit as the job `scrub`; what they find is kept.

An original that is found missing or damaged is noted (`Damage`), so that the same bytes, sent again, replace it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from albumen.app import App
from albumen.db.statements import insert_for, table_of
from albumen.jobs.queue import Terms
from albumen.jobs.registry import Priority, Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Problem
from albumen.libraries.damage_models import Damage
from albumen.libraries.models import File, Original, Version
from albumen.operations.checking import counts, following, mending, rows, stored
from albumen.operations.checking.defects import Defect, Fault
from albumen.operations.checking.stored import GRACE, Pace, Search
from albumen.operations.models import Check

log = structlog.get_logger()

SCRUB = "scrub"
SLICE_SECONDS = 20.0
"""How long the job reads before it lets others have its thread."""
_KEPT_DEFECTS = 5000
_KEPT_CHECKS = 50
_NOTE_EVERY = 500
_BYTES = frozenset(
    {Fault.missing, Fault.unreadable, Fault.truncated, Fault.longer, Fault.damaged, Fault.swapped, Fault.wrong_row}
)


@dataclass(frozen=True)
class Wanted:
    """What a check is to do: how many of the bytes it reads, how fast, and who hears of each defect."""

    percent: float = 100.0
    grace: timedelta = GRACE
    pace: Pace = field(default_factory=Pace)
    tell: Callable[[Defect], None] = lambda _: None
    seconds: float | None = None
    progress: Callable[[int], None] = lambda _: None


def run(app: App, wanted: Wanted) -> Check:
    """Check everything now; the defects are told as they are found, and kept."""
    return go_on(app, begin(app, percent=wanted.percent, is_scrub=False), wanted)


def begin(app: App, *, percent: float, is_scrub: bool) -> int:
    """Begin a check; its id."""
    with app.writing(SYSTEM) as unit:
        made = Check(id=ids.new_id(), is_scrub=is_scrub, percent=percent, defects=[], started_at=unit.now)
        unit.db.add(made)
        return made.id


def go_on(app: App, check_id: int, wanted: Wanted) -> Check:
    """Go on where a check stands, for so many seconds or to its end; how it stands then."""
    with app.reading(SYSTEM) as unit:
        position = unit.db.get_one(Check, check_id).position or ""
    search = Search(position, wanted.percent, wanted.grace, wanted.pace)
    until = None if wanted.seconds is None else time.monotonic() + wanted.seconds
    notes = _Notes(app, check_id, search)
    for number, (key, defect) in enumerate(stored.look(app, search), 1):
        named = defect and _named(app, defect)
        if named is not None:
            wanted.tell(named)
        notes.add(key, named)
        if number % _NOTE_EVERY == 0:
            wanted.progress(number)
            notes.write()
        if until is not None and time.monotonic() > until:
            return notes.write()
    with app.reading(SYSTEM) as unit:
        for defect in _of_rows(unit.db):
            wanted.tell(defect)
            notes.add(None, defect)
    return notes.write(is_done=True)


def _of_rows(db: Session) -> Iterator[Defect]:
    yield from rows.look(db)
    yield from counts.look(db)
    yield from following.look(db)


def _named(app: App, defect: Defect) -> Defect:
    """A defect of an original, with the names of some files that have it."""
    if defect.thing != "original":
        return defect
    with app.reading(SYSTEM) as unit:
        having = select(File.name).join(Version, Version.file_id == File.id).where(Version.signature == defect.subject)
        names = tuple(unit.db.scalars(having.distinct().order_by(File.name).limit(3)))
    told = {name: getattr(defect, name) for name in ("fault", "thing", "subject", "words", "fix", "mends")}
    return Defect(**told, shown_as=names)


class _Notes:
    """What a check has found since it last wrote that down."""

    def __init__(self, app: App, check_id: int, search: Search) -> None:
        self._app, self._id, self._search = app, check_id, search
        self._begin()

    def _begin(self) -> None:
        self._position: str | None = None
        self._count, self._read_bytes = 0, self._search.pace.read_bytes
        self._defects: list[Defect] = []

    def add(self, key: str | None, defect: Defect | None) -> None:
        """Count one key, and what is wrong with it."""
        if key is not None:
            self._position, self._count = key, self._count + 1
        if defect is not None:
            self._defects.append(defect)

    def write(self, *, is_done: bool = False) -> Check:
        """Keep all that, and where the check stands."""
        with self._app.writing(SYSTEM) as unit:
            check = unit.db.get_one(Check, self._id)
            check.blob_count += self._count
            check.read_bytes += self._search.pace.read_bytes - self._read_bytes
            check.defect_count += len(self._defects)
            room = _KEPT_DEFECTS - len(check.defects)
            check.defects = [*check.defects, *(each.told() for each in self._defects[: max(0, room)])]
            check.position = None if is_done else self._position or check.position
            if is_done:
                check.finished_at = unit.now
            for defect in self._defects:
                _note_damage(unit.db, defect, check)
            if is_done:
                _forget_old(unit.db)
                _forget_healed(unit.db, check)
        for defect in self._defects:
            log.warning("defect", fault=defect.fault.value, thing=defect.thing, subject=defect.subject)
        self._begin()
        return check


def _note_damage(db: Session, defect: Defect, check: Check) -> None:
    if defect.thing != "original" or defect.fault not in _BYTES - {Fault.wrong_row}:
        return
    if db.get(Original, defect.subject) is None:
        return
    row = {"signature": defect.subject, "words": defect.words, "found_at": check.started_at}
    anew = {"words": defect.words, "found_at": check.started_at}
    insert = insert_for(db)(table_of(Damage)).values(row)
    db.execute(insert.on_conflict_do_update(index_elements=["signature"], set_=anew))


def _forget_healed(db: Session, check: Check) -> None:
    """A check that read every byte and found an original whole knows better than those before it."""
    if check.percent >= 100:
        db.execute(delete(Damage).where(Damage.found_at < check.started_at))


def _forget_old(db: Session) -> None:
    kept = select(Check.id).order_by(Check.started_at.desc()).limit(_KEPT_CHECKS)
    db.execute(delete(Check).where(Check.id.not_in(kept)).execution_options(synchronize_session=False))


def last(db: Session) -> Check | None:
    """The newest check that came to its end."""
    done = select(Check).where(Check.finished_at.is_not(None))
    return db.scalar(done.order_by(Check.started_at.desc()).limit(1))


def scrub(app: App, task: Task) -> None:
    """Go on with the check that runs by itself, or begin one that is due; damaged renditions are made anew."""
    settings = app.settings.scrub
    open_id = _open_or_due(app, timedelta(days=settings.every_days)) if settings.every_days else None
    if open_id is None:
        return
    found: list[Defect] = []
    wanted = Wanted(
        percent=settings.percent,
        pace=Pace(settings.bytes_per_second),
        tell=found.append,
        seconds=SLICE_SECONDS,
        progress=lambda number: task.progress(0.0, f"{number} looked at"),
    )
    check = go_on(app, open_id, wanted)
    for defect in found:
        if defect.thing == "rendition":
            with suppress(Problem, NoResultFound):
                mending.make_anew(app, defect.subject)
    if check.finished_at is None:
        with app.writing(SYSTEM) as unit:
            unit.jobs.add(SCRUB, terms=Terms(Priority.later))


def _open_or_due(app: App, every: timedelta) -> int | None:
    """The check that is under way; else a new one, where the last began long enough ago."""
    with app.reading(SYSTEM) as unit:
        newest = unit.db.scalar(select(Check).where(Check.is_scrub).order_by(Check.started_at.desc()).limit(1))
        if newest is not None and newest.finished_at is None:
            return newest.id
        if newest is not None and newest.started_at > unit.now - every:
            return None
    return begin(app, percent=app.settings.scrub.percent, is_scrub=True)
