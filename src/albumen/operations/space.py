"""What the stored bytes of the whole installation are, and how long the disk lasts."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from albumen.app import App
from albumen.blobs.port import Space
from albumen.libraries.models import File, Original, Rendition
from albumen.operations.stats import check_keeper
from albumen.unit import Unit

WINDOW_DAYS = 30


@dataclass(frozen=True)
class Holdings:
    """Bytes as they lie in the store; each original and each rendition counts once, whoever has it."""

    originals: int
    renditions: int
    trash: int
    counts: tuple[int, int]
    disk: Space | None
    reserve_bytes: int
    grown: int

    @property
    def a_day(self) -> float:
        """How many bytes come in on a day, by the last month."""
        return self.grown / WINDOW_DAYS

    @property
    def days_left(self) -> int | None:
        """For how many days there is room at this pace; None where nothing grows, or nobody knows."""
        if self.disk is None or self.a_day <= 0:
            return None
        return int(max(0, self.disk.free_bytes - self.reserve_bytes) / self.a_day)


def of_house(app: App, unit: Unit) -> Holdings:
    """What lies in the store.  Raises Denied."""
    check_keeper(unit)
    count, originals = _summed(unit, Original)
    made, renditions = _summed(unit, Rendition)
    since = unit.now - timedelta(days=WINDOW_DAYS)
    fresh = select(func.coalesce(func.sum(Original.size_bytes), 0)).where(Original.stored_at >= since)
    new = int(unit.db.scalar(fresh) or 0)
    grown = new + (renditions * new // originals if originals else 0)
    disk = app.blobs.space()
    return Holdings(originals, renditions, _trash(unit), (count, made), disk, reserve(app, disk), grown)


def _summed(unit: Unit, table: type[Original] | type[Rendition]) -> tuple[int, int]:
    row = unit.db.execute(select(func.count(), func.coalesce(func.sum(table.size_bytes), 0)).select_from(table)).one()
    return int(row[0]), int(row[1])


def _trash(unit: Unit) -> int:
    """The originals that only the trash still holds."""
    kept = select(File.signature).where(File.deleted_at.is_(None))
    gone = select(File.signature).where(File.deleted_at.is_not(None), File.signature.not_in(kept))
    wanted = select(func.coalesce(func.sum(Original.size_bytes), 0)).where(Original.signature.in_(gone))
    return int(unit.db.scalar(wanted) or 0)


def reserve(app: App, disk: Space | None) -> int:
    """The room below which nothing new is taken."""
    upload = app.settings.upload
    if disk is None:
        return 0
    return int(min(upload.reserve_bytes, disk.total_bytes * upload.reserve_percent / 100))
