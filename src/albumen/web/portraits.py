"""People as their pages show them: each with the face that stands for them, cut out of the photo it is in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from albumen.app import App
from albumen.assets import delivery
from albumen.assets.pictures.models import Face
from albumen.assets.pictures.people import Known
from albumen.kernel import ids
from albumen.libraries.models import File, Rendition
from albumen.unit import Unit
from albumen.web import grid
from albumen.web.grid import Source

_ROOM = 1.7
"""How much wider than the face the picture of it is."""
_SHARP = 160
"""Pixels of a picture of a face below which a larger rendition is taken."""


@dataclass(frozen=True)
class Portrait:
    """Somebody, and a square of a picture with their face: where it begins, how wide it is."""

    id: str
    name: str
    is_hidden: bool
    count: int
    picture: Source | None
    left: int = 0
    top: int = 0
    side: int = 0


def portraits(app: App, unit: Unit, people: Sequence[Known]) -> list[Portrait]:
    """These people with their faces."""
    chosen = [each.cover_file_id for each in people]
    files = {file.id: file for file in unit.db.scalars(select(File).where(File.id.in_(chosen)))}
    made = [delivery.made(unit, list(files.values()), size) for size in ("sm", "md", "lg")]
    return [_portrait(app, unit, each, _row(each, files, made)) for each in people]


def _row(known: Known, files: Mapping[int, File], made: Sequence[Mapping[str, Rendition]]) -> Rendition | None:
    """The smallest rendition in which the face is sharp, else the largest there is."""
    file = files.get(known.cover_file_id)
    rows = [each[file.signature] for each in made if file and file.signature in each]
    return next((row for row in rows if _side(known.cover, row) >= _SHARP), rows[-1] if rows else None)


def _side(face: Face, row: Rendition) -> int:
    side = _ROOM * max(face.width * row.width, face.height * row.height)
    return max(1, round(min(side, row.width, row.height)))


def _portrait(app: App, unit: Unit, known: Known, row: Rendition | None) -> Portrait:
    person, face = known.person, known.cover
    told = Portrait(ids.encode(person.id), person.name or "", person.is_hidden, known.file_count, None)
    if row is None:
        return told
    side = _side(face, row)
    left = _within((face.x + face.width / 2) * row.width, side, row.width)
    top = _within((face.y + face.height / 2) * row.height, side, row.height)
    picture = Source(grid.link(app, unit, row), row.width, row.height)
    return Portrait(told.id, told.name, told.is_hidden, told.count, picture, left, top, side)


def _within(middle: float, side: int, whole: int) -> int:
    """Where a part of this side begins, so that it lies round the middle, and within the whole."""
    return round(max(0, min(middle - side / 2, whole - side)))
