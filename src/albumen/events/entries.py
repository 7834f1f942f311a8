"""What is in an event: photos put in, sent in, taken out and arranged.  Membership and order are the album's."""

from collections.abc import Sequence
from itertools import batched

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.orm import aliased

from albumen.albums import albums
from albumen.db.statements import table_of
from albumen.events import cards, events, queries, sets
from albumen.events.models import Event, Placement
from albumen.kernel.errors import Conflict, Invalid, NotFound
from albumen.libraries import access, files, folders, pairs
from albumen.libraries.models import Album, AlbumItem, File, Folder, Role
from albumen.libraries.uploads import Arrival
from albumen.unit import Unit

FOLDER = "Events"
_BATCH = 500
_items = table_of(AlbumItem)
_move = (
    update(_items)
    .where(_items.c.album_id == bindparam("album"), _items.c.file_id == bindparam("file"))
    .values(position=bindparam("place"))
)


def require(unit: Unit, event: Event) -> Album:
    """The album, for who may add to the event, remove and arrange.  Raises NotFound, Denied, Conflict when locked."""
    album = queries.album_of(unit, event)
    access.check(unit, access.role_on_album(unit, album), Role.contributor, "event")
    events.check_open(event)
    return album


def add(unit: Unit, event: Event, file_ids: Sequence[int], set_id: int | None = None) -> None:
    """Put files of the library in, at the end; those that are there stay where they are.

    Raises NotFound (and adds none), Denied, Conflict.
    """
    wanted = pairs.wholes(unit, file_ids)
    albums.add(unit, require(unit, event), wanted)
    cards.ask(unit, event)
    _place(unit, event, set_id, wanted)


def remove(unit: Unit, event: Event, file_ids: Sequence[int]) -> None:
    """Take photos out; they stay in the library.  What is not there does no harm.

    Raises NotFound, Denied, Conflict.
    """
    albums.remove(unit, require(unit, event), file_ids)
    for batch in batched(file_ids, _BATCH):
        unit.db.execute(delete(Placement).where(Placement.event_id == event.id, Placement.file_id.in_(batch)))


def file(unit: Unit, event: Event, arrival: Arrival, set_id: int | None = None) -> tuple[File, bool]:
    """File arrived bytes in the event's folder and put them in; the file, and whether it is new.

    Bytes that the event has already are not filed twice, unless as a guest's gift, which goes when the event ends; and
    the moving part of a photo stands in the event as that photo.  Raises NotFound, Denied, OverQuota, Conflict.
    """
    album = require(unit, event)
    filed, is_new = to_stay(unit, event, arrival.signature), False
    if filed is None:
        filed, is_new = files.add(unit, folder_of(unit, event), arrival, numbered=True), True
        albums.add(unit, album, [filed.part_of or filed.id])
        cards.ask(unit, event)
    _place(unit, event, set_id, [filed.part_of or filed.id])
    return filed, is_new


def _place(unit: Unit, event: Event, set_id: int | None, file_ids: Sequence[int]) -> None:
    if set_id is not None:
        sets.place(unit, event, sets.get(unit, event, set_id), file_ids)


def with_content(unit: Unit, event: Event, signature: str) -> File | None:
    """The file of the event that has this content, also as the moving part of a photo; None where there is none."""
    return _with_content(unit, event, signature, only_own=False)


def to_stay(unit: Unit, event: Event, signature: str) -> File | None:
    """The same, of those that are no gift of a guest."""
    return _with_content(unit, event, signature, only_own=True)


def _with_content(unit: Unit, event: Event, signature: str, *, only_own: bool) -> File | None:
    half = aliased(File)
    here = select(File.id).where(access.in_album(queries.album_of(unit, event))).scalar_subquery()
    same = half.library_id == event.library_id, half.signature == signature, half.deleted_at.is_(None)
    found = select(half).where(*same, or_(half.id.in_(here), half.part_of.in_(here)))
    if only_own:
        found = found.where(files.stays(half.id))
    return unit.db.scalar(found.order_by(half.imported_at, half.id).limit(1))


def folder_of(unit: Unit, event: Event) -> Folder:
    """Where photos go that are sent to the event itself; made at first need.  Raises NotFound, Denied."""
    folder = unit.db.get(Folder, event.folder_id) if event.folder_id is not None else None
    if folder is None or folder.deleted_at is not None:
        folder = folders.ensure(unit, event.library_id, (FOLDER, queries.album_of(unit, event).name))
        event.folder_id = folder.id
        unit.db.flush()
    return folder


def arrange(unit: Unit, event: Event, file_ids: Sequence[int], before: int | None) -> None:
    """Move photos, in the order told, in front of another one, or (None) to the end.

    Raises NotFound where one is not in the event, Denied, Invalid, Conflict.
    """
    album = require(unit, event)
    if album.query is not None:
        raise Conflict("What is in this album, and in which order, is said by its query.")
    chosen = list(dict.fromkeys(file_ids))
    if before in chosen:
        raise Invalid("Photos cannot be moved in front of themselves.", errors=[("before", "one of fileIds")])
    albums.changed(unit, album)  # those who arrange one album take turns from here on
    _check_in(unit, album, chosen if before is None else [*chosen, before])
    first = _make_room(unit, album, before, len(chosen))
    moves = [{"album": album.id, "file": file_id, "place": place} for place, file_id in enumerate(chosen, first)]
    unit.db.connection().execute(_move, moves)


def _check_in(unit: Unit, album: Album, file_ids: Sequence[int]) -> None:
    for batch in batched(file_ids, _BATCH):
        there = select(func.count()).select_from(File).where(File.id.in_(batch), access.in_album(album))
        if unit.db.scalar(there) != len(batch):
            raise NotFound("A photo of this selection is not in the event.")


def _make_room(unit: Unit, album: Album, before: int | None, count: int) -> int:
    """The first of so many free places, before a photo or at the end."""
    here = AlbumItem.album_id == album.id
    if before is None:
        return (unit.db.scalar(select(func.max(AlbumItem.position)).where(here)) or 0) + 1
    first = unit.db.scalars(select(AlbumItem.position).where(here, AlbumItem.file_id == before)).one()
    later = update(_items).where(_items.c.album_id == album.id, _items.c.position >= first)
    unit.db.execute(later.values(position=_items.c.position + count))
    return first
