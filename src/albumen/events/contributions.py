"""What guests give to an event: filed for its owner, in the album at once or once somebody has approved it.

A code may say how many photos and bytes may come by it.  What is announced counts, until it is filed or given up.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from albumen.albums import albums
from albumen.db import locks
from albumen.events import doings, entries, events, notices, queries, sets, sight
from albumen.events.called import told
from albumen.events.doings import Did
from albumen.events.guest_models import Contribution, GuestUpload
from albumen.events.models import Accessor, Event, EventSet, Shows
from albumen.events.models import GuestUpload as Mode
from albumen.events.queries import Part
from albumen.events.sight import Permission
from albumen.events.visits import Visit
from albumen.kernel import ids
from albumen.kernel.errors import Denied, NotFound, OverQuota, Quota
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.libraries import files, purge, tally
from albumen.libraries.models import AlbumItem, File, Resumable
from albumen.libraries.queries import millis, moment
from albumen.libraries.uploads import Arrival
from albumen.unit import Unit


class State(StrEnum):
    """What became of what a guest gave."""

    waiting = "waiting"
    shown = "shown"
    declined = "declined"


@dataclass(frozen=True)
class Given:
    """A file that a guest gave, what became of it, what it is called, and whether it was given before."""

    file: File
    state: State
    name: str
    is_new: bool


@dataclass(frozen=True)
class Wish:
    """What the house is told of a gift beside its bytes: the set it is for, and how long to wait with telling of it."""

    set_id: int | None = None
    minutes: int = 0


def check(visit: Visit) -> None:
    """Raises Denied where this guest gives no photos here, and Conflict where the event is locked."""
    sight.require(visit, Permission.upload)
    if visit.event.guest_upload == Mode.no or visit.album.query is not None:
        raise Denied("This event takes no photos from guests.", code="no-uploads")
    events.check_open(visit.event)


def set_for(unit: Unit, visit: Visit, told: str) -> int | None:
    """The set that photos are meant for, of those that the code shows; where it shows one only, that one.

    Raises NotFound.
    """
    accessor = visit.accessor
    if not told:
        only = accessor.set_ids if accessor.shows == Shows.sets and len(accessor.set_ids) == 1 else []
        return ids.decode(only[0]) if only else None
    chosen = sets.get(unit, visit.event, ids.decode(told))
    if accessor.shows == Shows.sets and told not in accessor.set_ids:
        raise NotFound("There is no such set in this event.")
    return chosen.id


def claim(unit: Unit, visit: Visit, size_bytes: int, count: int = 1) -> None:
    """See that this much more may come by the code.  Whoever claims holds the code until the unit ends.

    Raises OverQuota.
    """
    accessor = _hold(unit, visit)
    many, much = _announced(unit, accessor)
    if accessor.most_files is not None and accessor.sent_files + many + count > accessor.most_files:
        raise OverQuota(f"By this code {accessor.most_files} photos may come; there is no room for more.")
    used = accessor.sent_bytes + much
    if accessor.most_bytes is not None and used + size_bytes > accessor.most_bytes:
        quota = Quota("code", used, accessor.most_bytes)
        raise OverQuota("As much as may come by this code has come.", quota=quota)


def _hold(unit: Unit, visit: Visit) -> Accessor:
    """The code, which nobody else gives by or takes back by until the unit ends."""
    tally.reserve(unit, visit.event.library_id, 0)
    locks.hold(unit.db, Accessor.id, [visit.accessor.id])
    return unit.db.get_one(Accessor, visit.accessor.id, populate_existing=True)


@contextmanager
def discreetly() -> Iterator[None]:
    """Tell a guest that there is no room, and not how much the host has."""
    try:
        yield
    except OverQuota as error:
        if error.quota is None or error.quota.of == "code":
            raise
        raise OverQuota("The host has no room for this.") from None


def _announced(unit: Unit, accessor: Accessor) -> tuple[int, int]:
    """How many uploads, and bytes, are on their way by a code."""
    counted = select(func.count(), func.coalesce(func.sum(GuestUpload.reserved_bytes), 0))
    open_ones = counted.join(Resumable, Resumable.id == GuestUpload.upload_id).where(
        GuestUpload.accessor_id == accessor.id, Resumable.file_id.is_(None), Resumable.expires_at > unit.now
    )
    many, much = unit.db.execute(open_ones).one()
    return int(many), int(much)


def give(unit: Unit, visit: Visit, arrival: Arrival, wish: Wish) -> Given:
    """File what a guest gave; the unit acts for the event's host.  The same content again is the file it was before.

    Raises Denied, Conflict, NotFound, OverQuota.
    """
    check(visit)
    _hold(unit, visit)
    known = _known(unit, visit, arrival.signature)
    if known is not None:
        return known
    claim(unit, visit, arrival.size_bytes)
    apart = replace(arrival, kin=f"code {ids.encode(visit.accessor.id)}")  # no half of what is the host's or another's
    file = files.add(unit, entries.folder_of(unit, visit.event), apart, numbered=True)
    state = State.shown if visit.event.guest_upload == Mode.yes else State.waiting
    row = _row(unit, visit, file, (state, wish.set_id))
    row.sent_as = arrival.name if arrival.name != file.name else None
    unit.db.add(row)
    accessor = unit.db.get_one(Accessor, visit.accessor.id)
    accessor.sent_files += 1
    accessor.sent_bytes += file.size_bytes
    unit.db.flush()
    if state is State.shown:
        show(unit, visit.event, [(file, wish.set_id)])
    doings.note(unit, visit, Did.upload, file.id)
    notices.uploaded(unit, visit.event, minutes=wish.minutes)
    return Given(file, state, told(file.name, row.sent_as), is_new=True)


def _row(unit: Unit, visit: Visit, file: File, placed: tuple[State, int | None]) -> Contribution:
    return Contribution(
        event_id=visit.event.id,
        file_id=file.id,
        accessor_id=visit.accessor.id,
        guest_id=visit.guest.id,
        guest_name=visit.guest.name,
        set_id=placed[1],
        state=placed[0],
        size_bytes=file.size_bytes,
        sent_at=unit.now,
    )


def _known(unit: Unit, visit: Visit, signature: str) -> Given | None:
    """The same content, where the guest gave it before or sees it: what others have waiting is not told."""
    mine = select(Contribution.file_id).where(
        Contribution.event_id == visit.event.id,
        Contribution.guest_id == visit.guest.id,
        Contribution.state != State.declined,
    )
    seen = select(File.id).where(sight.shown(unit, visit))
    same = and_(File.library_id == visit.event.library_id, File.signature == signature, File.deleted_at.is_(None))
    here = or_(File.id.in_(mine), File.id.in_(seen), File.part_of.in_(seen))
    file = unit.db.scalar(select(File).where(same, here).order_by(File.imported_at, File.id).limit(1))
    if file is None:
        return None
    row = unit.db.get(Contribution, (visit.event.id, file.id))
    if row is None:
        return Given(file, State.shown, file.name, is_new=False)
    return Given(file, State(row.state), told(file.name, row.sent_as), is_new=False)


def show(unit: Unit, event: Event, given: Sequence[tuple[File, int | None]]) -> None:
    """Put files into the album, and their sets; not twice what it shows already, and no moving part by itself.

    Raises NotFound, Denied, Conflict.
    """
    new: dict[str, tuple[int, int | None]] = {}
    for file, set_id in given:
        if file.part_of is None and entries.with_content(unit, event, file.signature) is None:
            new.setdefault(file.signature, (file.id, set_id))
    if new:
        albums.add(unit, queries.album_of(unit, event), [file_id for file_id, _ in new.values()])
    for chosen in {set_id for _, set_id in new.values() if set_id is not None}:
        if (found := unit.db.get(EventSet, chosen)) is not None:
            sets.place(unit, event, found, [file_id for file_id, set_id in new.values() if set_id == chosen])


def mine(visit: Visit) -> ColumnElement[bool]:
    """Which rows of Contribution this guest gave."""
    return and_(Contribution.event_id == visit.event.id, Contribution.guest_id == visit.guest.id)


def check_all_there(found: Container[int], file_ids: Iterable[int]) -> None:
    """Raises NotFound where one of these was not found."""
    if not all(each in found for each in file_ids):
        raise NotFound("A photo of this selection is no gift to this event.")


def withdraw(unit: Unit, visit: Visit, file_id: int) -> None:
    """Take a gift back; the unit acts for the event's host.  What the host has taken into other albums stays there.

    Raises NotFound, Conflict when the event is locked.
    """
    row = unit.db.scalar(select(Contribution).where(mine(visit), Contribution.file_id == file_id))
    file = unit.db.get(File, file_id) if row is not None and row.state != State.declined else None
    if row is None or file is None or file.deleted_at is not None:
        raise NotFound("There is no such upload of yours.")
    events.check_open(visit.event)
    accessor = _hold(unit, visit)
    unit.db.refresh(file)
    part = aliased(File)
    halves = unit.db.scalars(select(part).where(or_(part.id == file_id, part.part_of == file_id))).all()
    for each in halves:
        given = unit.db.get(Contribution, (visit.event.id, each.id))
        if given is not None:
            accessor.sent_files = max(0, accessor.sent_files - 1)
            accessor.sent_bytes = max(0, accessor.sent_bytes - given.size_bytes)
            unit.db.delete(given)
    unit.db.flush()
    _take_out(unit, visit, file)


def _take_out(unit: Unit, visit: Visit, file: File) -> None:
    """Out of the album, and out of the library for good where it lies as it came."""
    albums.remove(unit, visit.album, [file.id])
    elsewhere = select(AlbumItem.album_id).where(AlbumItem.file_id == file.id, AlbumItem.album_id != visit.album.id)
    if file.folder_id != visit.event.folder_id or unit.db.scalar(elsewhere.limit(1)) is not None:
        return
    file_id = file.id
    files.delete(unit, file)
    purge.some(unit, File.id == file_id)


def sending(unit: Unit, visit: Visit) -> list[Resumable]:
    """The uploads of a guest that are on their way."""
    wanted = select(Resumable).join(GuestUpload, GuestUpload.upload_id == Resumable.id)
    own = GuestUpload.guest_id == visit.guest.id, Resumable.expires_at > unit.now, Resumable.file_id.is_(None)
    return list(unit.db.scalars(wanted.where(*own).order_by(Resumable.created_at, Resumable.id)))


def sent(unit: Unit, visit: Visit, part: Part) -> Page[tuple[Contribution, File]]:
    """What a guest gave, the newest first; no moving part by itself.  Raises Invalid."""
    wanted = select(Contribution, File).join(File, File.id == Contribution.file_id)
    wanted = wanted.where(mine(visit), File.part_of.is_(None))
    if part.cursor:
        at, file_id = numbers_in(part.cursor, 2)
        wanted = wanted.where(tuple_(Contribution.sent_at, Contribution.file_id) < (moment(at), file_id))
    ordered = wanted.order_by(Contribution.sent_at.desc(), Contribution.file_id.desc())
    found = [(row, file) for row, file in unit.db.execute(ordered.limit(part.limit + 1))]
    last = found[part.limit - 1][0] if len(found) > part.limit else None
    return Page(found[: part.limit], to_cursor(millis(last.sent_at), last.file_id) if last else None)
