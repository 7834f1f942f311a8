"""Who shares what with whom: what the page of shares lists, and whom its forms speak of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from albumen.accounts import users
from albumen.accounts.models import User
from albumen.albums import queries
from albumen.kernel import ids
from albumen.kernel.errors import Invalid, NotFound
from albumen.libraries import access, folders, library
from albumen.libraries.access import Reach
from albumen.libraries.members import Assignable
from albumen.libraries.models import Album, Assignment, Folder, Library, Place, Role
from albumen.unit import Unit
from albumen.web.texts import gettext as _

TABLES: dict[Place, type[Library] | type[Folder] | type[Album]] = {
    Place.library: Library,
    Place.folder: Folder,
    Place.album: Album,
}


@dataclass(frozen=True)
class Given:
    """A role that somebody has on a place."""

    place: Place
    id: int
    name: str
    library: str
    role: str
    person: str


@dataclass
class Shared:
    """A place that others see, and who they are."""

    place: Place
    id: int
    name: str
    library: str
    people: list[Given] = field(default_factory=list)


def get(unit: Unit, place: Place, place_id: int) -> Assignable:
    """A library, folder or album that the actor may see.  Raises NotFound, Denied."""
    if place == Place.library:
        return library.get(unit, place_id)
    found = unit.db.get(TABLES[place], place_id)
    if isinstance(found, Folder):
        return folders.get(unit, found.library_id, place_id)
    if isinstance(found, Album):
        return queries.get(unit, found.library_id, place_id)
    raise NotFound(f"There is no such {place}.")


def with_me(unit: Unit) -> list[Given]:
    """The roles that others gave the actor, by name of the place."""
    here = (Assignment.user_id == unit.actor.user_id, func.coalesce(Assignment.given_by, 0) != unit.actor.user_id)
    rows = select(Assignment, User.name).outerjoin(User, User.id == Assignment.given_by).where(*here)
    own = {each.library_id for each in access.reaches(unit)}
    found = [(row.Assignment, row.name) for row in unit.db.execute(rows) if row.Assignment.library_id in own]
    return _named(unit, found)


def by_me(unit: Unit) -> list[Shared]:
    """What the actor owns and others see, by name.  What somebody made by themselves is not shared with them."""
    wanted = (
        select(Assignment, User.name)
        .join(User, User.id == Assignment.user_id)
        .where(
            Assignment.user_id != unit.actor.user_id,
            func.coalesce(Assignment.given_by, 0) != Assignment.user_id,
            Assignment.library_id.in_([each.library_id for each in access.reaches(unit)]),
        )
    )
    rows = [(row.Assignment, row.name) for row in unit.db.execute(wanted.order_by(User.name))]
    shared: dict[int, Shared] = {}
    for each in _named(unit, [row for row in rows if _owns(unit, row[0])]):
        shared.setdefault(each.id, Shared(each.place, each.id, each.name, each.library)).people.append(each)
    return list(shared.values())


def _owns(unit: Unit, given: Assignment) -> bool:
    reach = access.reach(unit, given.library_id)
    return access.is_enough(_role(unit, reach, given), Role.owner)


def _role(unit: Unit, reach: Reach, given: Assignment) -> Role | None:
    if given.place == Place.album:
        return access.strongest(reach.role, reach.albums.get(given.place_id))
    folder = unit.db.get(Folder, given.place_id) if given.place == Place.folder else None
    return reach.at(folder.lineage) if folder else reach.role


def _named(unit: Unit, rows: Sequence[tuple[Assignment, str | None]]) -> list[Given]:
    """The same with the names of their places, by these; those of deleted places are left out."""
    names = {place: _names(unit, place, [row[0] for row in rows]) for place in Place}
    libraries = _names(unit, Place.library, [row[0] for row in rows], by_library=True)
    found = [
        Given(
            Place(each.place),
            each.place_id,
            names[Place(each.place)][each.place_id],
            libraries[each.library_id],
            each.role,
            person or "",
        )
        for each, person in rows
        if each.place_id in names[Place(each.place)] and each.library_id in libraries
    ]
    return sorted(found, key=lambda each: (each.name.casefold(), each.id))


def _names(unit: Unit, place: Place, given: Iterable[Assignment], *, by_library: bool = False) -> dict[int, str]:
    table = TABLES[place]
    wanted = {each.library_id if by_library else each.place_id for each in given if by_library or each.place == place}
    alive = (table.id.in_(wanted),) if table is Album else (table.id.in_(wanted), table.deleted_at.is_(None))  # type: ignore[union-attr]  # albums have none
    return {row.id: row.name for row in unit.db.execute(select(table.id, table.name).where(*alive))}


def person(unit: Unit, told: str) -> User:
    """Who is meant by an e-mail, an id or a whole name.  Raises NotFound, Invalid where several are called so."""
    wanted = told.strip()
    found = users.find(unit, wanted) if wanted else None
    if found is not None:
        return found
    named = unit.db.scalars(select(User).where(User.name == wanted, User.disabled_at.is_(None)).limit(2)).all()
    if len(named) > 1:
        raise Invalid(_("Several people are called so. Use the e-mail."))
    if not wanted or not named:
        raise NotFound(_("Nobody here has this e-mail or name."))
    return named[0]


def path(place: Assignable) -> str:
    """Where a place is shown."""
    if isinstance(place, Library):
        return "/library"
    return f"/{'folders' if isinstance(place, Folder) else 'albums'}/{ids.encode(place.id)}"
