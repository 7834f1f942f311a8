"""Libraries themselves: created with one root folder, and one for each user by default."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select

from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.kernel import ids
from albumen.kernel.actor import Scope
from albumen.kernel.errors import Denied, Invalid, NotFound, SignIn
from albumen.libraries import access, folders, members, names
from albumen.libraries.models import Library, Role
from albumen.unit import Unit

FIRST_ROOT = "All Pictures"
DEFAULT_NAME = "Photos"


@dataclass(frozen=True)
class NewLibrary:
    """What a library starts with.  `time_zone` is an IANA name; `quota_bytes` None means no limit of its own."""

    name: str
    time_zone: str = "UTC"
    description: str | None = None
    quota_bytes: int | None = None


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


def default(unit: Unit, *, time_zone: str) -> Library:
    """The actor's own first library, made at first need."""
    found = find_default(unit)
    if found is not None:
        return found
    return create(unit, NewLibrary(DEFAULT_NAME, time_zone), default_of=unit.actor.user_id)


def find_default(unit: Unit) -> Library | None:
    """The actor's own first library; None when there is none yet."""
    here = (Library.default_of == unit.actor.user_id, Library.deleted_at.is_(None))
    return unit.db.scalar(select(Library).where(*here))
