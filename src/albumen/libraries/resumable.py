"""Resumable uploads: announced, found, and forgotten when they are done, given up, or too old.

Their bytes count against the quotas of the library and the user from when they were announced.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, func, select

from albumen.app import App
from albumen.db import locks
from albumen.jobs.registry import Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Scope
from albumen.kernel.errors import Conflict, Gone, Invalid, NotFound, OverQuota
from albumen.libraries import access, tally, uploads
from albumen.libraries.models import Library, Resumable
from albumen.libraries.senders import Announced, Sender
from albumen.libraries.tally import Share
from albumen.unit import Unit

_BATCH = 500


def announce(sender: Sender, new: Announced) -> Resumable:
    """Make room for an upload.  Raises Invalid, NotFound, Denied, SignIn, TooLarge, OverQuota."""
    if new.size_bytes == 0:
        raise Invalid("The file is empty.", code="empty")
    try:
        return _announce(sender, new)
    except OverQuota:
        if not expire(sender.app):
            raise
    return _announce(sender, new)


def _announce(sender: Sender, new: Announced) -> Resumable:
    _check_room(sender, new.size_bytes)
    with sender.app.writing(sender.actor) as unit:
        return sender.announce(unit, new)


def _check_room(sender: Sender, size_bytes: int) -> None:
    """Refuse what the disk has no room for once all has come that this sender announced.  Raises TooLarge, OverQuota.

    What others announce and may never send takes nobody's room; whoever comes first has it.
    """
    uploads.check_room(sender.app, size_bytes)
    own = (Resumable.user_id == sender.actor.user_id, Resumable.sender.is_not_distinct_from(sender.name))
    coming = select(func.sum(Resumable.size_bytes - Resumable.offset_bytes)).where(*own, Resumable.file_id.is_(None))
    with sender.app.reading(SYSTEM) as unit:
        coming_bytes = unit.db.scalar(coming) or 0
    uploads.check_space(sender.app, size_bytes + int(coming_bytes))


def find(unit: Unit, sender: Sender, upload_id: int) -> Resumable:
    """An upload of the sender's own.  Raises NotFound, Denied, and Gone where its time is over."""
    access.check_scope(unit, Scope.write)
    row = unit.db.get(Resumable, upload_id)
    if row is None or (row.user_id, row.sender) != (unit.actor.user_id, sender.name):
        raise NotFound("There is no such upload.")
    if row.expires_at <= unit.now:
        raise Gone("The upload was not gone on with in time.")
    return row


def look(sender: Sender, upload_id: int) -> Resumable:
    """The same, by itself."""
    with sender.app.reading(sender.actor) as unit:
        return find(unit, sender, upload_id)


def peek(sender: Sender, upload_id: int) -> Resumable | None:
    """The same; None where there is none any more."""
    try:
        return look(sender, upload_id)
    except (NotFound, Gone):
        return None


def advance(sender: Sender, upload_id: int, offset_bytes: int) -> Resumable:
    """Note how many bytes are durable, and give it time anew; what was filed stays so.  Raises NotFound, Gone."""
    with sender.app.writing(sender.actor) as unit:
        row = find(unit, sender, upload_id)
        locks.hold(unit.db, Resumable.id, [row.id])
        if row.file_id is not None:
            return row
        row.offset_bytes, row.expires_at = offset_bytes, unit.now + sender.life
        return row


def forget(app: App, upload_id: int) -> None:
    """Drop its row and give back what was reserved for it; whoever holds the spool removes that."""
    with app.writing(SYSTEM) as unit:
        give_back(unit, Resumable.id == upload_id)
        unit.db.execute(delete(Resumable).where(Resumable.id == upload_id))


def hold(unit: Unit, row: Resumable) -> None:
    """Have an upload, and where it counts, to oneself.  Raises NotFound where it was given up meanwhile."""
    locks.hold(unit.db, Library.id, [row.reserved_in] if row.reserved_in else [])
    locks.hold(unit.db, Resumable.id, [row.id])


def give_back(unit: Unit, which: ColumnElement[bool]) -> None:
    """Count these uploads no more."""
    rows = unit.db.scalars(select(Resumable).where(which, Resumable.reserved_in.is_not(None))).all()
    tally.settle(unit, _shares(rows))
    for row in rows:
        row.reserved_in = None
    unit.db.flush()


def _shares(rows: Iterable[Resumable]) -> Iterable[Share]:
    return (Share(row.reserved_in, row.user_id, -row.size_bytes) for row in rows if row.reserved_in is not None)


def expire(app: App, task: Task | None = None) -> int:
    """Forget the uploads whose time is over, with their bytes; returns how many."""
    with app.reading(SYSTEM) as unit:
        old = unit.db.scalars(select(Resumable).where(Resumable.expires_at <= unit.now).limit(_BATCH)).all()
    for number, row in enumerate(old):
        _expire(app, row)
        if task is not None:
            task.progress(number / len(old), "forgetting old uploads")
    return len(old)


def _expire(app: App, row: Resumable) -> None:
    try:
        with app.blobs.spool_at(row.spool) as spool:
            forget(app, row.id)
            spool.remove()
    except Conflict:  # somebody is writing still: the next time
        return


def held(unit: Unit) -> set[str]:
    """The names of the spools that a sweep is to leave alone."""
    return set(unit.db.scalars(select(Resumable.spool).where(Resumable.file_id.is_(None))))


def public(row: Resumable) -> str:
    """The id that callers know it by."""
    return ids.encode(row.id)
