"""Live photos: a picture and a short film that a phone took together and a user uploaded as two files.

The film becomes a part of the photo, listed and counted nowhere by itself; its bytes stay a file of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.libraries import tally
from albumen.libraries.models import File, Folder, Original
from albumen.unit import Unit

_BATCH = 500
LONGEST_SECONDS = 10
"""A longer film stands for itself, whatever it says it belongs to."""
_parts = (
    select(File, Original.mime)
    .join(Original, Original.signature == File.signature)
    .where(File.deleted_at.is_(None))
    .order_by(File.id)
)


def join(unit: Unit, file: File) -> None:
    """Make one photo of a file just filed and the other half of it, whichever came first; nothing where there is none.

    Both must be in one folder, or added by the same user.
    """
    if file.content_identifier is None:
        return
    is_film = unit.db.get_one(Original, file.signature).is_video
    other = _other(unit, file, _photo_without_film() if is_film else Original.is_video.is_(True))
    if other is None:
        return
    photo, film = (other, file) if is_film else (file, other)
    if _is_short(unit, film):
        _make_part(unit, film, photo)
        _tell(unit, other)


def _photo_without_film() -> ColumnElement[bool]:
    part = aliased(File)
    has_film = select(part.id).where(part.part_of == File.id, part.deleted_at.is_(None)).exists()
    return ~Original.is_video & ~has_film


def _other(unit: Unit, file: File, wanted: ColumnElement[bool]) -> File | None:
    """The other half that lies nearest: in the same folder before others, the oldest first."""
    here = File.folder_id == file.folder_id
    is_near = here if file.added_by is None else here | (File.added_by == file.added_by)
    halves = (
        select(File)
        .join(Original, Original.signature == File.signature)
        .where(File.library_id == file.library_id, File.content_identifier == file.content_identifier)
        .where(File.id != file.id, File.deleted_at.is_(None), File.part_of.is_(None), is_near, wanted)
    )
    return unit.db.scalars(halves.order_by(here.desc(), File.imported_at, File.id).limit(1)).first()


def _is_short(unit: Unit, film: File) -> bool:
    seconds = unit.db.get_one(Original, film.signature).duration_seconds
    return seconds is not None and seconds <= LONGEST_SECONDS


def _make_part(unit: Unit, film: File, photo: File) -> None:
    """From now on the film counts only by its bytes."""
    weight = tally.weight(unit, film)
    tally.place(unit, film, weight, sign=-1)
    film.part_of = photo.id
    unit.db.flush()
    tally.place(unit, film, weight)


def _tell(unit: Unit, other: File) -> None:
    lineage = unit.db.get_one(Folder, other.folder_id).lineage
    feed.record(unit, other.library_id, Happening(Thing.file, lineage=lineage), [other.id])


def parts_of(unit: Unit, file: File) -> list[File]:
    """The films that are parts of a photo, also those in the trash: what is done to the photo is done to them."""
    return list(unit.db.scalars(select(File).where(File.part_of == file.id).order_by(File.id)))


def wholes(unit: Unit, file_ids: Sequence[int]) -> list[int]:
    """The same files, each once, with their photos in place of moving parts."""
    parts = {}
    for batch in batched(file_ids, _BATCH):
        halves = select(File.id, File.part_of).where(File.id.in_(batch), File.part_of.is_not(None))
        parts.update({row.id: row.part_of for row in unit.db.execute(halves)})
    return list(dict.fromkeys(parts.get(each, each) for each in file_ids))


@dataclass(frozen=True)
class Part:
    """The moving part of a photo, and its MIME type."""

    file: File
    mime: str


def moving(unit: Unit, files: Sequence[File]) -> dict[int, list[Part]]:
    """The moving parts of photos, by the photo's id; none that is in the trash.  One query, or none for other files."""
    marked = [file.id for file in files if file.content_identifier is not None]
    if not marked:
        return {}
    found: dict[int, list[Part]] = {}
    for film, mime in unit.db.execute(_parts.where(File.part_of.in_(marked))):
        found.setdefault(film.part_of or 0, []).append(Part(film, mime))
    return found
