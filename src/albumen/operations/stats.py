"""The whole service in numbers, for whoever looks after it."""

from dataclasses import dataclass

from sqlalchemy import func, select

from albumen.accounts.models import User
from albumen.jobs.models import Job, State
from albumen.kernel.actor import Scope
from albumen.kernel.errors import Denied
from albumen.libraries.access import LISTED
from albumen.libraries.models import Album, File, Folder, Library
from albumen.unit import Unit


@dataclass(frozen=True)
class Stats:
    """What there is, without what was deleted, and how much work waits or runs."""

    library_count: int
    folder_count: int
    file_count: int
    album_count: int
    object_user_count: int
    queue_length: int
    processing_count: int


def of_service(unit: Unit) -> Stats:
    """The numbers of the whole service.  Raises Denied for all but a keeper."""
    check_keeper(unit)
    living = select(Library.id).where(Library.deleted_at.is_(None))
    states = unit.db.execute(select(Job.state, func.count()).group_by(Job.state))
    jobs = {state: count for state, count in states}  # noqa: C416 - a row is no pair to a type checker
    wanted = {
        "library_count": Library.deleted_at.is_(None),
        "folder_count": Folder.deleted_at.is_(None) & Folder.library_id.in_(living),
        "file_count": LISTED & File.library_id.in_(living),
        "album_count": Album.library_id.in_(living),
        "object_user_count": User.disabled_at.is_(None),
    }
    counts = {name: unit.db.scalar(select(func.count()).where(which)) or 0 for name, which in wanted.items()}
    return Stats(**counts, queue_length=jobs.get(State.ready, 0), processing_count=jobs.get(State.running, 0))


def check_keeper(unit: Unit) -> None:
    """Raises Denied for all but a keeper, through a credential that may look after the whole."""
    if not (unit.actor.is_keeper and Scope.admin in unit.actor.scopes):
        raise Denied("This takes a keeper's key with the scope admin, or an application key.")
