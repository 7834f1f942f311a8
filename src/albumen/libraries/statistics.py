"""Counts and bytes of a library, over what the actor may see of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, and_, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from albumen.libraries import access, contents, trash
from albumen.libraries.models import File, Library, Original, Rendition, Role, Version
from albumen.unit import Unit

_DAY = 86_400_000
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_BEFORE_1970 = (datetime(1970, 1, 1, tzinfo=UTC) - _FIRST) // timedelta(milliseconds=1)
_LIVING = and_(File.deleted_at.is_(None), File.signature > "")
"""The second half holds for every file: it makes databases walk them as originals and renditions lie, not by time."""
_own_bytes = func.coalesce(func.sum(File.size_bytes), 0)


@dataclass(frozen=True)
class Amount:
    """How many, and their bytes."""

    count: int = 0
    size_bytes: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.count + other.count, self.size_bytes + other.size_bytes)


@dataclass(frozen=True)
class Statistics:
    """The numbers of a library.  Months are year * 100 + month; what is newest, or most, comes first."""

    quota_bytes: int | None
    used_bytes: int
    folder_count: int
    by_kind: Mapping[str, Amount]
    trash: Amount
    by_year: Sequence[tuple[int, Amount]]
    by_month: Sequence[tuple[int, int]]
    by_camera: Sequence[tuple[str, Amount]]

    @property
    def file_count(self) -> int:
        """Photos and videos."""
        return self.by_kind["photo"].count + self.by_kind["video"].count


def of_library(unit: Unit, library_id: int) -> Statistics:
    """The statistics of what the actor may see of a library.  Raises NotFound, Denied."""
    seen = access.files_seen(unit, library_id)
    is_whole = access.role_on(unit, library_id) is not None
    here = File.library_id == library_id if is_whole else _with_parts(seen)
    kinds, binned = _by_kind(unit, and_(here, _LIVING)), _in_trash(unit, library_id)
    library = unit.db.get_one(Library, library_id)
    cells = _cells(unit, seen)
    return Statistics(
        quota_bytes=library.quota_bytes if is_whole else None,
        used_bytes=library.used_bytes if is_whole else sum((*kinds.values(), binned), Amount()).size_bytes,
        folder_count=unit.db.scalar(select(func.count()).where(access.folders_seen(unit, library_id))) or 0,
        by_kind=kinds,
        trash=binned,
        by_year=_by_year(cells),
        by_month=_by_month(cells),
        by_camera=_by_camera(cells),
    )


def _with_parts(seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """The files seen, and the moving parts of photos among them."""
    part = aliased(File)
    parts = select(part.id).join(File, File.id == part.part_of).where(seen, part.deleted_at.is_(None))
    return or_(seen, File.id.in_(parts.correlate(None)))


def _by_kind(unit: Unit, here: ColumnElement[bool]) -> dict[str, Amount]:
    """Photos and videos by their current contents (a moving part counts by its bytes), and what is kept beside."""
    shown = func.count().filter(File.part_of.is_(None))
    rows = select(Original.is_video, shown, _own_bytes).join(Original, Original.signature == File.signature)
    found = {
        row[0]: Amount(row[1], int(row[2])) for row in unit.db.execute(rows.where(here).group_by(Original.is_video))
    }
    return {
        "photo": found.get(False, Amount()),
        "video": found.get(True, Amount()),
        "rendition": _renditions(unit, here),
        "version": _versions(unit, and_(here, contents.REVISED, Version.number < File.version)),
    }


def _renditions(unit: Unit, which: ColumnElement[bool]) -> Amount:
    made = select(func.count(), func.coalesce(func.sum(Rendition.size_bytes), 0)).select_from(File)
    count, size = unit.db.execute(made.join(Rendition, Rendition.signature == File.signature).where(which)).one()
    return Amount(count, int(size))


def _versions(unit: Unit, which: ColumnElement[bool]) -> Amount:
    kept = select(func.count(), func.coalesce(func.sum(Version.size_bytes), 0)).select_from(File)
    count, size = unit.db.execute(kept.join(Version, Version.file_id == File.id).where(which)).one()
    return Amount(count, int(size))


def _in_trash(unit: Unit, library_id: int) -> Amount:
    """What the trash holds where the actor may read, all its bytes included; nothing for who sees albums only."""
    given = access.reach(unit, library_id)
    if given.role is None and not given.folders:
        return Amount()
    here = and_(trash.reached(unit, library_id, Role.reader), File.deleted_at.is_not(None))
    count = unit.db.scalar(select(func.count()).select_from(File).where(here, trash.HERE)) or 0
    size = _versions(unit, here).size_bytes + _renditions(unit, here).size_bytes
    return Amount(count, size)


@dataclass(frozen=True)
class _Cell:
    """What was taken on one day with one camera (empty where none is told)."""

    day: date
    camera: str
    amount: Amount


def _cells(unit: Unit, seen: ColumnElement[bool]) -> list[_Cell]:
    """Counted by the database to the day, the one span that is the same arithmetic everywhere, in one walk."""
    day = ((type_coerce(File.sorted_at, BigInteger) + _BEFORE_1970) // _DAY).label("day")
    keys = (day, File.camera_make, File.camera_model)
    rows = unit.db.execute(select(*keys, func.count(), _own_bytes).where(seen, File.signature > "").group_by(*keys))
    return [
        _Cell((_FIRST + timedelta(days=row[0])).date(), camera_of(row[1], row[2]), Amount(row[3], int(row[4])))
        for row in rows
    ]


def _by_year(cells: Sequence[_Cell]) -> list[tuple[int, Amount]]:
    years: dict[int, Amount] = {}
    for cell in cells:
        years[cell.day.year] = years.get(cell.day.year, Amount()) + cell.amount
    return sorted(years.items(), reverse=True)


def _by_month(cells: Sequence[_Cell]) -> list[tuple[int, int]]:
    months: Counter[int] = Counter()
    for cell in cells:
        months[cell.day.year * 100 + cell.day.month] += cell.amount.count
    return sorted(months.items(), reverse=True)


def _by_camera(cells: Sequence[_Cell]) -> list[tuple[str, Amount]]:
    """By make and model, of the photos that tell one."""
    found: dict[str, Amount] = {}
    for cell in cells:
        if cell.camera:
            found[cell.camera] = found.get(cell.camera, Amount()) + cell.amount
    return sorted(found.items(), key=lambda each: (-each[1].count, each[0]))


def camera_of(make: str | None, model: str | None) -> str:
    """Make and model in one; most models name their make already."""
    if make and model and model.casefold().startswith(make.casefold()):
        return model
    return " ".join(filter(None, (make, model)))
