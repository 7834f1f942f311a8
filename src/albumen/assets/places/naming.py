"""Naming the places of files that were filed before places had names, or by an older gazetteer."""

from collections.abc import Sequence

from sqlalchemy import Row, bindparam, select, update

from albumen.app import App
from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.db import locks
from albumen.db.statements import table_of
from albumen.jobs.registry import Task
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Folder, Library
from albumen.media import places
from albumen.unit import Unit

KIND = "places"
_BATCH = 500
_NAMES = ("city", "region", "country", "country_code")

_file = table_of(File)
_located = (
    select(File.id, File.latitude, File.longitude, *(_file.c[name] for name in _NAMES))
    .where(File.id > bindparam("after"), File.latitude.is_not(None))
    .order_by(File.id)
    .limit(_BATCH)
)
_write = (
    update(_file)
    .where(
        _file.c.id == bindparam("file"),
        _file.c.latitude == bindparam("north"),
        _file.c.longitude == bindparam("east"),
    )
    .values({name: bindparam(f"new_{name}") for name in _NAMES})
)
_shown = select(File.id, File.library_id, Folder.lineage).join(Folder, Folder.id == File.folder_id)


def everywhere(app: App, task: Task) -> None:
    """Give every file that has a position the names of its place.  Harmless to repeat."""
    after, named = 0, 0
    while True:
        with app.reading(SYSTEM) as unit:
            rows = unit.db.execute(_located, {"after": after}).all()
        if not rows:
            return
        after = rows[-1].id
        renamed = _renamed(rows)
        if renamed:
            with app.writing(SYSTEM) as unit:
                _keep(unit, renamed)
        named += len(renamed)
        task.progress(0.0, f"{named} named")


def _renamed(rows: Sequence[Row[int, float | None, float | None]]) -> list[dict[str, object]]:
    """What to write for those that are called otherwise now."""
    found = []
    for row in rows:
        names = places.columns(row.latitude, row.longitude)
        if any(getattr(row, name) != names[name] for name in _NAMES):
            place = {"file": row.id, "north": row.latitude, "east": row.longitude}
            found.append({**place, **{f"new_{name}": names[name] for name in _NAMES}})
    return found


def _keep(unit: Unit, renamed: Sequence[dict[str, object]]) -> None:
    """Write the names, where a file is still at its place, and tell the devices."""
    here = File.id.in_([each["file"] for each in renamed])
    locks.hold(unit.db, Library.id, unit.db.scalars(select(File.library_id).where(here)))
    unit.db.execute(_write, renamed)
    by_folder: dict[tuple[int, str], list[int]] = {}
    shown = _shown.where(here, File.deleted_at.is_(None), File.part_of.is_(None))
    for row in unit.db.execute(shown):
        by_folder.setdefault((row.library_id, row.lineage), []).append(row.id)
    for (library_id, lineage), file_ids in by_folder.items():
        feed.record(unit, library_id, Happening(Thing.file, lineage=lineage), file_ids)
