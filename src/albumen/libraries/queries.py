"""What lists show: plain selects that start from what the actor may see, paged by key."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, func, select, true, tuple_

from albumen.kernel.clock import Span
from albumen.kernel.errors import Invalid
from albumen.kernel.pages import Page, from_cursor, to_cursor
from albumen.libraries import access
from albumen.libraries.models import File, Folder, MonthCount, Original, Rendition, Role
from albumen.unit import Unit

_among: BindParameter[str] = bindparam("signatures", expanding=True)
_originals = select(
    Original.signature,
    Original.mime,
    Original.is_video,
    Original.width,
    Original.height,
    Original.duration_seconds,
    Original.developed_at,
    func.coalesce(Original.failure, Original.unplayable).label("failure"),
    Original.thumbhash,
    Original.converted_at,
).where(Original.signature.in_(_among))
_renditions = select(Rendition.signature, Rendition.variant, Rendition.size_bytes).where(
    Rendition.signature.in_(_among)
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def in_folder(unit: Unit, folder: Folder, *, limit: int, cursor: str | None) -> Page[File]:
    """The files directly in a folder, by name.  Raises NotFound, Invalid."""
    access.require_folder(unit, folder, Role.reader)
    wanted = select(File).where(File.folder_id == folder.id, access.LISTED)
    if cursor:
        folded, file_id = _keys(cursor, str, int)
        wanted = wanted.where(tuple_(File.folded, File.id) > (folded, file_id))
    rows = unit.db.scalars(wanted.order_by(File.folded, File.id).limit(limit + 1)).all()
    more = to_cursor(rows[limit - 1].folded, rows[limit - 1].id) if len(rows) > limit else None
    return Page(rows[:limit], more)


def _keys[A, B](cursor: str, first: type[A], second: type[B]) -> tuple[A, B]:
    keys = from_cursor(cursor)
    if len(keys) != 2 or not isinstance(keys[0], first) or not isinstance(keys[1], second):
        raise Invalid("The cursor is not one that this list gave.")
    return keys[0], keys[1]


def within(span: Span) -> ColumnElement[bool]:
    """Which files were taken within; those without a date only where there is no bound."""
    tests: list[ColumnElement[bool]] = []
    for bound, is_begin in ((span.begin, True), (span.end, False)):
        if bound is not None:
            has_zone = bound.utcoffset() is not None
            column = File.taken_at if has_zone else File.taken_local
            moment = bound if has_zone else bound.replace(tzinfo=UTC)
            tests.append(column >= moment if is_begin else column <= moment)
    return and_(true(), *tests)


def images(unit: Unit, span: Span, *, limit: int, cursor: str | None) -> Page[int]:
    """The ids of all files the actor may see, taken within the span, by id.  Raises Invalid."""
    wanted = select(File.id).where(access.files_anywhere(unit), within(span))
    return ids_page(unit, wanted, limit=limit, cursor=cursor)


def ids_page(unit: Unit, wanted: Select[int], *, limit: int, cursor: str | None) -> Page[int]:
    """A page of a select of file ids, by id.  Raises Invalid for a foreign cursor."""
    if cursor:
        after = from_cursor(cursor)
        if len(after) != 1 or not isinstance(after[0], int):
            raise Invalid("The cursor is not one that this list gave.")
        wanted = wanted.where(File.id > after[0])
    rows = unit.db.scalars(wanted.order_by(File.id).limit(limit + 1)).all()
    return Page(rows[:limit], to_cursor(rows[limit - 1]) if len(rows) > limit else None)


@dataclass(frozen=True)
class Content:
    """What is stored of a file's content, beside what the user filed."""

    original: Row[str, str, bool, int, int, float | None, datetime | None, str | None, bytes | None, datetime | None]
    rendition_bytes: dict[str, int]

    @property
    def is_processing(self) -> bool:
        """Whether something is still to be made of it: its pictures, or what makes a film play everywhere."""
        row = self.original
        return row.failure is None and (row.developed_at is None or (row.is_video and row.converted_at is None))


def contents(unit: Unit, files: Sequence[File]) -> dict[str, Content]:
    """The stored content of each file by signature, in two queries."""
    signatures = list({file.signature for file in files})
    originals = unit.db.execute(_originals, {"signatures": signatures}).all()
    sizes: dict[str, dict[str, int]] = {}
    for row in unit.db.execute(_renditions, {"signatures": signatures}):
        sizes.setdefault(row.signature, {})[row.variant] = row.size_bytes
    return {row.signature: Content(row, sizes.get(row.signature, {})) for row in originals}


def months(unit: Unit, library_id: int) -> list[tuple[int, int]]:
    """How many files were taken in each month (year * 100 + month), newest first.  Raises NotFound."""
    if access.check_seen(unit, library_id).role is None:
        return _months_seen(unit, library_id)
    wanted = select(MonthCount.month, MonthCount.count).where(MonthCount.library_id == library_id, MonthCount.count > 0)
    return [(month, count) for month, count in unit.db.execute(wanted.order_by(MonthCount.month.desc()))]


def _months_seen(unit: Unit, library_id: int) -> list[tuple[int, int]]:
    """The same for whoever sees a part of the library: counted, because only the whole is kept."""
    rows = unit.db.scalars(select(File.sorted_at).where(access.files_seen(unit, library_id)))
    counts = Counter(moment.year * 100 + moment.month for moment in rows)
    return sorted(counts.items(), reverse=True)


def timeline(unit: Unit, library_id: int, *, limit: int, cursor: str | None) -> Page[File]:
    """The files of a library but for those archived, the newest first.  Raises NotFound, Invalid."""
    wanted = select(File).where(access.files_seen(unit, library_id), File.archived.is_(False))
    if cursor:
        millis, file_id = _keys(cursor, int, int)
        wanted = wanted.where(tuple_(File.sorted_at, File.id) < (moment(millis), file_id))
    rows = unit.db.scalars(wanted.order_by(File.sorted_at.desc(), File.id.desc()).limit(limit + 1)).all()
    return Page(rows[:limit], place_after(rows[limit - 1]) if len(rows) > limit else None)


def moment(millis: int) -> datetime:
    """The time that a cursor counts in milliseconds since 1970.  Raises Invalid where there is no such time."""
    try:
        return EPOCH + timedelta(milliseconds=millis)
    except OverflowError:
        raise Invalid("The cursor is not one that this list gave.") from None


def place_after(file: File) -> str:
    """The cursor of the timeline that goes on after this file."""
    return to_cursor(millis(file.sorted_at), file.id)


def millis(at: datetime) -> int:
    """A time as cursors count it, in milliseconds since 1970."""
    return (at - EPOCH) // timedelta(milliseconds=1)


def beside(unit: Unit, file: File) -> tuple[File | None, File | None]:
    """The next newer and the next older file in the timeline, or in the archive; None at its ends.  Raises NotFound."""
    alike = File.archived.is_(file.archived)
    wanted = select(File).where(access.files_seen(unit, file.library_id), alike).limit(1)
    place, here = tuple_(File.sorted_at, File.id), (file.sorted_at, file.id)
    newer = unit.db.scalar(wanted.where(place > here).order_by(File.sorted_at, File.id))
    older = unit.db.scalar(wanted.where(place < here).order_by(File.sorted_at.desc(), File.id.desc()))
    return newer, older
