"""Albums themselves: made, changed and deleted.  Whoever makes one owns it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from albumen.albums import items, queries
from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.kernel import ids
from albumen.kernel.errors import Conflict, Invalid, SignIn
from albumen.libraries import access, criteria, members, names
from albumen.libraries.models import Album, Assignment, Role
from albumen.unit import Unit


@dataclass(frozen=True)
class NewAlbum:
    """What an album starts with: files put in by hand, or a query."""

    name: str
    description: str | None = None
    query: dict[str, Any] | None = None
    file_ids: Sequence[int] = ()


def create(unit: Unit, library_id: int, new: NewAlbum) -> Album:
    """Make an album.  Raises NotFound (also where a file is not seen), Denied, Invalid.

    By hand it takes a contributor of the library or of a folder; by query, which shows all, one of the library.
    """
    if unit.actor.user_id is None:
        raise SignIn
    _check_maker(unit, library_id, new)
    album = Album(
        id=ids.new_id(),
        library_id=library_id,
        name=names.plain(new.name),
        description=new.description,
        query=new.query,
        created_by=unit.actor.user_id,
        created_at=unit.now,
        modified_at=unit.now,
    )
    unit.db.add(album)
    unit.db.flush()
    members.assign(unit, album, unit.actor.user_id, Role.owner)
    if new.file_ids:
        items.put(unit, album, new.file_ids)
    changed(unit, album)
    return album


def _check_maker(unit: Unit, library_id: int, new: NewAlbum) -> None:
    given = access.check_seen(unit, library_id)
    if new.query is None:
        strongest = access.strongest(given.role, *given.folders.values())
        access.check(unit, strongest or Role.reader, Role.contributor, "library")
        return
    access.require(unit, library_id, Role.contributor)
    if new.file_ids:
        raise Invalid("An album has files or a query.", errors=[("fileIds", "not beside a query")])
    criteria.parse(new.query)


def change(unit: Unit, album: Album, told: Mapping[str, Any]) -> Album:
    """Change those of name, description, cover_file_id, query and file_ids (their new order) that are told.

    Raises NotFound, Denied, Conflict, Invalid.  Owners do; a query takes a contributor of the library as well.
    """
    access.require_album(unit, album, Role.owner)
    if "name" in told:
        album.name = names.plain(told["name"] or "")
    if "description" in told:
        album.description = told["description"]
    if "query" in told:
        album.query = _query(unit, album, told["query"])
    if "cover_file_id" in told:
        album.cover_file_id = _cover(unit, album, told["cover_file_id"])
    if told.get("file_ids") is not None:
        items.arrange(unit, album, told["file_ids"])
    changed(unit, album)
    return album


def _query(unit: Unit, album: Album, query: dict[str, Any] | None) -> dict[str, Any]:
    if album.query is None or query is None:
        raise Conflict("An album made by hand stays so, and one with a query keeps one.")
    access.require(unit, album.library_id, Role.contributor)
    criteria.parse(query)
    return query


def _cover(unit: Unit, album: Album, file_id: int | None) -> int | None:
    if file_id is not None and not queries.holds(unit, album, file_id):
        raise Invalid("The cover is one of the album's files.", errors=[("coverFileId", "not in the album")])
    return file_id


def delete_album(unit: Unit, album: Album) -> None:
    """Delete an album and the roles on it, not its files.  Owners do.  Raises NotFound, Denied."""
    access.require_album(unit, album, Role.owner)
    given = Assignment.place_id == album.id
    lost = unit.db.scalars(select(Assignment.user_id).where(given)).all()
    unit.db.execute(delete(Assignment).where(given))
    unit.db.delete(album)
    unit.db.flush()
    access.forget(unit)
    feed.record(unit, album.library_id, Happening(Thing.album, gone=True), [album.id])
    for user_id in lost:
        feed.regrant(unit, album.library_id, user_id)


def changed(unit: Unit, album: Album) -> None:
    """Tell that an album, or what is in it, is not what it was."""
    album.modified_at = unit.now
    unit.db.flush()
    feed.record(unit, album.library_id, Happening(Thing.album), [album.id])


def add(unit: Unit, album: Album, file_ids: Sequence[int]) -> None:
    """Put files at the end of an album made by hand; those that are in it stay where they are.

    Contributors do, with files they may see.  Raises NotFound (and adds none), Denied, Conflict.
    """
    access.require_album(unit, album, Role.contributor)
    items.put(unit, album, file_ids)
    changed(unit, album)


def remove(unit: Unit, album: Album, file_ids: Sequence[int]) -> None:
    """Take files out of an album made by hand; what is not in it does no harm.  Raises NotFound, Denied, Conflict."""
    access.require_album(unit, album, Role.contributor)
    items.take(unit, album, file_ids)
    changed(unit, album)


def put_back(unit: Unit, album: Album, places: Mapping[int, int]) -> None:
    """Put files in again, each at the place it had.  Raises NotFound (and puts none), Denied, Conflict."""
    access.require_album(unit, album, Role.contributor)
    items.put_back(unit, album, places)
    changed(unit, album)
