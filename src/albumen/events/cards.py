"""Cards that a photographer shoots before a subject's photos: read on upload, they say whose the next frames are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, select

from albumen.app import App
from albumen.db.statements import insert_for, table_of
from albumen.events import accessors, clocks, frames, queries
from albumen.events.frames import Frame, Runs
from albumen.events.guest_models import Contribution
from albumen.events.models import Accessor, AccessorFile, CardFrame, Event, FrameKind
from albumen.jobs.queue import Terms
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import NotFound, Problem, Unavailable
from albumen.libraries import access
from albumen.libraries.models import File, Original
from albumen.media.guard import Codes
from albumen.unit import Unit

READ: Final = "read-cards"
_BATCH: Final = 40
_ROWS: Final = 500
_LINK: Final = re.compile(r"/e/[^#\s]+#([A-Za-z0-9_-]{22})\Z")


@dataclass(frozen=True)
class Waiting:
    """A file of an event that was not looked at yet."""

    file_id: int
    key: str
    kind: str
    is_video: bool
    body: str


def ask(unit: Unit, event: Event) -> None:
    """Have the cards in an event's new photos read, and what follows from them done, soon."""
    unit.jobs.add(READ, str(event.id), terms=Terms(priority=Priority.later))


def run(app: App, event_id: int, task: Task | None = None) -> None:
    """Look at what was not looked at yet, then settle clocks and whose each frame is.  Harmless to repeat."""
    while waiting := _waiting(app, event_id):
        seen = [(each, _seen(app, each)) for each in waiting]
        with app.writing(SYSTEM) as unit:
            _keep(unit, app, event_id, seen)
        if task is not None:
            task.progress(0.5)
    while not _is_settled(app, event_id):
        pass


def _is_settled(app: App, event_id: int) -> bool:
    """Settle as much as one transaction may; whether that was all."""
    with app.writing(SYSTEM) as unit:
        event = unit.db.get(Event, event_id)
        return event is None or settle_all(unit, event)


def _waiting(app: App, event_id: int) -> list[Waiting]:
    with app.reading(SYSTEM) as unit:
        event = unit.db.get(Event, event_id)
        if event is None:
            return []
        columns = (File.id, Original.key, Original.kind, Original.is_video, Original.facts)
        wanted = select(*columns).join(Original, Original.signature == File.signature).where(pending(unit, event))
        rows = unit.db.execute(wanted.order_by(File.id).limit(_BATCH)).all()
    return [Waiting(row.id, row.key, row.kind, row.is_video, frames.body_of(row.facts)) for row in rows]


def pending(unit: Unit, event: Event) -> ColumnElement[bool]:
    """Which rows of File are to be looked at: those in the event that came after its codes could, and not by guests."""
    looked = select(CardFrame.file_id).where(CardFrame.event_id == event.id)
    given = select(Contribution.file_id).where(Contribution.event_id == event.id)
    here = access.in_album(queries.album_of(unit, event))
    is_new = File.imported_at >= event.created_at
    return and_(File.library_id == event.library_id, here, is_new, File.id.not_in(looked), File.id.not_in(given))


def _seen(app: App, waiting: Waiting) -> Codes:
    """The QR codes in a photo; none in a film, and none in what cannot be decoded.  Raises Unavailable."""
    if waiting.is_video:
        return Codes()
    try:
        with app.blobs.local(waiting.key) as file:
            return app.guard.codes(file, waiting.kind)
    except Unavailable:
        raise
    except Problem:
        return Codes()


def _keep(unit: Unit, app: App, event_id: int, seen: Sequence[tuple[Waiting, Codes]]) -> None:
    there = set(unit.db.scalars(select(File.id).where(File.id.in_([each.file_id for each, _ in seen]))))
    event = unit.db.get(Event, event_id)
    if event is None or not there:
        return
    rows = []
    for waiting, codes in seen:
        kind, accessor_id, clock_at = _meaning(unit, app, event_id, codes)
        rows.append(
            {
                "event_id": event_id,
                "file_id": waiting.file_id,
                "kind": kind,
                "body": waiting.body,
                "accessor_id": accessor_id,
                "clock_at": clock_at,
                "is_settled": False,
                "read_at": unit.now,
            }
        )
    insert = insert_for(unit.db)(table_of(CardFrame)).on_conflict_do_nothing()
    unit.db.execute(insert, [row for row in rows if row["file_id"] in there])
    queries.changed(unit, event)  # guests see what was looked at


def _meaning(unit: Unit, app: App, event_id: int, codes: Codes) -> tuple[FrameKind, int | None, datetime | None]:
    """What the codes in a frame say here: another event's card is foreign, two cards at once are as good as none."""
    clock_at = next(filter(None, (clocks.read(app.seals, event_id, text) for text in codes.texts)), None)
    if clock_at is not None:
        return FrameKind.clock, None, clock_at
    tokens = [found[1] for text in codes.texts if (found := _LINK.search(text))]
    marks = [mark for token in tokens for mark in app.seals.marks(accessors.TOKEN, token)]
    here = select(Accessor.id).where(Accessor.event_id == event_id, Accessor.token_mac.in_(marks))
    found_ids = unit.db.scalars(here).all() if marks else []
    if len(found_ids) == 1 and len(tokens) == 1:
        return FrameKind.code, found_ids[0], None
    if found_ids:
        return FrameKind.unread, None, None
    if tokens or any(clocks.looks_like_one(text) for text in codes.texts):
        return FrameKind.foreign, None, None
    return FrameKind.unread if codes.is_unread and not codes.texts else FrameKind.plain, None, None


def settle_all(unit: Unit, event: Event) -> bool:
    """Correct dates by the clocks that were photographed, then give each code the frames that follow its cards.

    What somebody picked by hand stays as it is.  False where there are more dates to correct.
    """
    if not clocks.correct(unit, event):
        return False
    _assign(unit, event, frames.runs(frames_of(unit, event)))
    return True


def settle_soon(unit: Unit, event: Event) -> None:
    """The same at once, if it is little; else by a job."""
    if not settle_all(unit, event):
        ask(unit, event)


def frames_of(unit: Unit, event: Event) -> list[Frame]:
    """The frames of an event that were looked at and are in it now."""
    columns = (CardFrame.kind, CardFrame.body, CardFrame.accessor_id, File.id, File.taken_at, File.name)
    album = queries.album_of(unit, event)
    wanted = select(*columns).join(File, File.id == CardFrame.file_id)
    rows = unit.db.execute(wanted.where(CardFrame.event_id == event.id, access.in_album(album)))
    return [Frame(row.id, row.kind, row.body, row.taken_at, row.name, row.accessor_id) for row in rows]


def _assign(unit: Unit, event: Event, found: Runs) -> None:
    mine = select(Accessor.id).where(Accessor.event_id == event.id)
    by_card = AccessorFile.accessor_id.in_(mine), AccessorFile.is_by_card
    kept = select(AccessorFile.accessor_id, AccessorFile.file_id).where(*by_card)
    before = {(row.accessor_id, row.file_id) for row in unit.db.execute(kept)}
    wanted = {(accessor_id, file_id) for file_id, accessor_id in found.given.items()}
    for accessor_id, file_ids in _grouped(before - wanted):
        gone = AccessorFile.accessor_id == accessor_id, AccessorFile.file_id.in_(file_ids), AccessorFile.is_by_card
        unit.db.execute(delete(AccessorFile).where(*gone))
    insert = insert_for(unit.db)(table_of(AccessorFile)).on_conflict_do_nothing()
    for accessor_id, file_ids in _grouped(wanted - before):
        rows = [
            {"accessor_id": accessor_id, "file_id": file_id, "is_by_card": True, "is_withheld": False}
            for file_id in file_ids
        ]
        unit.db.execute(insert, rows)
    if wanted != before:
        queries.changed(unit, event)


def _grouped(pairs: set[tuple[int, int]]) -> Iterator[tuple[int, list[int]]]:
    by_accessor: dict[int, list[int]] = {}
    for accessor_id, file_id in sorted(pairs):
        by_accessor.setdefault(accessor_id, []).append(file_id)
    for accessor_id, file_ids in by_accessor.items():
        for start in range(0, len(file_ids), _ROWS):
            yield accessor_id, file_ids[start : start + _ROWS]


def settle(unit: Unit, event: Event, file_id: int, accessor_id: int | None) -> CardFrame:
    """Say whose card a frame shows, or (None) that it shows none.  Owners do.  Raises NotFound, Denied."""
    accessors.require_owner(unit, event)
    if accessor_id is not None:
        accessors.get(unit, event, accessor_id)
    frame = frame_at(unit, event, file_id)
    frame.kind = FrameKind.ignored if accessor_id is None else FrameKind.code
    frame.accessor_id, frame.clock_at, frame.offset_seconds, frame.is_settled = accessor_id, None, None, True
    unit.db.flush()
    settle_soon(unit, event)
    return frame


def frame_at(unit: Unit, event: Event, file_id: int) -> CardFrame:
    """A frame of an event, taken up if it was not looked at yet.  Raises NotFound where it is not in the event."""
    album = queries.album_of(unit, event)
    given = select(Contribution.file_id).where(Contribution.event_id == event.id)
    wanted = select(File).where(File.id == file_id, access.in_album(album), File.id.not_in(given))
    file = unit.db.scalar(wanted)
    if file is None:
        raise NotFound("There is no such photo in this event.")
    frame = unit.db.get(CardFrame, (event.id, file_id))
    if frame is None:
        facts = unit.db.scalars(select(Original.facts).where(Original.signature == file.signature)).one()
        frame = CardFrame(event_id=event.id, file_id=file_id, body=frames.body_of(facts), read_at=unit.now)
        unit.db.add(frame)
    return frame


def count_pending(unit: Unit, event: Event) -> int:
    """How many photos of an event are still to be looked at."""
    return unit.db.scalar(select(func.count()).select_from(File).where(pending(unit, event))) or 0


def _run(app: App, task: Task) -> None:
    run(app, int(task.subject), task)


def _one(_: App) -> int:
    return 1


KINDS = (JobKind(READ, _run, priority=Priority.later, at_once=_one),)
