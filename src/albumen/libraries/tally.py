"""Counts and sums that lists show, kept by whoever changes what they count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from albumen.kernel.errors import OverQuota
from albumen.libraries.models import File, Folder, Library, MonthCount, Rendition
from albumen.unit import Unit

COLUMNS = {"sm": "sm_bytes", "md": "md_bytes", "lg": "lg_bytes", "full-size": "cnv_bytes"}


@dataclass(frozen=True)
class Weight:
    """What a file adds where it lies: its own bytes and those of its renditions by variant."""

    own: int
    renditions: Mapping[str, int]

    @property
    def total(self) -> int:
        """All bytes."""
        return self.own + sum(self.renditions.values())


def weight(unit: Unit, file: File) -> Weight:
    """What a file weighs now."""
    rows = unit.db.execute(select(Rendition.variant, Rendition.size_bytes).where(Rendition.signature == file.signature))
    return Weight(file.size_bytes, {row.variant: row.size_bytes for row in rows})


def reserve(unit: Unit, library_id: int, size_bytes: int) -> None:
    """Count bytes against a library's quota; the row's lock makes writers of one library take turns.

    Raises OverQuota, telling what is used and free.
    """
    grown = (
        update(Library)
        .where(Library.id == library_id)
        .values(used_bytes=Library.used_bytes + size_bytes)
        .returning(Library.used_bytes, Library.quota_bytes)
    )
    used, quota = unit.db.execute(grown).one()
    if quota is not None and size_bytes > 0 and used > quota:
        free = max(0, quota - used + size_bytes)
        raise OverQuota(f"The library's quota is used up: {used - size_bytes} bytes used, {free} free.")


def place(unit: Unit, file: File, weight: Weight, *, sign: int = 1) -> None:
    """Count a file in its folder and month (`sign` -1 takes it out)."""
    values = {name: getattr(Folder, name) + sign * weight.renditions.get(v, 0) for v, name in COLUMNS.items()}
    values |= {"file_count": Folder.file_count + sign, "file_bytes": Folder.file_bytes + sign * weight.own}
    unit.db.execute(update(Folder).where(Folder.id == file.folder_id).values(values))
    count_month(unit, file.library_id, file.sorted_at, sign)


def count_month(unit: Unit, library_id: int, sorted_at: datetime, change: int) -> None:
    """Count a file in the month of its local date."""
    month = sorted_at.year * 100 + sorted_at.month
    insert = postgresql_insert if unit.db.get_bind().dialect.name == "postgresql" else sqlite_insert
    row = insert(MonthCount).values(library_id=library_id, month=month, count=change)
    more = {"count": MonthCount.count + change}
    unit.db.execute(row.on_conflict_do_update(index_elements=["library_id", "month"], set_=more))


def add_rendition(unit: Unit, signature: str, variant: str, size_bytes: int) -> None:
    """Count a rendition that was made (or, negative, removed) wherever its original is filed."""
    column = COLUMNS.get(variant)
    holders = (
        select(File.library_id, File.folder_id, func.count().label("files"))
        .where(File.signature == signature, File.deleted_at.is_(None))
        .group_by(File.library_id, File.folder_id)
    )
    for row in unit.db.execute(holders).all():
        grown = {"used_bytes": Library.used_bytes + size_bytes * row.files}
        unit.db.execute(update(Library).where(Library.id == row.library_id).values(grown))
        if column:
            summed = {column: getattr(Folder, column) + size_bytes * row.files}
            unit.db.execute(update(Folder).where(Folder.id == row.folder_id).values(summed))
