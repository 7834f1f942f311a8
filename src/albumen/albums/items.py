"""What lies in albums made by hand, and in which order.  Access is checked by the verbs of `albums`."""

from collections.abc import Callable, Mapping, Sequence
from itertools import batched, count

from sqlalchemy import bindparam, delete, func, select, update

from albumen.db.statements import insert_for, table_of
from albumen.kernel.errors import Conflict, Invalid, NotFound
from albumen.libraries import access
from albumen.libraries.models import Album, AlbumItem, File
from albumen.unit import Unit

_BATCH = 500
_items = table_of(AlbumItem)
_move = (
    update(_items)
    .where(_items.c.album_id == bindparam("album"), _items.c.file_id == bindparam("file"))
    .values(position=bindparam("place"))
)


CHECKS: list[Callable[[Unit, Album], None]] = []
"""What rooms above ask before an album is filled, emptied or arranged: each raises where that may not be."""


def put(unit: Unit, album: Album, file_ids: Sequence[int]) -> None:
    """Put files that the actor may see at the end.  Raises NotFound (and puts none), Conflict."""
    _lock(unit, album)
    wanted = list(dict.fromkeys(file_ids))
    _check_seen(unit, album.library_id, wanted)
    last = unit.db.scalar(select(func.max(AlbumItem.position)).where(AlbumItem.album_id == album.id)) or 0
    added = {"album_id": album.id, "added_by": unit.actor.user_id, "added_at": unit.now}
    places = zip(wanted, count(last + 1), strict=False)
    rows = [{"file_id": file_id, "position": place, **added} for file_id, place in places]
    if rows:
        unit.db.execute(insert_for(unit.db)(_items).on_conflict_do_nothing(), rows)


def _lock(unit: Unit, album: Album) -> None:
    """Those who change one album take turns.  Raises Conflict where a query says what is in it."""
    if album.query is not None:
        raise Conflict("What is in this album is said by its query.")
    unit.db.execute(update(Album).where(Album.id == album.id).values(modified_at=unit.now))
    for check in CHECKS:
        check(unit, album)


def _check_seen(unit: Unit, library_id: int, file_ids: Sequence[int]) -> None:
    seen = access.files_seen(unit, library_id)
    for batch in batched(file_ids, _BATCH):
        found = unit.db.scalar(select(func.count()).select_from(File).where(seen, File.id.in_(batch)))
        if found != len(batch):
            raise NotFound("A file of this selection is not in the library.")


def take(unit: Unit, album: Album, file_ids: Sequence[int]) -> None:
    """Take files out; what is not there does no harm.  Raises Conflict."""
    _lock(unit, album)
    for batch in batched(file_ids, _BATCH):
        unit.db.execute(delete(AlbumItem).where(AlbumItem.album_id == album.id, AlbumItem.file_id.in_(batch)))
    if album.cover_file_id in file_ids:
        album.cover_file_id = None


def put_back(unit: Unit, album: Album, places: Mapping[int, int]) -> None:
    """Put files in again that were taken out, each where it was.  Raises NotFound (and puts none), Conflict."""
    put(unit, album, list(places))
    moves = [{"album": album.id, "file": file_id, "place": place} for file_id, place in places.items()]
    if moves:
        unit.db.connection().execute(_move, moves)


def arrange(unit: Unit, album: Album, file_ids: Sequence[int]) -> None:
    """Give the files an order.  Raises Conflict, and Invalid where they are not exactly those in the album.

    Files in the trash keep their place, in case they come back.
    """
    _lock(unit, album)
    there = set(unit.db.scalars(select(File.id).where(access.in_album(album))))
    if len(file_ids) != len(there) or set(file_ids) != there:
        raise Invalid("The new order names each file of the album once.", errors=[("fileIds", "not the same files")])
    moves = [{"album": album.id, "file": file_id, "place": place} for place, file_id in enumerate(file_ids, 1)]
    if moves:
        unit.db.connection().execute(_move, moves)
