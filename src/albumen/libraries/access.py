"""Who may do what: one policy for lists, counts, bytes, exports and the feed.

A user's role on a file or folder is the strongest of those given on its folder, on any folder above, and on the
library.  Any role on an album lets its files be read: those put in by hand, or those that its query finds just now.
Whoever has no role on something may not know of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, false, or_, select, true

from albumen.db import locks
from albumen.kernel.actor import Actor, Scope
from albumen.kernel.errors import Denied, NotFound
from albumen.libraries import criteria, lineages
from albumen.libraries.models import Album, AlbumItem, Assignment, File, Folder, Library, Place, Role
from albumen.unit import Unit

_STRENGTH: Mapping[Role | None, int] = {None: 0, Role.reader: 1, Role.contributor: 2, Role.owner: 3}
_REACHES = "reaches"

_columns = (Assignment.library_id, Assignment.place, Assignment.place_id, Assignment.role, Folder.lineage, Album.query)
_grants = (
    select(*_columns)
    .join(Library, Library.id == Assignment.library_id)
    .outerjoin(Folder, Folder.id == Assignment.place_id)
    .outerjoin(Album, Album.id == Assignment.place_id)
    .where(Assignment.user_id == bindparam("user"), Library.deleted_at.is_(None))
)
_grants_in = _grants.where(Assignment.library_id == bindparam("library"))
_is_there = select(Library.id).where(Library.id == bindparam("library"), Library.deleted_at.is_(None))


@dataclass
class Reach:
    """What an actor was given in a library: roles on all of it, on folders (by lineage), and on albums (by id).

    `queries` are those of the albums that have one.
    """

    library_id: int
    role: Role | None = None
    folders: dict[str, Role] = field(default_factory=dict)
    albums: dict[int, Role] = field(default_factory=dict)
    queries: dict[int, dict[str, Any]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.role or self.folders or self.albums)

    def at(self, lineage: str) -> Role | None:
        """The role on a folder, by its lineage."""
        ends = (at for at, letter in enumerate(lineage, 1) if letter == "/") if self.folders else ()
        return strongest(self.role, *(self.folders.get(lineage[:end]) for end in ends))

    def sees(self, lineage: str) -> bool:
        """Whether a folder may be known of."""
        return self.at(lineage) is not None


def strongest(*roles: Role | None) -> Role | None:
    """The strongest of some roles; None where there is none."""
    return max(roles, key=lambda role: _STRENGTH[role], default=None)


def is_enough(role: Role | None, least: Role) -> bool:
    """Whether a role holds another."""
    return _STRENGTH[role] >= _STRENGTH[least]


def reach(unit: Unit, library_id: int) -> Reach:
    """What the actor was given in a library; empty where it may not know of it.  Kept for the length of the unit.

    A unit that writes has the library to itself from here on.
    """
    known: dict[tuple[Actor, int], Reach] = unit.db.info.setdefault(_REACHES, {})
    key = unit.actor, library_id
    if key not in known:
        locks.hold(unit.db, Library.id, [library_id])
        known[key] = _reach(unit, library_id)
    return known[key]


def forget(unit: Unit) -> None:
    """Look anew at what the actor was given, after a change of roles."""
    unit.db.info.pop(_REACHES, None)


def _reach(unit: Unit, library_id: int) -> Reach:
    if unit.actor.is_system:
        there = unit.db.scalar(_is_there, {"library": library_id})
        return Reach(library_id, Role.owner if there is not None else None)
    if not _opens(unit, library_id):
        return Reach(library_id)
    rows = unit.db.execute(_grants_in, {"user": unit.actor.user_id, "library": library_id})
    return next(_gathered(rows), None) or Reach(library_id)


def _opens(unit: Unit, library_id: int) -> bool:
    """Whether the credential is good for this library."""
    return unit.actor.libraries is None or library_id in unit.actor.libraries


def reaches(unit: Unit) -> list[Reach]:
    """What the actor was given, in every library it may know of.  Not for the system, which sees all."""
    rows = unit.db.execute(_grants, {"user": unit.actor.user_id})
    return [each for each in _gathered(rows) if _opens(unit, each.library_id)]


def _gathered(rows: Iterable[Row[int, str, int, str, str, Any]]) -> Iterator[Reach]:
    found: dict[int, Reach] = {}
    for library_id, place, place_id, role, lineage, query in rows:
        given = found.setdefault(library_id, Reach(library_id))
        if place == Place.library:
            given.role = Role(role)
        elif place == Place.album:
            given.albums[place_id] = Role(role)
            if query is not None:
                given.queries[place_id] = query
        elif lineage is not None:
            given.folders[lineage] = Role(role)
    yield from found.values()


def role_on(unit: Unit, library_id: int) -> Role | None:
    """The actor's role on a whole library; None where it has none there."""
    return reach(unit, library_id).role


def role_on_folder(unit: Unit, folder: Folder) -> Role | None:
    """The actor's role on a folder; None where it may not know of it."""
    return reach(unit, folder.library_id).at(folder.lineage)


def role_on_file(unit: Unit, file: File) -> Role | None:
    """The actor's role on a file; None where it may not know of it.  An album lets its files be read, not changed."""
    return roles_on_files(unit, [file])[file.id]


def roles_on_files(unit: Unit, files: Sequence[File]) -> dict[int, Role | None]:
    """The actor's role on each file, by id, in a handful of queries however many there are."""
    given = {each: reach(unit, each) for each in sorted({file.library_id for file in files})}
    filed: dict[int, str] = {}
    if any(each.folders for each in given.values()):
        wanted = select(Folder.id, Folder.lineage).where(Folder.id.in_({file.folder_id for file in files}))
        filed = {row.id: row.lineage for row in unit.db.execute(wanted)}
    roles = {file.id: given[file.library_id].at(filed.get(file.folder_id, "")) for file in files}
    shown = _shown_by_albums(unit, [file for file in files if roles[file.id] is None], given)
    return {file_id: role or (Role.reader if file_id in shown else None) for file_id, role in roles.items()}


def _shown_by_albums(unit: Unit, files: Sequence[File], given: Mapping[int, Reach]) -> set[int]:
    """Which of the files lie in albums that the actor may see; the moving part of a photo lies where its photo does."""
    photos = {file.id: file.part_of or file.id for file in files if given[file.library_id].albums}
    if not photos:
        return set()
    albums = or_(*(_in_albums(each) for each in given.values() if each.albums))
    found = set(unit.db.scalars(select(File.id).where(File.id.in_(set(photos.values())), albums)))
    return {file_id for file_id, photo_id in photos.items() if photo_id in found}


def role_on_album(unit: Unit, album: Album) -> Role | None:
    """The actor's role on an album: its own, or the one on its library."""
    given = reach(unit, album.library_id)
    return strongest(given.role, given.albums.get(album.id))


def check(unit: Unit, role: Role | None, least: Role, what: str) -> Role:
    """The role itself.

    Raises NotFound where there is none, and Denied where it, or the credential, is too weak.
    """
    if role is None:
        raise NotFound(f"There is no such {what}.")
    check_scope(unit, Scope.read if least == Role.reader else Scope.write)
    if not is_enough(role, least):
        raise Denied(f"This takes the role {least}.")
    return role


def check_scope(unit: Unit, needed: Scope) -> None:
    """Raises Denied where the credential was not made for this."""
    if needed not in unit.actor.scopes:
        raise Denied(f"This key lacks the scope {needed}.")


def check_seen(unit: Unit, library_id: int) -> Reach:
    """What the actor was given in a library.  Raises NotFound where that is nothing, and Denied."""
    given = reach(unit, library_id)
    if not given:
        raise NotFound("There is no such library.")
    check_scope(unit, Scope.read)
    return given


def require(unit: Unit, library_id: int, least: Role) -> Role:
    """The actor's role on a whole library.

    Raises NotFound where it may not know of the library, Denied where it has too weak a role, or one on parts only.
    """
    given = reach(unit, library_id)
    if given and given.role is None:
        raise Denied(f"This takes the role {least} on the library.")
    return check(unit, given.role, least, "library")


def require_folder(unit: Unit, folder: Folder, least: Role) -> Role:
    """The actor's role on a folder.  Raises NotFound, Denied."""
    return check(unit, role_on_folder(unit, folder), least, "folder")


def require_file(unit: Unit, file: File, least: Role) -> Role:
    """The actor's role on a file.  Raises NotFound, Denied."""
    return check(unit, role_on_file(unit, file), least, "file")


def require_album(unit: Unit, album: Album, least: Role) -> Role:
    """The actor's role on an album.  Raises NotFound, Denied."""
    return check(unit, role_on_album(unit, album), least, "album")


def libraries_seen(unit: Unit) -> ColumnElement[bool]:
    """Which rows of Library the actor may see.  Raises Denied."""
    check_scope(unit, Scope.read)
    if unit.actor.is_system:
        return Library.deleted_at.is_(None)
    return and_(Library.deleted_at.is_(None), Library.id.in_([each.library_id for each in reaches(unit)]))


def folders_seen(unit: Unit, library_id: int) -> ColumnElement[bool]:
    """Which rows of Folder the actor may see in a library.  Raises NotFound, Denied."""
    given = check_seen(unit, library_id)
    here = and_(Folder.library_id == library_id, Folder.deleted_at.is_(None))
    return here if given.role else and_(here, lineages.below_any(Folder.lineage, given.folders))


def files_seen(unit: Unit, library_id: int) -> ColumnElement[bool]:
    """Which rows of File the actor may see listed in a library.  Raises NotFound, Denied."""
    given = check_seen(unit, library_id)
    return and_(File.library_id == library_id, LISTED, _reached(given))


LISTED = and_(File.deleted_at.is_(None), File.part_of.is_(None))
"""The files that lists show: not in the trash, and not the moving part of a photo."""


def files_anywhere(unit: Unit, *, least: Role = Role.reader) -> ColumnElement[bool]:
    """Which rows of File the actor may see listed, in all libraries, with this role at least.  Raises Denied."""
    check_scope(unit, Scope.read if least == Role.reader else Scope.write)
    if unit.actor.is_system:
        return and_(LISTED, File.library_id.in_(select(Library.id).where(Library.deleted_at.is_(None))))
    given = reaches(unit)
    whole = [each.library_id for each in given if is_enough(each.role, least)]
    parts = [each for each in given if not is_enough(each.role, least)]
    within = [and_(File.library_id == each.library_id, _reached(_only(each, least))) for each in parts]
    return and_(LISTED, or_(File.library_id.in_(whole), *within))


def _only(given: Reach, least: Role) -> Reach:
    """The part of a reach where the role is strong enough."""
    folders = {lineage: role for lineage, role in given.folders.items() if is_enough(role, least)}
    shown = least == Role.reader  # what an album shows can be read, and no more
    return Reach(given.library_id, None, folders, given.albums if shown else {}, given.queries if shown else {})


def _reached(given: Reach) -> ColumnElement[bool]:
    """Which files of the library a reach holds."""
    if given.role:
        return true()
    parts: list[ColumnElement[bool]] = []
    if given.folders:
        here = select(Folder.id).where(
            Folder.library_id == given.library_id, lineages.below_any(Folder.lineage, given.folders)
        )
        parts.append(File.folder_id.in_(here))
    if given.albums:
        parts.append(_in_albums(given))
    return or_(false(), *parts)


def _in_albums(given: Reach) -> ColumnElement[bool]:
    """Which files lie in albums, by hand or by query; none that is in the trash."""
    by_hand = [album_id for album_id in given.albums if album_id not in given.queries]
    put_in = File.id.in_(select(AlbumItem.file_id).where(AlbumItem.album_id.in_(by_hand)))
    found = or_(false(), *map(criteria.found_by, given.queries.values()))
    return and_(File.deleted_at.is_(None), or_(put_in, and_(File.library_id == given.library_id, found)))


def albums_seen(unit: Unit, library_id: int) -> ColumnElement[bool]:
    """Which rows of Album the actor may see in a library.  Raises NotFound, Denied."""
    given = check_seen(unit, library_id)
    here = Album.library_id == library_id
    return here if given.role else and_(here, Album.id.in_(list(given.albums)))


def in_album(album: Album) -> ColumnElement[bool]:
    """Which rows of File an album shows, to whoever sees the album."""
    queries = {} if album.query is None else {album.id: album.query}
    return and_(LISTED, _in_albums(Reach(album.library_id, albums={album.id: Role.reader}, queries=queries)))
