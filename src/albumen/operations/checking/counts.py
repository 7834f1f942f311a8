"""Counts and sums that lists show, held against a recount of the rows that they count."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from albumen.accounts.models import User
from albumen.db import locks
from albumen.db.statements import insert_for, table_of
from albumen.kernel import ids
from albumen.libraries import tally
from albumen.libraries.models import File, Folder, Library, MonthCount, Rendition, Resumable, Version
from albumen.operations.checking.defects import Defect, Fault
from albumen.vault.models import Vault

Sums = Mapping[int, int]
_KEPT = ("file_count", "file_bytes", "sm_bytes", "md_bytes", "lg_bytes", "cnv_bytes")


@dataclass(frozen=True)
class Wrong:
    """A count that is not what its rows come to."""

    table: type[Library | User | Folder]
    id: int
    name: str
    column: str
    kept: int
    right: int


def look(db: Session) -> Iterator[Defect]:
    """Every count and sum that is not right."""
    for each in wrong(db):
        what = f"{each.table.__tablename__.rstrip('s').replace('librarie', 'library')} {each.name}"
        words = f"The {what} keeps {each.kept} as its {each.column.replace('_', ' ')}; counted anew it is {each.right}."
        yield _defect(f"{ids.encode(each.id)}:{each.column}", words, each.name)
    for (library_id, month), (kept, right) in wrong_months(db).items():
        words = f"A library keeps {kept} files for the month {month}; counted anew there are {right}."
        yield _defect(f"{ids.encode(library_id)}:{month}", words)


def _defect(subject: str, words: str, *shown_as: str) -> Defect:
    fix = "`albumen check --fix` counts anew."
    return Defect(Fault.wrong_count, "count", subject, words, fix, mends=True, shown_as=shown_as)


def mend(db: Session) -> None:
    """Write down every count as it is; whoever writes meanwhile waits."""
    locks.hold(db, Library.id, db.scalars(select(Library.id)))
    for each in wrong(db):
        db.execute(update(each.table).where(each.table.id == each.id).values({each.column: each.right}))
    for (library_id, month), (_, right) in wrong_months(db).items():
        made = insert_for(db)(table_of(MonthCount)).values(library_id=library_id, month=month, count=right)
        db.execute(made.on_conflict_do_update(index_elements=["library_id", "month"], set_={"count": right}))


def wrong(db: Session) -> Iterator[Wrong]:
    """Counts of libraries, users and folders that are not right."""
    for table, sums in ((Library, _of_libraries(db)), (User, _of_users(db))):
        for row in db.execute(select(table.id, table.name, table.used_bytes)):
            if row.used_bytes != sums[row.id]:
                yield Wrong(table, row.id, row.name, "used_bytes", row.used_bytes, sums[row.id])
    folders = _of_folders(db)
    columns = (getattr(Folder, name) for name in _KEPT)
    for row in db.execute(select(Folder.id, Folder.name, *columns)):
        for name in _KEPT:
            kept, right = getattr(row, name), folders[row.id][name]
            if kept != right:
                yield Wrong(Folder, row.id, row.name, name, kept, right)


_made = select(func.sum(Rendition.size_bytes)).join(File, File.signature == Rendition.signature)
_versions = select(func.sum(Version.size_bytes)).join(File, File.id == Version.file_id)


def _of_libraries(db: Session) -> Sums:
    announced = select(func.sum(Resumable.size_bytes)).where(Resumable.reserved_in.is_not(None))
    return _summed(
        db,
        _versions.add_columns(File.library_id).group_by(File.library_id),
        _made.add_columns(File.library_id).group_by(File.library_id),
        announced.add_columns(Resumable.reserved_in).group_by(Resumable.reserved_in),
    )


def _of_users(db: Session) -> Sums:
    announced = select(func.sum(Resumable.size_bytes)).where(Resumable.reserved_in.is_not(None))
    return _summed(
        db,
        _versions.add_columns(Version.added_by).group_by(Version.added_by),
        _made.add_columns(File.added_by).group_by(File.added_by),
        announced.add_columns(Resumable.user_id).group_by(Resumable.user_id),
        select(func.sum(Vault.used_bytes), Vault.user_id).group_by(Vault.user_id),
    )


def _summed(db: Session, *selects: Select[*tuple[Any, ...]]) -> Sums:
    total: Counter[int] = Counter()
    for each in selects:
        for size_bytes, key in db.execute(each):
            if key is not None:
                total[key] += int(size_bytes)
    return total


def _of_folders(db: Session) -> Mapping[int, Mapping[str, int]]:
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    shown = File.deleted_at.is_(None)
    whole = func.count().filter(File.part_of.is_(None))
    own = select(File.folder_id, whole, func.sum(File.size_bytes)).where(shown).group_by(File.folder_id)
    for folder_id, count, size_bytes in db.execute(own):
        found[folder_id].update(file_count=count, file_bytes=int(size_bytes))
    made = _made.add_columns(File.folder_id, Rendition.variant).where(shown)
    for size_bytes, folder_id, variant in db.execute(made.group_by(File.folder_id, Rendition.variant)):
        if variant in tally.COLUMNS:
            found[folder_id][tally.COLUMNS[variant]] += int(size_bytes)
    return found


def wrong_months(db: Session) -> Mapping[tuple[int, int], tuple[int, int]]:
    """Months of libraries whose count is not right: what is kept, and what it should be."""
    right: Counter[tuple[int, int]] = Counter()
    listed = select(File.library_id, File.sorted_at).where(File.deleted_at.is_(None), File.part_of.is_(None))
    for library_id, sorted_at in db.execute(listed.execution_options(yield_per=1000)):
        right[library_id, sorted_at.year * 100 + sorted_at.month] += 1
    kept = {(row.library_id, row.month): row.count for row in db.scalars(select(MonthCount))}
    keys = kept.keys() | right.keys()
    return {key: (kept.get(key, 0), right[key]) for key in sorted(keys) if kept.get(key, 0) != right[key]}
