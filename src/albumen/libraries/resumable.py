"""Resumable uploads: announced, found, and forgotten when they are done, given up, or too old."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex

from sqlalchemy import delete, select

from albumen.app import App
from albumen.jobs.registry import Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor, Scope
from albumen.kernel.errors import Conflict, Gone, Invalid, NotFound, SignIn
from albumen.libraries import access, folders, library, tally, uploads
from albumen.libraries.models import Folder, Resumable, Role
from albumen.unit import Unit

_BATCH = 500


@dataclass(frozen=True)
class Announced:
    """An upload that is to come: into a folder, or without one through the cataloguing door.

    `told` are tags as ExifTool names them, which win over the file's own.
    """

    filename: str
    size_bytes: int
    folder_id: int | None
    told: Mapping[str, object]


def announce(app: App, actor: Actor, new: Announced) -> Resumable:
    """Make room for an upload.  Raises Invalid, NotFound, Denied, SignIn, TooLarge, OverQuota."""
    if new.size_bytes == 0:
        raise Invalid("The file is empty.", code="empty")
    uploads.check_room(app, new.size_bytes)
    with app.writing(actor) as unit:
        if actor.user_id is None:
            raise SignIn
        _check_door(unit, new)
        row = Resumable(
            user_id=actor.user_id,
            folder_id=new.folder_id,
            filename=new.filename,
            told=dict(new.told),
            size_bytes=new.size_bytes,
            offset_bytes=0,
            spool=token_hex(16),
            created_at=unit.now,
            expires_at=unit.now + _life(app),
        )
        unit.db.add(row)
        return row


def _check_door(unit: Unit, new: Announced) -> None:
    """Refuse what could not be filed, before it is sent."""
    access.check_scope(unit, Scope.write)
    if new.folder_id is not None:
        tally.check_quota(unit, folder_of(unit, new.folder_id).library_id, new.size_bytes)
        return
    own = library.find_default(unit)
    if own is None:
        tally.check_user_quota(unit, new.size_bytes)
    else:
        tally.check_quota(unit, own.id, new.size_bytes)


def folder_of(unit: Unit, folder_id: int) -> Folder:
    """The folder that an upload is meant for.  Raises NotFound, Denied."""
    found = unit.db.get(Folder, folder_id)
    if found is None:
        raise NotFound("There is no such folder.")
    folder = folders.get(unit, found.library_id, folder_id)
    access.require_folder(unit, folder, Role.contributor)
    return folder


def _life(app: App) -> timedelta:
    return timedelta(hours=app.settings.upload.resumable_hours)


def find(unit: Unit, upload_id: int) -> Resumable:
    """An upload of the actor's own.  Raises NotFound, Denied, and Gone where its time is over."""
    access.check_scope(unit, Scope.write)
    row = unit.db.get(Resumable, upload_id)
    if row is None or row.user_id != unit.actor.user_id:
        raise NotFound("There is no such upload.")
    if row.expires_at <= unit.now:
        raise Gone("The upload was not gone on with in time.")
    return row


def look(app: App, actor: Actor, upload_id: int) -> Resumable:
    """The same, by itself."""
    with app.reading(actor) as unit:
        return find(unit, upload_id)


def advance(app: App, actor: Actor, upload_id: int, offset_bytes: int) -> Resumable:
    """Note how many bytes are durable, and give it time anew.  Raises NotFound, Gone."""
    with app.writing(actor) as unit:
        row = find(unit, upload_id)
        row.offset_bytes, row.expires_at = offset_bytes, unit.now + _life(app)
        return row


def give_up(app: App, actor: Actor, upload_id: int) -> None:
    """End an upload and forget what has come; what was filed stays.  Raises NotFound, Gone, Conflict."""
    row = look(app, actor, upload_id)
    with app.blobs.spool_at(row.spool) as spool:
        forget(app, row.id)
        spool.remove()


def forget(app: App, upload_id: int) -> None:
    """Drop its row; whoever holds the spool removes that."""
    with app.writing(SYSTEM) as unit:
        unit.db.execute(delete(Resumable).where(Resumable.id == upload_id))


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
