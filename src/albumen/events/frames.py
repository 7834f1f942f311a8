"""A photographer's frames in the order they were taken, and which card each of them follows.

A card holds for the frames of its camera body that come after it, until the next card.  One that cannot be read, or
that is not of this event, ends the one before: nobody sees photos because a card was missed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

import msgspec

from albumen.events.models import FrameKind
from albumen.media.facts import Groups

CARDS = frozenset({FrameKind.code, FrameKind.unread, FrameKind.foreign})
HIDDEN = (*CARDS, FrameKind.clock)
"""What no guest sees: whoever could read the code on a card would see what is another's."""
_SERIALS = ("SerialNumber", "BodySerialNumber", "CameraSerialNumber", "InternalSerialNumber")
_COUNTER = re.compile(r"(\d{3,5})(?=\D*$)")
_WRAP = 5000
"""Numbers of one moment that are farther apart than this went over 9999."""


@dataclass(frozen=True)
class Frame:
    """A frame as it counts here."""

    file_id: int
    kind: str
    body: str
    taken_at: datetime | None
    name: str
    accessor_id: int | None = None


@dataclass
class Runs:
    """What came out: whom each file goes to, how many frames each card has, and those that follow no card.

    `early` are the frames before the first card of a body that has one, by body; `lost` those that do not say which
    camera took them, or when.
    """

    given: dict[int, int] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    early: dict[str, list[int]] = field(default_factory=dict)
    lost: list[int] = field(default_factory=list)


class _Told(msgspec.Struct, frozen=True):
    """What counts here of the facts of an original."""

    make: str | None = None
    model: str | None = None
    groups: Groups = {}


def body_of(facts: bytes) -> str:
    """What tells a camera body from others: make, model and serial number, as far as the facts (JSON) have them."""
    told = msgspec.json.decode(facts, type=_Told)
    serials = (group[name] for name in _SERIALS for group in told.groups.values() if group.get(name, "").strip("0 "))
    return "|".join(filter(None, (told.make, told.model, next(serials, None))))


def ordered(frames: Iterable[Frame]) -> list[Frame]:
    """In the order they were taken; those of one moment by the number in their names, which goes from 9999 on to 1."""
    timed = [(each.taken_at, each.file_id, each) for each in frames if each.taken_at is not None]
    found: list[Frame] = []
    for _, same in groupby(sorted(timed, key=lambda each: each[:2]), key=lambda each: each[0]):
        found += _counted([frame for _, _, frame in same])
    return found


def _counted(frames: Sequence[Frame]) -> list[Frame]:
    numbers = {each.file_id: _number(each.name) for each in frames}
    over = max(numbers.values()) - min(numbers.values()) > _WRAP
    places = {file_id: number + 10_000 * (over and number < _WRAP) for file_id, number in numbers.items()}
    return sorted(frames, key=lambda each: (places[each.file_id], each.name, each.file_id))


def _number(name: str) -> int:
    found = _COUNTER.search(name.rpartition(".")[0] or name)
    return int(found[1]) if found else 0


def runs(frames: Iterable[Frame]) -> Runs:
    """Follow each body's cards."""
    found = Runs()
    bodies: dict[str, list[Frame]] = {}
    for frame in frames:
        bodies.setdefault(frame.body, []).append(frame)
    for body, mine in bodies.items():
        known = ordered(mine) if body else []
        there = {frame.file_id for frame in known}
        found.counts.update({frame.file_id: 0 for frame in mine if frame.kind in CARDS})
        found.lost += [frame.file_id for frame in mine if frame.file_id not in there and frame.kind not in HIDDEN]
        _follow(found, body, known)
    return found


def _follow(found: Runs, body: str, frames: Sequence[Frame]) -> None:
    card: Frame | None = None
    has_cards = any(frame.kind in CARDS for frame in frames)
    for frame in frames:
        if frame.kind in CARDS:
            card = frame
        elif frame.kind == FrameKind.clock:
            continue
        elif card is not None:
            found.counts[card.file_id] += 1
            if card.accessor_id is not None:
                found.given[frame.file_id] = card.accessor_id
        elif has_cards:
            found.early.setdefault(body, []).append(frame.file_id)
