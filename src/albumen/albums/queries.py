"""What lists of albums show: albums, how many files they hold, their covers, and the files themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched

from sqlalchemy import Select, func, select, tuple_

from albumen.db import functions
from albumen.kernel.errors import Invalid, NotFound
from albumen.kernel.pages import Page, from_cursor, to_cursor
from albumen.kernel.text import fold
from albumen.libraries import access, criteria, ordering
from albumen.libraries.criteria import Order
from albumen.libraries.models import Album, AlbumItem, File, Role
from albumen.unit import Unit

_BY_DATE = (Order(File.taken_at.expression),)
_AT_ONCE = 20


@dataclass(frozen=True)
class Card:
    """What an album shows from the outside."""

    file_count: int
    cover_file_id: int | None


def get(unit: Unit, library_id: int, album_id: int) -> Album:
    """An album the actor may see.  Raises NotFound, Denied."""
    album = unit.db.get(Album, album_id)
    if album is None or album.library_id != library_id:
        raise NotFound("There is no such album.")
    access.require_album(unit, album, Role.reader)
    return album


def seen(unit: Unit, library_id: int, *, limit: int, cursor: str | None) -> Page[Album]:
    """The albums of a library that the actor may see, by name.  Raises NotFound, Denied, Invalid."""
    name = functions.folded(Album.name.expression)
    wanted = select(Album).where(access.albums_seen(unit, library_id))
    if cursor:
        wanted = wanted.where(tuple_(name, Album.id) > _place(cursor, str))
    rows = unit.db.scalars(wanted.order_by(name, Album.id).limit(limit + 1)).all()
    more = to_cursor(fold(rows[limit - 1].name), rows[limit - 1].id) if len(rows) > limit else None
    return Page(rows[:limit], more)


def _place(cursor: str, first: type[str | int]) -> tuple[str | int, int]:
    keys = from_cursor(cursor)
    if len(keys) != 2 or not isinstance(keys[0], first) or not isinstance(keys[1], int):
        raise Invalid("The cursor is not one that this list gave.")
    return keys[0], keys[1]


def files(unit: Unit, album: Album, *, limit: int, cursor: str | None) -> Page[File]:
    """What an album shows, in its order.  Raises NotFound, Denied, Invalid."""
    access.require_album(unit, album, Role.reader)
    if album.query is not None:
        return ordering.page(unit, access.in_album(album), orders(album), limit=limit, cursor=cursor)
    wanted = put_in(album)
    if cursor:
        wanted = wanted.where(tuple_(AlbumItem.position, AlbumItem.file_id) > _place(cursor, int))
    rows = unit.db.execute(wanted.limit(limit + 1)).all()
    more = to_cursor(rows[limit - 1].position, rows[limit - 1].File.id) if len(rows) > limit else None
    return Page([row.File for row in rows[:limit]], more)


def beside(unit: Unit, album: Album, file: File) -> tuple[File | None, File | None]:
    """The files before and after one in the order of an album; None at its ends, and where it does not show it.

    Raises NotFound, Denied.
    """
    access.require_album(unit, album, Role.reader)
    if album.query is not None:
        return ordering.beside(unit, access.in_album(album), orders(album), file.id)
    here = unit.db.execute(put_in(album).where(AlbumItem.file_id == file.id)).one_or_none()
    if here is None:
        return None, None
    place, at = tuple_(AlbumItem.position, AlbumItem.file_id), (here.position, file.id)
    backwards = put_in(album).order_by(None).order_by(AlbumItem.position.desc(), AlbumItem.file_id.desc())
    before = unit.db.scalar(backwards.where(place < at).limit(1))
    return before, unit.db.scalar(put_in(album).where(place > at).limit(1))


def put_in(album: Album) -> Select[File, int]:
    """The files of an album made by hand, each with its position, in their order."""
    here = select(File, AlbumItem.position).join(AlbumItem, AlbumItem.file_id == File.id)
    here = here.where(AlbumItem.album_id == album.id, access.LISTED)
    return here.order_by(AlbumItem.position, AlbumItem.file_id)


def orders(album: Album) -> Sequence[Order]:
    """How an album by query is sorted."""
    try:
        return criteria.parse(album.query).order_by or _BY_DATE
    except Invalid:  # it finds nothing then
        return _BY_DATE


def holds(unit: Unit, album: Album, file_id: int) -> bool:
    """Whether an album shows a file."""
    return unit.db.scalar(select(File.id).where(File.id == file_id, access.in_album(album))) is not None


def cards(unit: Unit, albums: Sequence[Album]) -> dict[int, Card]:
    """How albums look from the outside; each shows its cover where that is still in it, else its first file."""
    by_query = [album for album in albums if album.query is not None]
    counts = _counts(unit, by_query)
    found = _by_hand(unit, [album for album in albums if album.query is None])
    found |= {album.id: Card(counts[album.id], _first(unit, album)) for album in by_query}
    return {album.id: _chosen(unit, album, found.get(album.id, Card(0, None))) for album in albums}


def _chosen(unit: Unit, album: Album, card: Card) -> Card:
    chosen = album.cover_file_id
    if chosen is None or chosen == card.cover_file_id or not holds(unit, album, chosen):
        return card
    return Card(card.file_count, chosen)


def _by_hand(unit: Unit, albums: Sequence[Album]) -> dict[int, Card]:
    order = (AlbumItem.position, AlbumItem.file_id)
    numbered = (
        select(
            AlbumItem.album_id,
            AlbumItem.file_id,
            func.row_number().over(partition_by=AlbumItem.album_id, order_by=order).label("place"),
            func.count().over(partition_by=AlbumItem.album_id).label("total"),
        )
        .join(File, File.id == AlbumItem.file_id)
        .where(access.LISTED, AlbumItem.album_id.in_([album.id for album in albums]))
        .subquery()
    )
    rows = unit.db.execute(select(numbered).where(numbered.c.place == 1))
    return {row.album_id: Card(row.total, row.file_id) for row in rows}


def _counts(unit: Unit, albums: Sequence[Album]) -> dict[int, int]:
    """How many files the queries find, some queries in one pass over the library."""
    counts: dict[int, int] = {}
    for some in batched(albums, _AT_ONCE):
        tests = (func.count().filter(criteria.found_by(album.query)) for album in some)
        here = select(*tests).select_from(File).where(File.library_id == some[0].library_id, access.LISTED)
        counts |= zip((album.id for album in some), unit.db.execute(here).one(), strict=True)
    return counts


def _first(unit: Unit, album: Album) -> int | None:
    page = ordering.page(unit, access.in_album(album), orders(album), limit=1, cursor=None)
    return page.items[0].id if page.items else None
