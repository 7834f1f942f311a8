"""What a guest's pages show of an event: tiles with links that hold for minutes, and what the bar below offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from albumen.events import gallery_views, sight
from albumen.events.guest_models import Heart
from albumen.events.models import GuestUpload
from albumen.events.sight import Permission
from albumen.libraries.models import File
from albumen.web import ratios, words
from albumen.web.texts import gettext as _
from albumen.web.visits import Here

_SMALL, _LARGE = (("sm", 320), ("md", 640)), 1440
_WIDE = 1.6  # the ratio from which on the smallest form cannot fill a row of a phone
_WIDE_PERCENT, _TILE_PERCENT = 45, 24


@dataclass(frozen=True)
class Tile:
    """A photo in the grid, with what the viewer needs of it."""

    id: str
    label: str
    ratio: str
    width: int
    height: int
    sources: Sequence[tuple[str, int]]
    large: str
    film: str
    length: str
    is_liked: bool
    is_waiting: bool

    @property
    def covers(self) -> Sequence[tuple[str, int]]:
        """The addresses and widths of the forms that fill the head of a page, the smaller first."""
        return [*self.sources[-1:], (self.large, _width(self.width, self.height, _LARGE))]

    @property
    def phone_width(self) -> int:
        """The percentage of a phone's width to tell for `sizes`: that of two pixels for each of three, which is enough.

        So the smallest form is taken for all photos but panoramas, whose rows it could not fill.
        """
        ratio = self.width / max(1, self.height)
        return _WIDE_PERCENT if ratio > _WIDE else round(_TILE_PERCENT * min(1.0, ratio))


@dataclass(frozen=True)
class Bar:
    """The event as its pages name it, and what this guest may do; `count` is what the guest sees."""

    base: str
    name: str
    day: str | None
    host: str
    ends_at: datetime | None
    seconds_left: int | None
    count: int
    liked: int
    may: frozenset[str]


def bar(here: Here) -> Bar:
    """What stands on each of a guest's pages."""
    visit, now = here.visit, here.unit.now
    end, may = visit.expires_at, set(visit.accessor.permissions)
    if visit.event.guest_upload == GuestUpload.no or visit.event.is_locked:
        may.discard(Permission.upload)
    counted = select(func.count()).select_from(File).where(sight.shown(here.unit, visit))
    liked = counted.where(File.id.in_(select(Heart.file_id).where(Heart.guest_id == visit.guest.id)))
    return Bar(
        base=here.base,
        name=visit.album.name,
        day=visit.event.held_on,
        host=visit.owner.name,
        ends_at=end,
        seconds_left=None if end is None else max(0, int((end - now).total_seconds())),
        count=here.unit.db.scalar(counted) or 0,
        liked=here.unit.db.scalar(liked) or 0,
        may=frozenset(map(str, may)),
    )


def tiles(here: Here, files: Sequence[File]) -> list[Tile]:
    """Photos that the guest sees, as the grid shows them."""
    return [_tile(view) for view in gallery_views.of_files(here.unit, here.app, here.visit, files)]


def _tile(view: Mapping[str, Any]) -> Tile:
    small = view["thumbnails"]
    number = ratios.step(view["width"], view["height"])
    return Tile(
        id=view["fileId"],
        label=label(view),
        ratio=ratios.name(number),
        width=view["width"],
        height=view["height"],
        sources=[(small[size], _width(view["width"], view["height"], most)) for size, most in _SMALL if size in small],
        large=small.get("lg", ""),
        film=view.get("contents", "") if view["isVideo"] else "",
        length=words.length(view.get("durationSeconds")) if view["isVideo"] else "",
        is_liked=view["favorite"],
        is_waiting=view["isProcessing"],
    )


def _width(width: int, height: int, longest: int) -> int:
    """How wide a form of a photo of this size is, whose longer side is told."""
    wide = longest * width / max(1, height)
    return max(1, round(min(longest, wide)))


def label(view: Mapping[str, Any]) -> str:
    """What a photo is called where it cannot be seen."""
    taken = view.get("takenOnLocal")
    when = datetime.fromisoformat(taken) if taken else None
    told = f"{words.plain_day(when)}, {words.clock(when)}" if when else view["name"]
    parts = [_("Video") if view["isVideo"] else _("Photo"), told, _("favourite") if view["favorite"] else ""]
    return ", ".join(filter(None, parts))
