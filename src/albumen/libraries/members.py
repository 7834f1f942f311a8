"""Roles that users are given on libraries, folders and albums."""

from sqlalchemy import delete, or_, select, tuple_

from albumen.accounts import users
from albumen.accounts.models import User
from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.kernel.actor import Scope
from albumen.kernel.errors import Conflict, Denied, Invalid, NotFound
from albumen.kernel.pages import Page, from_cursor, to_cursor
from albumen.libraries import access, tally
from albumen.libraries.models import Album, Assignment, Folder, Library, Place, Role
from albumen.unit import Unit

PLACES = {Library: Place.library, Folder: Place.folder, Album: Place.album}
type Assignable = Library | Folder | Album
type Member = tuple[Assignment, User]


def assign(unit: Unit, to: Assignable, user_id: int, role: Role) -> Assignment:
    """Give a user a role, without asking who does so: for whoever has just made the thing, or was asked."""
    assignment = Assignment(
        place_id=to.id,
        user_id=user_id,
        library_id=_library_id(to),
        place=PLACES[type(to)],
        role=role,
        given_by=unit.actor.user_id,
        created_at=unit.now,
    )
    unit.db.add(assignment)
    unit.db.flush()
    access.forget(unit)
    return assignment


def of(unit: Unit, place: Assignable, *, limit: int, cursor: str | None) -> Page[Member]:
    """The roles given on this very place, by user id; for contributors and owners of it.

    Raises NotFound, Denied, Invalid.
    """
    _require(unit, place, Role.contributor, Scope.read)
    wanted = select(Assignment, User).join(User, User.id == Assignment.user_id).where(Assignment.place_id == place.id)
    if cursor:
        wanted = wanted.where(tuple_(User.name_key) > tuple_(_key(cursor)))
    rows = unit.db.execute(wanted.order_by(User.name_key).limit(limit + 1)).all()
    items = [(row.Assignment, row.User) for row in rows[:limit]]
    return Page(items, to_cursor(items[-1][1].name_key) if len(rows) > limit else None)


def _key(cursor: str) -> str:
    keys = from_cursor(cursor)
    if len(keys) != 1 or not isinstance(keys[0], str):
        raise Invalid("The cursor is not one that this list gave.")
    return keys[0]


def add(unit: Unit, place: Assignable, user_id: str, role: Role) -> Member:
    """Give a user a role on a place, as its owner.

    Raises NotFound, Denied, Invalid, and Conflict where the user has a role there.
    """
    _require_owner(unit, place)
    user = users.spoken_of(unit, user_id)
    if unit.db.get(Assignment, (place.id, user.id)) is not None:
        raise Conflict("This user has a role here already.")
    made = assign(unit, place, user.id, role)
    _tell(unit, place, user.id)
    return made, user


def change(unit: Unit, place: Assignable, user_id: str, role: Role) -> Member:
    """Give a user another role on a place, as its owner.

    Raises NotFound, Denied, and Conflict where a library would have no owner.
    """
    _require_owner(unit, place)
    given, user = _given(unit, place, user_id)
    if given.role != role:
        _keep_an_owner(unit, place, given)
        given.role = role
        _settle(unit, place, given)
    return given, user


def remove(unit: Unit, place: Assignable, user_id: str) -> None:
    """Take the role on this very place from a user, as its owner; one given further up stays.

    Whoever loses the library, or without it the last folder that somebody gave, keeps only what somebody else gave: not
    the folders and albums made by themselves.

    Raises NotFound, Denied, and Conflict where a library would have no owner.
    """
    _require_owner(unit, place)
    given, user = _given(unit, place, user_id)
    _keep_an_owner(unit, place, given)
    unit.db.delete(given)
    if isinstance(place, Library) or (isinstance(place, Folder) and not _is_let_in(unit, given)):
        own = (Assignment.library_id == given.library_id, Assignment.user_id == user.id, Assignment.given_by == user.id)
        unit.db.execute(delete(Assignment).where(*own))
    _settle(unit, place, given)


def _is_let_in(unit: Unit, losing: Assignment) -> bool:
    """Whether a user has another role on the library, or one on a folder of it that somebody else gave."""
    left = select(Assignment.place_id).where(
        Assignment.library_id == losing.library_id,
        Assignment.user_id == losing.user_id,
        Assignment.place_id != losing.place_id,
        Assignment.place != Place.album,
        or_(Assignment.place == Place.library, Assignment.given_by.is_distinct_from(losing.user_id)),
    )
    return unit.db.scalar(left.limit(1)) is not None


def _given(unit: Unit, place: Assignable, user_id: str) -> Member:
    user = users.by_name_key(unit, user_id)
    given = None if user is None else unit.db.get(Assignment, (place.id, user.id))
    if user is None or given is None:
        raise NotFound("This user has no role here.")
    return given, user


def _keep_an_owner(unit: Unit, place: Assignable, losing: Assignment) -> None:
    if not isinstance(place, Library) or losing.role != Role.owner:
        return
    others = select(Assignment.user_id).where(
        Assignment.place_id == place.id, Assignment.role == Role.owner, Assignment.user_id != losing.user_id
    )
    if unit.db.scalar(others.limit(1)) is None:
        raise Conflict("A library has at least one owner.")


def _settle(unit: Unit, place: Assignable, given: Assignment) -> None:
    unit.db.flush()
    access.forget(unit)
    if isinstance(place, Library) and place.default_of == given.user_id:
        _keep_default(unit, place, given.user_id)
    _tell(unit, place, given.user_id)


def _keep_default(unit: Unit, library: Library, user_id: int) -> None:
    """Let a library be a user's own first one only while that user may add to it: else the next photo makes another."""
    left = unit.db.get(Assignment, (library.id, user_id))
    if left is None or not access.is_enough(Role(left.role), Role.contributor):
        library.default_of = None
        unit.db.flush()


def _tell(unit: Unit, place: Assignable, user_id: int) -> None:
    if not isinstance(place, Library):
        lineage = place.lineage if isinstance(place, Folder) else None
        feed.record(unit, place.library_id, Happening(Thing(PLACES[type(place)]), lineage=lineage), [place.id])
    feed.regrant(unit, _library_id(place), user_id)


def _require_owner(unit: Unit, place: Assignable) -> None:
    """Raises NotFound, Denied.  Those who change roles in one library take turns, so that an owner is always left."""
    _require(unit, place, Role.owner, Scope.share)
    tally.reserve(unit, _library_id(place), 0)


def _require(unit: Unit, place: Assignable, least: Role, scope: Scope) -> None:
    given = access.reach(unit, _library_id(place))
    role = role_on(unit, place)
    if role is None and not (given and isinstance(place, Library)):
        raise NotFound(f"There is no such {PLACES[type(place)]}.")
    access.check_scope(unit, scope)
    if not access.is_enough(role, least):
        raise Denied(f"This takes the role {least}.")


def role_on(unit: Unit, place: Assignable) -> Role | None:
    """The actor's role on a library, folder or album; None where it has none there."""
    if isinstance(place, Library):
        return access.role_on(unit, place.id)
    if isinstance(place, Folder):
        return access.role_on_folder(unit, place)
    return access.role_on_album(unit, place)


def _library_id(place: Assignable) -> int:
    return place.id if isinstance(place, Library) else place.library_id
