"""Clock cards: a page shows the server's time as a QR code, and each camera that shoots it is set right afterwards.

The photos themselves are never rewritten: their dates in the catalogue are moved, and can be moved back exactly.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any, Final

from sqlalchemy import select

from albumen.events import accessors, queries
from albumen.events.models import CardFrame, Event, FrameKind
from albumen.kernel import ids
from albumen.kernel.actor import Actor, Scope
from albumen.kernel.clock import iso
from albumen.kernel.errors import Conflict
from albumen.kernel.seals import Seals
from albumen.libraries import access, edits
from albumen.libraries.models import File, Role
from albumen.unit import Unit

SOURCE: Final = "clock"
"""Where a corrected date comes from."""
PURPOSE: Final = "event clock"
LEAST_SECONDS: Final = 2.0
"""A clock that is less wrong is right: the code shows whole seconds, and a shutter takes its time, too."""
MOST: Final = 200
"""How many dates are moved in one transaction; those who write meanwhile wait for it."""
_MARK_BYTES: Final = 8
_PAYLOAD: Final = re.compile(r"albumen:clock:(\d{10,15}):([0-9a-f]{16})", re.ASCII)
_COLUMNS: Final = ("taken_at", "taken_local", "sorted_at")
_DATE: Final = "taken_at"


def payload(seals: Seals, event_id: int, now: datetime) -> str:
    """What the QR code of a moment says, for the cameras of one event."""
    millis = int(now.timestamp() * 1000)
    return f"albumen:clock:{millis}:{seals.mark(PURPOSE, _content(event_id, millis))[:_MARK_BYTES].hex()}"


def looks_like_one(text: str) -> bool:
    """Whether this was a clock, of whichever event."""
    return _PAYLOAD.fullmatch(text) is not None


def read(seals: Seals, event_id: int, text: str) -> datetime | None:
    """The moment that a clock of this event showed; None for anything else."""
    found = _PAYLOAD.fullmatch(text)
    if found is None:
        return None
    millis, told = int(found[1]), bytes.fromhex(found[2])
    marks = seals.marks(PURPOSE, _content(event_id, millis))
    if not any(compare_digest(mark[:_MARK_BYTES], told) for mark in marks):
        return None
    return datetime.fromtimestamp(millis / 1000, UTC)


def _content(event_id: int, millis: int) -> str:
    return f"{ids.encode(event_id)}:{millis}"


def require_clock(unit: Unit, event_id: int) -> Event:
    """The event whose clock is to be shown, to those who add photos to it.  Raises NotFound, Denied."""
    return queries.get(unit, event_id, Role.contributor)


def undo(unit: Unit, event: Event, file_id: int) -> None:
    """Count a clock no more: what it moved is moved back by the next `correct`.

    Owners do.  Raises NotFound, Denied, and Conflict where the frame shows none.
    """
    accessors.require_owner(unit, event)
    frame = unit.db.get(CardFrame, (event.id, file_id))
    if frame is None or frame.kind != FrameKind.clock:
        raise Conflict("This photo shows no clock.", code="no-clock")
    frame.offset_seconds, frame.is_settled = None, True
    unit.db.flush()


@dataclass(frozen=True)
class Shot:
    """A frame with its file, and the date as the camera wrote it."""

    frame: CardFrame
    file: File
    taken_at: datetime

    @property
    def is_clock(self) -> bool:
        """Whether it shows a clock that counts."""
        return self.frame.kind == FrameKind.clock and not self.frame.is_settled


def correct(unit: Unit, event: Event, most: int = MOST) -> bool:
    """Give frames the date that their camera's clocks make it, and their own back where no clock counts any more.

    A frame goes by the last clock before it, or by the first.  Dates that a user set are left alone, and so are files
    that the event's owner may not change.  At most so many are moved; False where there are more.
    """
    host = replace(unit, actor=_host(event))
    left = most
    for shots in _by_body(host, event):
        clocks = _clocks(shots)
        for shot in shots:
            offset = _offset(clocks, shot.taken_at)
            if shot.file.taken_at == shot.taken_at + offset:
                continue
            if not left:
                return False
            _move(host, shot, offset)
            left -= 1
    unit.db.flush()
    return True


def _by_body(unit: Unit, event: Event) -> Iterable[list[Shot]]:
    bodies: dict[str, list[Shot]] = {}
    for shot in _shots(unit, event):
        bodies.setdefault(shot.frame.body, []).append(shot)
    return bodies.values()


def _clocks(shots: Sequence[Shot]) -> list[Shot]:
    """The frames of a body that show clocks, in order, each with how far it was behind."""
    clocks = sorted((shot for shot in shots if shot.is_clock and shot.frame.body), key=lambda shot: shot.taken_at)
    for shot in clocks:
        assert shot.frame.clock_at is not None
        shot.frame.offset_seconds = (shot.frame.clock_at - shot.taken_at).total_seconds()
    return clocks


def _host(event: Event) -> Actor:
    scopes = frozenset({Scope.read, Scope.write})
    return Actor(event.user_id, scopes, libraries=frozenset({event.library_id}))


def _shots(unit: Unit, event: Event) -> Iterator[Shot]:
    """The frames that may be moved, if there was ever a clock."""
    here = CardFrame.event_id == event.id
    touched = CardFrame.kind == FrameKind.clock, CardFrame.before.is_not(None)
    if unit.db.scalar(select(CardFrame.file_id).where(here, touched[0] | touched[1]).limit(1)) is None:
        return
    wanted = select(CardFrame, File).join(File, File.id == CardFrame.file_id)
    rows = unit.db.execute(wanted.where(here, File.taken_at.is_not(None), File.deleted_at.is_(None))).all()
    roles = access.roles_on_files(unit, [file for _, file in rows])
    for frame, file in rows:
        if access.is_enough(roles[file.id], Role.contributor) and _is_the_cameras(frame, file):
            taken_at = _time(frame.before, "taken_at") if frame.before else file.taken_at
            assert taken_at is not None
            yield Shot(frame, file, taken_at)


def _is_the_cameras(frame: CardFrame, file: File) -> bool:
    """Whether a date is the camera's own, or what a clock made of it; a date that was changed since is its user's."""
    if frame.before is None:
        return _DATE not in file.corrected
    if frame.before["became"] == iso(file.taken_at or file.imported_at) and file.taken_source == SOURCE:
        return True
    frame.before = None
    return False


def _offset(clocks: Sequence[Shot], taken_at: datetime) -> timedelta:
    if not clocks:
        return timedelta()
    before = [shot for shot in clocks if shot.taken_at <= taken_at]
    seconds = (before[-1] if before else clocks[0]).frame.offset_seconds or 0.0
    return timedelta(seconds=seconds) if abs(seconds) >= LEAST_SECONDS else timedelta()


def _move(unit: Unit, shot: Shot, offset: timedelta) -> None:
    frame, file = shot.frame, shot.file
    before = frame.before or _kept(file)
    if offset:
        moved = {name: _moved(before, name, offset) for name in _COLUMNS}
        edits.redate(unit, file, {**moved, "taken_source": SOURCE, "corrected": sorted({*before["corrected"], _DATE})})
        frame.before = {**before, "became": iso(shot.taken_at + offset)}
    else:
        own = {name: _time(before, name) for name in _COLUMNS}
        edits.redate(unit, file, {**own, "taken_source": before["source"], "corrected": before["corrected"]})
        frame.before = None


def _kept(file: File) -> dict[str, Any]:
    dates = {name: value.isoformat() if (value := getattr(file, name)) else None for name in _COLUMNS}
    return {**dates, "source": file.taken_source, "corrected": list(file.corrected)}


def _time(before: dict[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(before[name]) if before[name] else None


def _moved(before: dict[str, Any], name: str, offset: timedelta) -> datetime | None:
    was = _time(before, name)
    return was + offset if was else None
