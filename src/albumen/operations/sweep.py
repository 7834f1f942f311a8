"""The sweep: takes the bytes that no row speaks of, after a grace time."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import batched

from sqlalchemy import select

from albumen.app import App
from albumen.assets.models import Export
from albumen.blobs.port import Stored
from albumen.jobs.registry import Task
from albumen.kernel.actor import SYSTEM
from albumen.libraries import resumable
from albumen.libraries.models import Original, Rendition

GRACE = timedelta(hours=24)
_BATCH = 500


def sweep(app: App, *, grace: timedelta = GRACE, task: Task | None = None) -> int:
    """Delete blobs without a row that were not touched within the grace time; returns how many.

    An upload that finds its bytes there already touches them first, so it cannot lose them to a sweep.
    """
    with app.reading(SYSTEM) as unit:
        held = resumable.held(unit)
    taken = app.blobs.sweep_spools(grace, held)
    before = app.clock() - grace
    for batch in batched(app.blobs.list(), _BATCH):
        for stored in _without_row(app, [each for each in batch if each.modified_at < before]):
            taken += app.blobs.delete(stored.key, untouched_since=before)
        if task is not None:
            task.progress(0.0, f"{taken} taken")
    return taken


def _without_row(app: App, found: Sequence[Stored]) -> Iterator[Stored]:
    keys = [each.key for each in found]
    with app.reading(SYSTEM) as unit:
        known = set(unit.db.scalars(select(Original.key).where(Original.key.in_(keys))))
        known |= set(unit.db.scalars(select(Rendition.key).where(Rendition.key.in_(keys))))
        known |= set(unit.db.scalars(select(Export.key).where(Export.key.in_(keys))))
    return (each for each in found if each.key not in known)
