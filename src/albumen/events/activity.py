"""Activity: what guests did in an event, by code, by guest and by day, and as a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select, tuple_

from albumen.app import App
from albumen.events import queries
from albumen.events.guest_models import Doing, Guest
from albumen.events.models import Accessor, Event
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.clock import iso
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.libraries.models import File, Role
from albumen.libraries.queries import millis, moment
from albumen.unit import Unit

_EPOCH: Final = date(1970, 1, 1)
_BATCH: Final = 500
_ORDER: Final = (Doing.accessor_id, Doing.guest_id, Doing.kind, Doing.file_id, Doing.day)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
COLUMNS: Final = ("day", "code", "codeId", "guest", "guestId", "did", "photo", "photoId", "times", "last")


@dataclass
class Sums:
    """How often each thing was done, by how many guests, and when last."""

    counts: dict[str, int] = field(default_factory=dict)
    guests: int = 0
    last_at: datetime | None = None

    def add(self, kind: str, count: int, last_at: datetime) -> None:
        """Take some more of a kind."""
        self.counts[kind] = self.counts.get(kind, 0) + count
        self.last_at = max(self.last_at or last_at, last_at)


@dataclass(frozen=True)
class Activity:
    """What was done in an event: in all, by code (in the order they were made), and by day."""

    total: Sums
    codes: Sequence[tuple[Accessor, Sums]]
    days: Sequence[tuple[date, Sums]]


def of_event(unit: Unit, event: Event) -> Activity:
    """What guests did.  Owners of the event see it.  Raises NotFound, Denied."""
    queries.get(unit, event.id, Role.owner)
    accessors = unit.db.scalars(
        select(Accessor).where(Accessor.event_id == event.id).order_by(Accessor.created_at, Accessor.id)
    ).all()
    codes = {
        accessor.id: Sums(guests=count) for accessor, count in zip(accessors, _guests(unit, accessors), strict=True)
    }
    total, days = Sums(guests=sum(each.guests for each in codes.values())), dict[int, Sums]()
    summed = func.sum(Doing.count), func.max(Doing.last_at)
    rows = select(Doing.accessor_id, Doing.day, Doing.kind, *summed).where(Doing.event_id == event.id)
    for accessor_id, day, kind, count, last_at in unit.db.execute(
        rows.group_by(Doing.accessor_id, Doing.day, Doing.kind)
    ):
        for sums in (total, codes[accessor_id], days.setdefault(day, Sums())):
            sums.add(kind, int(count), last_at)
    by_day = [(_EPOCH + timedelta(days=day), sums) for day, sums in sorted(days.items())]
    return Activity(total, [(accessor, codes[accessor.id]) for accessor in accessors], by_day)


def _guests(unit: Unit, accessors: Sequence[Accessor]) -> list[int]:
    wanted = select(Guest.accessor_id, func.count()).group_by(Guest.accessor_id)
    among = wanted.where(Guest.accessor_id.in_([each.id for each in accessors]))
    counts = {row[0]: row[1] for row in unit.db.execute(among)}
    return [counts.get(each.id, 0) for each in accessors]


def guests(unit: Unit, event: Event, *, limit: int, cursor: str | None) -> Page[tuple[Guest, Sums]]:
    """Each guest with what that one did, who came last first.  Raises NotFound, Denied, Invalid."""
    queries.get(unit, event.id, Role.owner)
    wanted = select(Guest).where(Guest.event_id == event.id)
    if cursor:
        at, guest_id = numbers_in(cursor, 2)
        came = moment(at)
        earlier = (Guest.created_at < came) | ((Guest.created_at == came) & (Guest.id < guest_id))
        wanted = wanted.where(earlier)
    rows = unit.db.scalars(wanted.order_by(Guest.created_at.desc(), Guest.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    sums = {guest.id: Sums() for guest in shown}
    done = select(Doing.guest_id, Doing.kind, func.sum(Doing.count), func.max(Doing.last_at))
    among = done.where(Doing.event_id == event.id, Doing.guest_id.in_(sums)).group_by(Doing.guest_id, Doing.kind)
    for guest_id, kind, count, last_at in unit.db.execute(among):
        sums[guest_id].add(kind, int(count), last_at)
    last = rows[limit - 1] if len(rows) > limit else None
    following = to_cursor(millis(last.created_at), last.id) if last else None
    return Page([(guest, sums[guest.id]) for guest in shown], following)


def table(app: App, actor: Actor, event_id: int) -> Iterator[str]:
    """What guests did as lines of CSV, the first names the columns.  Raises NotFound, Denied at once.

    Read a batch at a time, so that whoever fetches it slowly holds up nobody.  Cells that a spreadsheet would reckon
    with begin with an apostrophe.
    """
    with app.reading(actor) as unit:
        queries.get(unit, event_id, Role.owner)
    return _lines(app, event_id)


def _lines(app: App, event_id: int) -> Iterator[str]:
    yield _line(COLUMNS)
    after: tuple[Any, ...] = ()
    while True:
        with app.reading(SYSTEM) as unit:
            rows = unit.db.execute(_rows_after(event_id, after)).all()
        yield from (_line(_cells(*row)) for row in rows)
        if len(rows) < _BATCH:
            return
        after = tuple(getattr(rows[-1][0], each.key) for each in _ORDER)


def _rows_after(event_id: int, after: tuple[Any, ...]) -> Select[Doing, str | None, str | None, str]:
    wanted = (
        select(Doing, Accessor.label, Guest.name, File.name)
        .join(Accessor, Accessor.id == Doing.accessor_id)
        .outerjoin(Guest, Guest.id == Doing.guest_id)
        .outerjoin(File, File.id == Doing.file_id)
        .where(Doing.event_id == event_id)
    )
    if after:
        wanted = wanted.where(tuple_(*_ORDER) > after)
    return wanted.order_by(*_ORDER).limit(_BATCH)


def _cells(doing: Doing, label: str | None, guest: str | None, photo: str | None) -> Sequence[str]:
    day = _EPOCH + timedelta(days=doing.day)
    code, sent = (label or "", ids.encode(doing.accessor_id)), (guest or "", ids.encode(doing.guest_id))
    which = (photo or "", ids.encode(doing.file_id)) if doing.file_id else ("", "")
    return (day.isoformat(), *code, *sent, doing.kind, *which, str(doing.count), iso(doing.last_at))


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{each}" if each.startswith(_FORMULA) else each for each in cells])
    return out.getvalue()
