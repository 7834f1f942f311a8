"""Files: filed, found, and put into the trash."""

from sqlalchemy import ColumnElement, Select, and_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.kernel import ids
from albumen.kernel.errors import NotFound
from albumen.libraries import access, names, pairs, rows, tally, uploads, versions
from albumen.libraries.models import File, Folder, Library, Role, SameName
from albumen.libraries.tally import Weight
from albumen.libraries.uploads import Arrival
from albumen.unit import Unit

PASSING: list[Select[int]] = []
"""The ids of files that rooms above remove by themselves some day: no copy to rely on."""


def add(unit: Unit, folder: Folder, arrival: Arrival, *, numbered: bool = False) -> File:
    """File arrived bytes in a folder; a taken name gets ` (2)`, or the file that has it a new version.

    Which of them the library says, unless it is to be `numbered`.  Raises NotFound, Denied, OverQuota.
    """
    access.require_folder(unit, folder, Role.contributor)
    library = unit.db.get_one(Library, folder.library_id)
    becomes_version = library.same_name == SameName.version and not numbered
    earlier = rows.named(unit, folder.id, arrival.name) if becomes_version else None
    if earlier is not None and versions.fits(unit, earlier, is_video=arrival.read.is_video):
        return versions.add(unit, earlier, arrival)
    return _add_new(unit, folder, arrival, library.time_zone)


def _add_new(unit: Unit, folder: Folder, arrival: Arrival, time_zone: str) -> File:
    tally.reserve(unit, folder.library_id, arrival.size_bytes)
    is_new = uploads.ensure_original(unit, arrival)
    file = _file(unit, folder, arrival, time_zone)
    unit.db.add(file)
    unit.db.flush()
    rows.note_version(unit, file)
    weight = Weight(arrival.size_bytes, {}) if is_new else tally.weight(unit, file)
    tally.place(unit, file, weight)
    if weight.renditions:
        tally.reserve(unit, folder.library_id, weight.made)
    pairs.join(unit, file)
    feed.record(unit, folder.library_id, Happening(Thing.file, lineage=folder.lineage), [file.id])
    return file


def _file(unit: Unit, folder: Folder, arrival: Arrival, time_zone: str) -> File:
    name = rows.free_name(unit, folder.id, arrival.name)
    return File(
        id=ids.new_id(),
        library_id=folder.library_id,
        folder_id=folder.id,
        added_by=unit.actor.user_id,
        name=name,
        folded=names.fold(name),
        version=1,
        signature=arrival.signature,
        size_bytes=arrival.size_bytes,
        shape=uploads.shape(unit, arrival),
        content_identifier=_identifier(arrival),
        imported_at=unit.now,
        **{"sorted_at": unit.now, "tags": [], **rows.told(arrival.facts, time_zone)},
    )


def _identifier(arrival: Arrival) -> str | None:
    told = arrival.read.content_identifier
    return f"{arrival.kin}:{told}" if told and arrival.kin else told


def get(unit: Unit, file_id: int, *, library_id: int | None = None, least: Role = Role.reader) -> File:
    """A file, not in the trash, that the actor may see.  Raises NotFound, Denied."""
    file = unit.db.get(File, file_id)
    if file is None or file.deleted_at is not None or library_id not in (None, file.library_id):
        raise NotFound("There is no such file.")
    access.require_file(unit, file, least)
    if file.deleted_at is not None:  # while this waited for its turn
        raise NotFound("There is no such file.")
    return file


def with_content(unit: Unit, library_id: int, signature: str) -> File | None:
    """The oldest file of the library with this content that is there to stay; None when there is none."""
    same = File.library_id == library_id, File.signature == signature, File.deleted_at.is_(None)
    return unit.db.scalar(select(File).where(*same, stays(File.id)).order_by(File.imported_at, File.id).limit(1))


def stays(file_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Which files no room removes by itself, by the column of their ids."""
    return and_(true(), *(file_id.not_in(each) for each in PASSING))


def delete(unit: Unit, file: File) -> None:
    """Put a file, and the moving part of a photo with it, into the trash, where it can be restored until it is purged.

    Raises NotFound, Denied.
    """
    access.require_file(unit, file, Role.contributor)
    for each in (file, *pairs.parts_of(unit, file)):
        if each.deleted_at is None:
            tally.place(unit, each, tally.weight(unit, each), sign=-1)
            each.deleted_at, each.deleted_by = unit.now, unit.actor.user_id
    unit.db.flush()
    _tell(unit, file, gone=True)
    photo = unit.db.get(File, file.part_of) if file.part_of else None
    if photo is not None and photo.deleted_at is None:
        _tell(unit, photo)


def _tell(unit: Unit, file: File, *, gone: bool = False) -> None:
    lineage = unit.db.get_one(Folder, file.folder_id).lineage
    feed.record(unit, file.library_id, Happening(Thing.file, gone=gone, lineage=lineage), [file.id])
