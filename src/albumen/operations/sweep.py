"""The sweep: takes the bytes that no row speaks of, after a grace time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import batched

import structlog
from sqlalchemy import func, select

from albumen.app import App
from albumen.blobs.port import Stored
from albumen.jobs.registry import Task
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, Unavailable
from albumen.libraries import resumable
from albumen.libraries.models import Original
from albumen.operations import holdings
from albumen.operations.models import Backup, Check, Outcome
from albumen.unit import Unit

log = structlog.get_logger()

GRACE = timedelta(hours=24)
FRESH = timedelta(days=14)
"""How long a sweep that nobody asked for leaves originals: younger ones may have a row in the database that was there
before somebody put an older copy of it in place.  What was in the trash before it was purged is older."""
SILENT = timedelta(minutes=15)
"""A backup that has not moved on for so long was broken off."""
_MADE = frozenset({"sm", "md", "lg", "cnv", "sidecar", "export"})
"""What the keys begin with of what can be made again; where a layout names owners first, all counts as originals."""
_BATCH = 500
_USUAL = 100
"""So many blobs without a row are nothing to wonder about, however few originals there are."""


@dataclass(frozen=True)
class Leftovers:
    """What a sweep took, or would take: bodies left half-way, and blobs without a row with their bytes."""

    spools: int = 0
    blobs: int = 0
    size_bytes: int = 0

    @property
    def count(self) -> int:
        """Both together."""
        return self.spools + self.blobs


def sweep(app: App, *, grace: timedelta = GRACE, task: Task | None = None, is_asked: bool = True) -> int:
    """Delete blobs without a row that were not touched within the grace time; returns how many things went.

    An upload that finds its bytes there already touches them first, so it cannot lose them to a sweep.  Raises
    Unavailable while a backup is copying what rows named a moment ago, and Conflict, unless somebody asked for this
    sweep, where so much has no row that these may be the wrong rows: those of an older copy, or of another store.
    """
    if not is_asked:
        _check_plausible(app, grace)
    with app.reading(SYSTEM) as unit:
        held = resumable.held(unit)
    spools = app.blobs.sweep_spools(grace, held)
    bounds = _Bounds.of(app, grace, is_asked=is_asked)
    return Leftovers(spools).count + _walk(app, bounds, partial(_take, app, bounds), task).count


@dataclass(frozen=True)
class _Bounds:
    """Since when nobody touched what a sweep takes: originals, and what can be made again."""

    original: datetime
    made: datetime

    @classmethod
    def of(cls, app: App, grace: timedelta, *, is_asked: bool) -> "_Bounds":
        """By the grace time, which is longer for originals where nobody asked for the sweep."""
        now = app.clock()
        return cls(now - (grace if is_asked else max(grace, FRESH)), now - grace)

    def before(self, key: str) -> datetime:
        """The one for what has this key."""
        return self.made if key.partition("/")[0] in _MADE else self.original


def _take(app: App, bounds: _Bounds, keys: Sequence[str]) -> Sequence[str]:
    gone: list[str] = []
    for before in {bounds.made, bounds.original}:
        some = [key for key in keys if bounds.before(key) == before]
        gone += app.blobs.sweep(some, before) if some else ()
    if gone:
        _forget(app, frozenset(gone))
    return gone


def _forget(app: App, gone: frozenset[str]) -> None:
    """Take what checks said of these bytes out of their reports: it is put right, and its key names a photo."""
    with app.writing(SYSTEM) as unit:
        for check in unit.db.scalars(select(Check).where(Check.defect_count > 0).with_for_update()):
            left = [each for each in check.defects if each["subject"] not in gone]
            if len(left) < len(check.defects):
                check.defect_count -= len(check.defects) - len(left)
                check.defects = left


def _check_plausible(app: App, grace: timedelta) -> None:
    with app.reading(SYSTEM) as unit:
        originals = unit.db.scalar(select(func.count()).select_from(Original)) or 0
    found = foreseen(app, grace=grace)
    if found.blobs > max(_USUAL, 2 * originals):  # of each there are about four blobs
        log.error("nothing was swept: too much in the store has no row", blobs=found.blobs, originals=originals)
        raise Conflict(
            f"{found.blobs} blobs in the store have no row. If these are the right database and store, run "
            "`albumen sweep`."
        )


def foreseen(app: App, *, grace: timedelta = GRACE) -> Leftovers:
    """What a sweep would take of the store now, touching nothing."""
    return _walk(app, _Bounds.of(app, grace, is_asked=True), lambda keys: keys, None, is_dry=True)


def _walk(
    app: App,
    bounds: _Bounds,
    take: Callable[[Sequence[str]], Sequence[str]],
    task: Task | None,
    *,
    is_dry: bool = False,
) -> Leftovers:
    total = Leftovers()
    for batch in batched(app.blobs.list(), _BATCH):
        old = [each for each in batch if each.modified_at < bounds.before(each.key)]
        lost = {each.key: each.size_bytes for each in _without_row(app, old, is_dry=is_dry)}
        gone = take(list(lost))
        size_bytes = sum(lost[key] for key in gone)
        total = Leftovers(0, total.blobs + len(gone), total.size_bytes + size_bytes)
        if task is not None:
            task.progress(0.0, f"{total.blobs} taken")
    return total


def _without_row(app: App, found: Sequence[Stored], *, is_dry: bool) -> list[Stored]:
    with app.reading(SYSTEM) as unit:
        if not is_dry:
            _check_no_backup(unit)
        known = holdings.known(unit.db, [each.key for each in found])
    return [each for each in found if each.key not in known]


def _check_no_backup(unit: Unit) -> None:
    """Raises Unavailable while a backup copies.  One that begins after this look sees the same rows, or newer ones."""
    alive = (Backup.outcome == Outcome.running, Backup.deed == "backup", Backup.alive_at > unit.now - SILENT)
    if unit.db.scalar(select(Backup.id).where(*alive).limit(1)) is not None:
        raise Unavailable("A backup is being made. Sweep when it is done.")
