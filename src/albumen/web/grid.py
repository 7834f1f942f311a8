"""What the timeline shows: months of days of tiles, with signed links to their thumbnails."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from albumen.app import App
from albumen.assets import delivery
from albumen.blobs.links import Grant, rounded_expiry
from albumen.kernel import ids
from albumen.libraries import queries
from albumen.libraries.models import File, Rendition
from albumen.libraries.queries import Content
from albumen.unit import Unit
from albumen.web import ratios, words
from albumen.web.texts import gettext as _

ROW_PIXELS = 220
PHONE_ROW_PIXELS = 112
_ROOM = 1.25  # full rows are stretched by up to about this


@dataclass(frozen=True)
class Source:
    """A rendition to choose from."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Tile:
    """A photo or video in the grid.  Without sources it is being worked on, or `failure` says what is wrong."""

    id: str
    label: str
    ratio: str
    sizes: str
    sources: Sequence[Source]
    length: str
    failure: str | None
    is_waiting: bool


@dataclass(frozen=True)
class Day:
    """The tiles of one day."""

    date: date
    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Month:
    """The days of one month, the newest first."""

    date: date
    days: Sequence[Day]


def months(app: App, unit: Unit, files: Sequence[File]) -> list[Month]:
    """The files, which come newest first, by month and day."""
    found = dict(zip([file.id for file in files], tiles(app, unit, files), strict=True))
    days = [
        Day(when, [found[file.id] for file in of_day])
        for when, of_day in groupby(files, key=lambda file: file.sorted_at.date())
    ]
    return [Month(when, list(of)) for when, of in groupby(days, key=lambda day: day.date.replace(day=1))]


def tiles(app: App, unit: Unit, files: Sequence[File]) -> Iterable[Tile]:
    """What a plain grid shows of some files."""
    contents = queries.contents(unit, files)
    small, medium = (delivery.made(unit, files, variant) for variant in ("sm", "md"))
    for file in files:
        made = [each[file.signature] for each in (small, medium) if file.signature in each]
        sources = [Source(link(app, unit, row), row.width, row.height) for row in made]
        yield _tile(file, contents[file.signature], sources)


def link(app: App, unit: Unit, row: Rendition) -> str:
    """A signed link to a rendition."""
    expires = rounded_expiry(unit.now)
    return app.signer.sign(
        Grant(variant=row.variant, signature=row.signature, key=row.key, mime=row.mime, expires_at=expires)
    )


def _tile(file: File, content: Content, sources: Sequence[Source]) -> Tile:
    original = content.original
    best = sources[-1] if sources else None
    number = ratios.step(*((best.width, best.height) if best else (original.width, original.height)))
    wide, narrow = (round(pixels * ratios.ratio(number) * _ROOM) for pixels in (ROW_PIXELS, PHONE_ROW_PIXELS))
    return Tile(
        id=ids.encode(file.id),
        label=label(file, is_video=original.is_video),
        ratio=ratios.name(number),
        sizes=f"(max-width: 640px) {narrow}px, {wide}px",
        sources=sources,
        length=words.length(original.duration_seconds) if original.is_video else "",
        failure=original.failure,
        is_waiting=original.developed_at is None and original.failure is None,
    )


def label(file: File, *, is_video: bool) -> str:
    """What a photo is called where it cannot be seen: `Photo, 28 June 2019, 12:43, the lighthouse`."""
    when = file.taken_local
    told = f"{words.plain_day(when)}, {words.clock(when)}" if when else _("date unknown")
    parts = [_("Video") if is_video else _("Photo"), told, file.title or "", _("favourite") if file.favorite else ""]
    return ", ".join(filter(None, parts))
