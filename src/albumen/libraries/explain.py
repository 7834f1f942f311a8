"""Why a user may do what with a library, a folder, an album or a file: every role that reaches it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from albumen.accounts import users
from albumen.accounts.models import User
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Denied
from albumen.libraries import access, criteria
from albumen.libraries.models import Album, AlbumItem, Assignment, File, Folder, Library, Place, Role
from albumen.unit import Unit

type Explained = Library | Folder | Album | File
_STRONGEST_FIRST = list(Role)


@dataclass(frozen=True)
class Grant:
    """A role that reaches a thing, and where it was given."""

    place: Place
    id: int
    name: str
    role: Role


def asked_about(unit: Unit, library_id: int, name_key: str) -> User:
    """The user of whom the actor asks: owners of the library ask of anyone, others of themselves.

    Raises NotFound, and Denied whether or not there is such a user: who may not ask learns of nobody.
    """
    access.check_seen(unit, library_id)
    found = users.by_name_key(unit, name_key)
    is_own = found is not None and found.id == unit.actor.user_id
    if not is_own and access.role_on(unit, library_id) != Role.owner:
        raise Denied("Only owners of the library ask about others.")
    return users.with_id(unit, name_key)


def explain(unit: Unit, thing: Explained, user: User) -> Sequence[Grant]:
    """The roles of a user (`asked_about`) that reach a thing, the strongest first.  Raises NotFound, Denied."""
    library_id = thing.id if isinstance(thing, Library) else thing.library_id
    found = _grants(replace(unit, actor=Actor(user.id)), library_id, thing)
    return sorted(found, key=lambda each: _STRONGEST_FIRST.index(each.role))


def _grants(theirs: Unit, library_id: int, thing: Explained) -> Iterator[Grant]:
    """Their roles that reach the thing, those on the library first.  An album lets its files be read, not changed."""
    here = (Assignment.user_id == theirs.actor.user_id, Assignment.library_id == library_id)
    for given in theirs.db.scalars(select(Assignment).where(*here).order_by(Assignment.place.desc())).all():
        place = _place(theirs, given)
        if place is not None and _reaches(theirs, place, thing):
            lends = isinstance(place, Album) and isinstance(thing, File)
            yield Grant(Place(given.place), place.id, place.name, Role.reader if lends else Role(given.role))


def _place(theirs: Unit, given: Assignment) -> Library | Folder | Album | None:
    if given.place == Place.library:
        return theirs.db.get(Library, given.place_id)
    if given.place == Place.folder:
        return theirs.db.get(Folder, given.place_id)
    return theirs.db.get(Album, given.place_id)


def _reaches(theirs: Unit, place: Library | Folder | Album, thing: Explained) -> bool:
    """Whether a role on the place is one on the thing."""
    if isinstance(place, Library) or place.id == thing.id:
        return True
    if isinstance(place, Folder):
        return _folder_of(theirs, thing).startswith(place.lineage)
    return isinstance(thing, File) and _shows(theirs, place, thing)


def _folder_of(theirs: Unit, thing: Explained) -> str:
    """The lineage of the folder that a thing is or lies in; empty where it lies in none."""
    if isinstance(thing, File):
        return theirs.db.get_one(Folder, thing.folder_id).lineage
    return thing.lineage if isinstance(thing, Folder) else ""


def _shows(theirs: Unit, album: Album, file: File) -> bool:
    photo = File.id == (file.part_of or file.id)
    if album.query is not None:
        return theirs.db.scalar(select(File.id).where(photo, criteria.found_by(album.query))) is not None
    return theirs.db.get(AlbumItem, (album.id, file.part_of or file.id)) is not None
