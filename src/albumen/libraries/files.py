"""Files: filed, found, and put into the trash."""

from datetime import UTC

from sqlalchemy import bindparam, insert, select

from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.db.statements import table_of
from albumen.kernel import ids
from albumen.kernel.errors import NotFound
from albumen.libraries import access, names, pairs, tally, uploads
from albumen.libraries.models import File, Folder, Library, Role, Version
from albumen.libraries.tally import Weight
from albumen.libraries.uploads import Arrival
from albumen.media import times
from albumen.media.facts import Facts
from albumen.media.times import Moment
from albumen.unit import Unit

_add_version = insert(table_of(Version))
_same_name = select(File.id).where(
    File.folder_id == bindparam("folder"), File.folded == bindparam("folded"), File.deleted_at.is_(None)
)
_same_content = (
    select(File)
    .where(File.library_id == bindparam("library"), File.signature == bindparam("signature"), File.deleted_at.is_(None))
    .order_by(File.imported_at, File.id)
    .limit(1)
)

_ALIKE = 40
"""Letters that a name shares with all its numbered forms, whose stem may have been cut to make room."""


def add(unit: Unit, folder: Folder, arrival: Arrival) -> File:
    """File arrived bytes in a folder; a taken name gets ` (2)`.  Raises NotFound, Denied, OverQuota."""
    access.require_folder(unit, folder, Role.contributor)
    tally.reserve(unit, folder.library_id, arrival.size_bytes)
    is_new = uploads.ensure_original(unit, arrival)
    file = _file(unit, folder, arrival, _time_zone(unit, folder))
    unit.db.add(file)
    unit.db.flush()
    unit.db.execute(_add_version, _first_version(unit, file))
    weight = Weight(arrival.size_bytes, {}) if is_new else tally.weight(unit, file)
    tally.place(unit, file, weight)
    if weight.renditions:
        tally.reserve(unit, folder.library_id, weight.total - arrival.size_bytes)
    pairs.join(unit, file)
    feed.record(unit, folder.library_id, Happening(Thing.file, lineage=folder.lineage), [file.id])
    return file


def _file(unit: Unit, folder: Folder, arrival: Arrival, time_zone: str) -> File:
    facts = arrival.facts
    moment = moment_of(facts, time_zone)
    name = free_name(unit, folder.id, arrival.name)
    return File(
        id=ids.new_id(),
        library_id=folder.library_id,
        folder_id=folder.id,
        added_by=unit.actor.user_id,
        name=name,
        folded=names.fold(name),
        signature=arrival.signature,
        size_bytes=arrival.size_bytes,
        content_identifier=arrival.read.content_identifier,
        imported_at=unit.now,
        taken_at=moment.utc if moment else None,
        taken_local=moment.local.replace(tzinfo=UTC) if moment else None,
        taken_source=facts.taken.source if facts.taken else None,
        sorted_at=moment.local.replace(tzinfo=UTC) if moment else unit.now,
        rating=facts.rating,
        title=facts.title,
        comments=facts.description,
        camera_make=facts.make,
        camera_model=facts.model,
        lens=facts.lens,
        latitude=facts.latitude,
        longitude=facts.longitude,
        altitude=facts.altitude,
        tags=list(facts.keywords),
    )


def moment_of(facts: Facts, time_zone: str) -> Moment | None:
    """When a photo was taken, by its own offset, the zone of its place, or the library's; None when it does not say."""
    return times.resolve(facts.taken, facts.latitude, facts.longitude, time_zone) if facts.taken else None


def _time_zone(unit: Unit, folder: Folder) -> str:
    return unit.db.get_one(Library, folder.library_id).time_zone


def _first_version(unit: Unit, file: File) -> dict[str, object]:
    return {
        "file_id": file.id,
        "number": file.version,
        "signature": file.signature,
        "size_bytes": file.size_bytes,
        "added_by": unit.actor.user_id,
        "added_at": unit.now,
    }


def free_name(unit: Unit, folder_id: int, name: str) -> str:
    """The name, or the first numbered one that is free in the folder."""
    folded = names.fold(name)
    if unit.db.scalar(_same_name, {"folder": folder_id, "folded": folded}) is None:
        return name
    here = (File.folder_id == folder_id, File.deleted_at.is_(None))
    stem = names.split(folded)[0][:_ALIKE]
    alike = File.folded.between(stem, stem + "\U0010ffff")
    taken = set(unit.db.scalars(select(File.folded).where(*here, alike)))
    return next(each for each in names.numbered(name) if names.fold(each) not in taken | {folded})


def get(unit: Unit, file_id: int, *, library_id: int | None = None, least: Role = Role.reader) -> File:
    """A file, not in the trash, that the actor may see.  Raises NotFound, Denied."""
    file = unit.db.get(File, file_id)
    if file is None or file.deleted_at is not None or library_id not in (None, file.library_id):
        raise NotFound("There is no such file.")
    access.require_file(unit, file, least)
    return file


def with_content(unit: Unit, library_id: int, signature: str) -> File | None:
    """The oldest file of the library with this content; None when there is none."""
    return unit.db.scalar(_same_content, {"library": library_id, "signature": signature})


def delete(unit: Unit, file: File) -> None:
    """Put a file into the trash, where it can be restored from until it is purged."""
    access.require_file(unit, file, Role.contributor)
    tally.place(unit, file, tally.weight(unit, file), sign=-1)
    file.deleted_at = unit.now
    unit.db.flush()
    folder = unit.db.get_one(Folder, file.folder_id)
    feed.record(unit, file.library_id, Happening(Thing.file, gone=True, lineage=folder.lineage), [file.id])
