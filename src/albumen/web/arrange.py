"""The order of the photos in an album made by hand: one of them moved, or all by date."""

from collections.abc import Sequence

from sqlalchemy import select

from albumen.albums import albums, queries
from albumen.kernel import ids
from albumen.kernel.errors import Invalid, NotFound
from albumen.libraries import access
from albumen.libraries.models import Album, File
from albumen.unit import Unit

BESIDE = {"before": 0, "after": 1}


def order(unit: Unit, album: Album) -> list[int]:
    """The ids of what an album shows, in its order."""
    return [row.File.id for row in unit.db.execute(queries.put_in(album))]


def moved(file_ids: Sequence[int], file_id: int, to: str) -> list[int]:
    """The order with one moved `first`, `earlier`, `later`, `last`, `before:ID` or `after:ID`.

    Raises NotFound, Invalid.
    """
    if file_id not in file_ids:
        raise NotFound("This photo is not in the album.")
    at, rest = file_ids.index(file_id), [each for each in file_ids if each != file_id]
    places = {"first": 0, "earlier": max(0, at - 1), "later": at + 1, "last": len(rest)}
    place = places[to] if to in places else _beside(rest, to)
    return [*rest[:place], file_id, *rest[place:]]


def _beside(rest: Sequence[int], to: str) -> int:
    side, _, word = to.partition(":")
    if side not in BESIDE:
        raise Invalid("A photo is moved first, earlier, later, last, or beside another.")
    other = ids.decode(word)
    if other not in rest:
        raise NotFound("This photo is not in the album.")
    return rest.index(other) + BESIDE[side]


def is_beside(to: str) -> bool:
    """Whether a photo was put beside another one, as only dragging does."""
    return to.partition(":")[0] in BESIDE


def move(unit: Unit, album: Album, file_id: int, to: str) -> None:
    """Move one photo of an album.  Raises NotFound, Denied, Conflict, Invalid."""
    albums.change(unit, album, {"file_ids": moved(order(unit, album), file_id, to)})


def by_date(unit: Unit, album: Album, *, newest_first: bool) -> None:
    """Put all photos of an album in the order they were taken.  Raises NotFound, Denied, Conflict."""
    wanted = select(File.id).where(access.in_album(album)).order_by(File.sorted_at, File.id)
    file_ids = list(unit.db.scalars(wanted))
    albums.change(unit, album, {"file_ids": file_ids[::-1] if newest_first else file_ids})
