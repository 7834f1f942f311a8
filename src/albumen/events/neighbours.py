"""The photos before and after one, as a guest goes through an event."""

from sqlalchemy import select, tuple_

from albumen.events import sight
from albumen.events.visits import Visit
from albumen.libraries.models import AlbumItem, File
from albumen.unit import Unit


def beside(unit: Unit, visit: Visit, file: File) -> tuple[int | None, int | None]:
    """The ids of the photos that the guest sees before and after one, in the order of the event.

    None at its ends, and in an album by query, which has an order of its own.
    """
    album_id = visit.event.album_id
    at = unit.db.scalar(select(AlbumItem.position).where(AlbumItem.album_id == album_id, AlbumItem.file_id == file.id))
    if visit.album.query is not None or at is None:
        return None, None
    place, here = tuple_(AlbumItem.position, AlbumItem.file_id), (at, file.id)
    listed = select(File.id).join(AlbumItem, AlbumItem.file_id == File.id)
    listed = listed.where(AlbumItem.album_id == album_id, sight.shown(unit, visit)).limit(1)
    before = listed.where(place < here).order_by(AlbumItem.position.desc(), AlbumItem.file_id.desc())
    after = listed.where(place > here).order_by(AlbumItem.position, AlbumItem.file_id)
    return unit.db.scalar(before), unit.db.scalar(after)
