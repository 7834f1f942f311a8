"""How cards, and what they decided, look over the API."""

from collections.abc import Iterable, Sequence
from typing import Final, Self

from pydantic import model_validator
from sqlalchemy import select

from albumen.events import cards, frames, queries
from albumen.events.frames import Runs
from albumen.events.models import Accessor, CardFrame, Event, FrameKind
from albumen.http.views import Form, Time, View
from albumen.kernel import ids
from albumen.kernel.errors import Invalid
from albumen.libraries import access
from albumen.libraries.models import File
from albumen.unit import Unit

MOST: Final = 1000
"""How many frames of a kind are listed; the counts are whole."""


class FrameView(View):
    """A frame that shows a card.  `frameCount` is how many frames follow it, until the next one.

    `clockOn` is the time that a clock showed, `offsetSeconds` how far the camera was behind; missing once taken back.
    """

    file_id: str
    name: str
    kind: str
    camera: str
    taken_on: Time | None
    accessor_id: str | None
    label: str | None
    frame_count: int | None
    clock_on: Time | None
    offset_seconds: float | None
    settled: bool


class EarlyView(View):
    """Frames of a camera before its first card."""

    camera: str
    frame_count: int
    file_ids: list[str]


class CardsView(View):
    """What cards decided in an event, and what is left to look at.

    `lostCount` are photos that do not say which camera took them, or when; `pendingCount` those not looked at yet.
    """

    cards: list[FrameView]
    unread: list[FrameView]
    foreign: list[FrameView]
    clocks: list[FrameView]
    before_first: list[EarlyView]
    lost_count: int
    pending_count: int


class SettleForm(Form):
    """Whose card a frame shows, or that it shows none."""

    accessor_id: str | None = None
    ignored: bool = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.accessor_id is None) != self.ignored:
            raise ValueError("either accessorId or ignored")
        return self

    def chosen(self) -> int | None:
        """The code.  Raises NotFound."""
        return None if self.accessor_id is None else ids.decode(self.accessor_id)


class ClockView(View):
    """The time, and what its QR code says."""

    now: Time
    payload: str


def of_event(unit: Unit, event: Event) -> CardsView:
    """All of it, for who may see it."""
    found = frames.runs(cards.frames_of(unit, event))
    shown = _frames(unit, event, found)
    return CardsView(
        cards=_of_kind(shown, FrameKind.code),
        unread=_of_kind(shown, FrameKind.unread),
        foreign=_of_kind(shown, FrameKind.foreign),
        clocks=_of_kind(shown, FrameKind.clock),
        before_first=[_early(body, file_ids) for body, file_ids in sorted(found.early.items())],
        lost_count=len(found.lost),
        pending_count=cards.count_pending(unit, event),
    )


def of_frame(unit: Unit, event: Event, frame: CardFrame) -> FrameView:
    """One frame as it is now.  Raises Invalid where it is no longer in the event."""
    found = frames.runs(cards.frames_of(unit, event))
    for each in _frames(unit, event, found, frame.file_id):
        return each
    raise Invalid("This photo is not in the event any more.")


def _of_kind(shown: Iterable[FrameView], kind: FrameKind) -> list[FrameView]:
    return [each for each in shown if each.kind == kind][:MOST]


def _early(body: str, file_ids: Sequence[int]) -> EarlyView:
    listed = [ids.encode(each) for each in file_ids[:MOST]]
    return EarlyView(camera=_camera(body), frame_count=len(file_ids), file_ids=listed)


def _camera(body: str) -> str:
    return body.replace("|", " ")


def _frames(unit: Unit, event: Event, found: Runs, file_id: int | None = None) -> list[FrameView]:
    """The frames with cards, or the one that is asked for, in the order they were taken."""
    wanted = (
        select(CardFrame, File, Accessor.label)
        .join(File, File.id == CardFrame.file_id)
        .outerjoin(Accessor, Accessor.id == CardFrame.accessor_id)
        .where(CardFrame.event_id == event.id, access.in_album(queries.album_of(unit, event)))
        .where(CardFrame.kind.in_(frames.HIDDEN) if file_id is None else CardFrame.file_id == file_id)
        .order_by(File.taken_at.nulls_first(), File.folded, File.id)
    )
    return [_view(found, frame, file, label) for frame, file, label in unit.db.execute(wanted)]


def _view(found: Runs, frame: CardFrame, file: File, label: str | None) -> FrameView:
    return FrameView(
        file_id=ids.encode(file.id),
        name=file.name,
        kind=frame.kind,
        camera=_camera(frame.body),
        taken_on=file.taken_at,
        accessor_id=ids.encode(frame.accessor_id) if frame.accessor_id else None,
        label=label,
        frame_count=found.counts.get(file.id),
        clock_on=frame.clock_at,
        offset_seconds=frame.offset_seconds,
        settled=frame.is_settled,
    )
