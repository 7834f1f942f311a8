"""Files in other folders: moved within their library with their parts, and copied from wherever they can be read."""

from albumen.app import App
from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.db import locks
from albumen.kernel import ids
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Conflict, Invalid, NotFound
from albumen.libraries import access, files, folders, names, pairs, rows, tally, views
from albumen.libraries.models import File, Folder, Original, Role
from albumen.libraries.receive import Target
from albumen.libraries.views import FileView
from albumen.unit import Unit

_COPIED = (
    "signature",
    "size_bytes",
    "shape",
    "content_identifier",
    "modified_at",
    "taken_at",
    "taken_local",
    "taken_source",
    "rating",
    "title",
    "comments",
    "camera_make",
    "camera_model",
    "lens",
    "latitude",
    "longitude",
    "altitude",
    "city",
    "region",
    "country",
    "country_code",
    "favorite",
    "archived",
    "tags",
    "properties",
    "corrected",
)


def target(unit: Unit, file: File, folder_id: int) -> Folder:
    """A folder that the actor may move the file to.

    Raises NotFound, Denied, Invalid where it is in another library, and Conflict for the moving part of a photo.
    """
    folder = unit.db.get(Folder, folder_id)
    if folder is None or folder.deleted_at is not None:
        raise NotFound("There is no such folder.")
    access.require_folder(unit, folder, Role.contributor)
    if folder.library_id != file.library_id:
        told = "A file moves within its library; it can be copied to another."
        raise Invalid(told, errors=[("folderId", "in another library")])
    if file.part_of is not None and folder.id != file.folder_id:
        raise Conflict("The moving part of a photo lies where its photo does.")
    return folder


def bring_parts(unit: Unit, photo: File) -> None:
    """Let the moving parts of a photo lie where it does."""
    lineage = unit.db.get_one(Folder, photo.folder_id).lineage
    for part in pairs.parts_of(unit, photo):
        if part.folder_id != photo.folder_id and part.deleted_at is None:
            before, weight = unit.db.get_one(Folder, part.folder_id).lineage, tally.weight(unit, part)
            tally.place(unit, part, weight, sign=-1)
            part.name = rows.free_name(unit, photo.folder_id, part.name)
            part.folded, part.folder_id = names.fold(part.name), photo.folder_id
            unit.db.flush()
            tally.place(unit, part, weight)
            feed.record(unit, part.library_id, Happening(Thing.file, lineage=lineage, before=before), [part.id])


def copy_into(app: App, actor: Actor, where: Target, source_id: int) -> FileView:
    """Copy a file into a folder, of whichever library.  Raises what `copy` raises."""
    with app.writing(actor) as unit:
        folder = folders.get(unit, where.library_id, where.folder_id)
        return views.of_file(unit, copy(unit, files.get(unit, source_id), folder))


def copy(unit: Unit, source: File, folder: Folder) -> File:
    """File what a file shows now once more, with what is said of it and its moving parts; no bytes are copied.

    Raises NotFound, Denied, OverQuota.
    """
    access.require_file(unit, source, Role.reader)
    access.require_folder(unit, folder, Role.contributor)
    made = _filed(unit, source, folder)
    parts = [part for part in pairs.parts_of(unit, source) if part.deleted_at is None]
    also = [_filed(unit, part, folder, part_of=made.id) for part in parts]
    happening = Happening(Thing.file, lineage=folder.lineage)
    feed.record(unit, folder.library_id, happening, [each.id for each in (made, *also)])
    return made


def _filed(unit: Unit, source: File, folder: Folder, *, part_of: int | None = None) -> File:
    locks.hold(unit.db, Original.signature, [source.signature])
    weight = tally.weight(unit, source)
    tally.reserve(unit, folder.library_id, weight.own + weight.made)
    name = rows.free_name(unit, folder.id, source.name)
    file = File(
        id=ids.new_id(),
        library_id=folder.library_id,
        folder_id=folder.id,
        added_by=unit.actor.user_id,
        name=name,
        folded=names.fold(name),
        version=1,
        imported_at=unit.now,
        sorted_at=source.taken_local or unit.now,
        part_of=part_of,
        **{column: getattr(source, column) for column in _COPIED},
    )
    unit.db.add(file)
    unit.db.flush()
    rows.note_version(unit, file)
    tally.place(unit, file, weight)
    return file
