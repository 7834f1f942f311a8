"""Libraries themselves: created with one root folder, and one for each user by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select, tuple_
from sqlalchemy.exc import IntegrityError

from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.db import locks
from albumen.kernel import ids
from albumen.kernel.actor import Scope
from albumen.kernel.errors import Conflict, Denied, Gone, Invalid, NotFound, SignIn
from albumen.kernel.pages import Page, from_cursor, to_cursor
from albumen.libraries import access, folders, members, names
from albumen.libraries.models import Library, Role, SameName
from albumen.unit import Unit

FIRST_ROOT = "All Pictures"
DEFAULT_NAME = "Photos"
OWNERS = frozenset({"quota_bytes", "same_name", "keep_versions", "keep_version_days"})
"""What of a library only its owners change: what it may take up, and what becomes of older versions."""


@dataclass(frozen=True)
class NewLibrary:
    """What a library starts with.  `time_zone` is an IANA name; `quota_bytes` None means no limit of its own."""

    name: str
    time_zone: str = "UTC"
    description: str | None = None
    quota_bytes: int | None = None
    same_name: SameName = SameName.number
    keep_versions: int | None = None
    keep_version_days: int | None = None


def create(unit: Unit, new: NewLibrary, *, default_of: int | None = None) -> Library:
    """Create a library that its creator owns.  Raises Invalid, Denied, SignIn."""
    if unit.actor.user_id is None:
        raise SignIn
    access.check_scope(unit, Scope.write)
    if unit.actor.libraries is not None:
        raise Denied("This key is limited to some libraries.")
    library = Library(
        id=ids.new_id(),
        name=names.plain(new.name),
        description=new.description,
        time_zone=check_zone(new.time_zone),
        quota_bytes=new.quota_bytes,
        same_name=new.same_name,
        keep_versions=new.keep_versions,
        keep_version_days=new.keep_version_days,
        default_of=default_of,
        created_at=unit.now,
    )
    unit.db.add(library)
    unit.db.flush()
    members.assign(unit, library, unit.actor.user_id, Role.owner)
    feed.record(unit, library.id, Happening(Thing.library), [library.id])
    folders.create(unit, library.id, None, FIRST_ROOT)
    return library


def check_zone(name: str) -> str:
    """The name itself.  Raises Invalid where it is no IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid("This is not a time zone.", errors=[("timeZone", "unknown")]) from None
    return name


def change(unit: Unit, library_id: int, columns: Mapping[str, Any]) -> Library:
    """Set some columns of a library.  Raises NotFound, Denied, Invalid.

    A new time zone counts for photos that are added from then on: no photo changes its date by itself.  Versions that
    a new policy does not keep go with the next hourly job.
    """
    access.require(unit, library_id, Role.owner if OWNERS & columns.keys() else Role.contributor)
    library = unit.db.get_one(Library, library_id)
    checks = {"name": names.plain, "time_zone": check_zone}
    for column, value in columns.items():
        setattr(library, column, checks[column](value) if column in checks else value)
    unit.db.flush()
    feed.record(unit, library_id, Happening(Thing.library), [library_id])
    return library


def delete(unit: Unit, library_id: int) -> None:
    """Hide a library from everybody; a keeper can restore it until it is purged.  Raises NotFound, Denied."""
    access.require(unit, library_id, Role.owner)
    library = unit.db.get_one(Library, library_id)
    library.deleted_at, library.default_of = unit.now, None
    unit.db.flush()
    access.forget(unit)
    feed.record(unit, library_id, Happening(Thing.library, gone=True), [library_id])


def restore(unit: Unit, library_id: int, *, kept_since: datetime) -> Library:
    """Bring back a library that was deleted after `kept_since`.

    Raises Denied, NotFound, Conflict where it was not deleted, and Gone where its purge may have begun.
    """
    if not unit.actor.is_keeper:
        raise Denied("Only a keeper restores libraries.")
    locks.hold(unit.db, Library.id, [library_id])
    library = unit.db.get(Library, library_id)
    if library is None:
        raise NotFound("There is no such library.")
    if library.deleted_at is None:
        raise Conflict("This library is not deleted.")
    if library.deleted_at <= kept_since:
        raise Gone("This library is being purged.")
    library.deleted_at = None
    unit.db.flush()
    feed.record(unit, library_id, Happening(Thing.library), [library_id])
    return library


def deleted(unit: Unit) -> list[Library]:
    """The libraries that wait to be purged, the last deleted first.  Raises Denied."""
    if not unit.actor.is_keeper:
        raise Denied
    wanted = select(Library).where(Library.deleted_at.is_not(None))
    return list(unit.db.scalars(wanted.order_by(Library.deleted_at.desc(), Library.id)))


def get(unit: Unit, library_id: int) -> Library:
    """A library the actor may see.  Raises NotFound."""
    access.check_seen(unit, library_id)
    library = unit.db.get(Library, library_id)
    if library is None:
        raise NotFound("There is no such library.")
    return library


def seen(unit: Unit) -> list[Library]:
    """The libraries the actor may see, by name."""
    wanted = select(Library).where(access.libraries_seen(unit))
    return list(unit.db.scalars(wanted.order_by(Library.name, Library.id)))


def listed(unit: Unit, *, limit: int, cursor: str | None) -> Page[Library]:
    """A page of these libraries.  Raises Denied, Invalid."""
    wanted = select(Library).where(access.libraries_seen(unit))
    if cursor:
        wanted = wanted.where(tuple_(Library.name, Library.id) > _place_in(cursor))
    found = unit.db.scalars(wanted.order_by(Library.name, Library.id).limit(limit + 1)).all()
    return Page(found[:limit], to_cursor(found[limit - 1].name, found[limit - 1].id) if len(found) > limit else None)


def _place_in(cursor: str) -> tuple[str, int]:
    match from_cursor(cursor):
        case [str() as name, int() as library_id]:
            return name, library_id
    raise Invalid("The cursor is not one that this list gave.")


def default(unit: Unit, *, time_zone: str, name: str = DEFAULT_NAME) -> Library:
    """The actor's own first library, made at first need; of several that make it at once one does."""
    found = find_default(unit)
    if found is not None:
        return found
    try:
        with unit.db.begin_nested():
            return create(unit, NewLibrary(name, time_zone), default_of=unit.actor.user_id)
    except IntegrityError:
        found = find_default(unit)
        if found is None:
            raise
        return found


def find_default(unit: Unit) -> Library | None:
    """The actor's own first library; None when there is none yet, or none that its key opens."""
    here = (Library.default_of == unit.actor.user_id, Library.deleted_at.is_(None))
    found = unit.db.scalar(select(Library).where(*here))
    return None if found is None or access.role_on(unit, found.id) is None else found
