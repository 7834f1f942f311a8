"""Pages of the change feed: what changed since, as far as the caller may know of it, with each thing as it is now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from albumen.changes.feed import Thing
from albumen.changes.models import Change, ChangeHead, Regranted
from albumen.kernel.errors import Gone, Invalid
from albumen.libraries import access, lineages
from albumen.libraries.access import Reach
from albumen.libraries.models import Album, AlbumItem, File, Folder, Library
from albumen.unit import Unit

_START_OVER = "The feed does not go back that far. List everything anew, and follow from a new cursor."


@dataclass(frozen=True)
class FeedPage:
    """Changes in order, each thing once; `cursor` is the number to go on from."""

    changes: Sequence[Change]
    cursor: int
    is_more: bool = False


def number_in(cursor: str) -> int:
    """The number that a cursor stands for.  Raises Invalid where it is none that the feed gave."""
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise Invalid("The cursor is not one that this feed gave.", errors=[("since", "not a cursor")])
    return int(cursor)


def head(unit: Unit, library_id: int) -> int:
    """The number of the newest change.  Raises NotFound, Denied."""
    access.check_seen(unit, library_id)
    return _head(unit, library_id).number


def newest(unit: Unit, library_id: int) -> int:
    """The same, without asking who wants to know: for whoever waits until it moves."""
    return _head(unit, library_id).number


def _head(unit: Unit, library_id: int) -> ChangeHead:
    found = unit.db.get(ChangeHead, library_id, populate_existing=True)
    return found or ChangeHead(library_id=library_id, number=0, forgotten=0)


def page(unit: Unit, library_id: int, since: int, limit: int) -> FeedPage:
    """What changed since, at most so many changes.  Raises NotFound, Denied, and Gone where that cannot be told.

    Whoever begins at 0 has read nothing that a change of roles could have made wrong.
    """
    given = access.check_seen(unit, library_id)
    last = _head(unit, library_id)
    if not max(last.forgotten, _regranted(unit, library_id) if since else 0) <= since <= last.number:
        raise Gone(_START_OVER)
    wanted = select(Change).where(Change.library_id == library_id, Change.number > since, _known(unit, given))
    rows = unit.db.scalars(wanted.order_by(Change.number).limit(limit + 1)).all()
    is_more, rows = len(rows) > limit, rows[:limit]
    return FeedPage(_folded(rows), rows[-1].number if is_more else last.number, is_more)


def _regranted(unit: Unit, library_id: int) -> int:
    found = unit.db.get(Regranted, (library_id, unit.actor.user_id)) if unit.actor.user_id else None
    return found.number if found else 0


def _folded(rows: Sequence[Change]) -> list[Change]:
    """The newest change of each thing, in order."""
    newest = {(change.thing, change.thing_id): change for change in rows}
    return sorted(newest.values(), key=lambda change: change.number)


def _known(unit: Unit, given: Reach) -> ColumnElement[bool]:
    """Which changes the actor may know of: those where it sees what changed, or saw it before."""
    if given.role:
        return Change.number > 0
    albums = and_(Change.thing == Thing.album, Change.thing_id.in_(list(given.albums)))
    parts = [Change.thing == Thing.library, albums, *(_within(lineage) for lineage in given.folders)]
    if given.albums:
        parts.append(and_(Change.thing == Thing.file, or_(_put_in(given), _found(unit, given))))
    return or_(*parts)


def _put_in(given: Reach) -> ColumnElement[bool]:
    """Which files were put into albums that the actor sees, those in the trash included."""
    return Change.thing_id.in_(select(AlbumItem.file_id).where(AlbumItem.album_id.in_(list(given.albums))))


def _found(unit: Unit, given: Reach) -> ColumnElement[bool]:
    """Which files the queries of such albums find just now."""
    if not given.queries:
        return false()
    return exists().where(File.id == Change.thing_id, access.files_seen(unit, given.library_id))


def _within(lineage: str) -> ColumnElement[bool]:
    return or_(lineages.below(Change.lineage, lineage), lineages.below(Change.before, lineage))


@dataclass(frozen=True)
class Things:
    """What is there of the things that changed, and what the actor sees of it; by id."""

    libraries: Mapping[int, Library]
    folders: Mapping[int, Folder]
    files: Mapping[int, File]
    albums: Mapping[int, Album]


def things(unit: Unit, library_id: int, changes: Sequence[Change]) -> Things:
    """The things of a page, in one query for each kind.  Raises NotFound, Denied."""
    access.check_seen(unit, library_id)
    return Things(
        _by_id(unit, Library, _ids(changes, Thing.library), Library.id == library_id),
        _by_id(unit, Folder, _ids(changes, Thing.folder), access.folders_seen(unit, library_id)),
        _by_id(unit, File, _ids(changes, Thing.file), access.files_seen(unit, library_id)),
        _by_id(unit, Album, _ids(changes, Thing.album), access.albums_seen(unit, library_id)),
    )


def _ids(changes: Sequence[Change], thing: Thing) -> list[int]:
    return [change.thing_id for change in changes if change.thing == thing]


def _by_id[Row: (Library, Folder, File, Album)](
    unit: Unit, table: type[Row], ids: Collection[int], seen: ColumnElement[bool]
) -> dict[int, Row]:
    if not ids:
        return {}
    return {row.id: row for row in unit.db.scalars(select(table).where(table.id.in_(ids), seen))}
