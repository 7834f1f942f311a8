"""After an event's end: once the grace time is over, what guests gave to it alone is gone for good."""

from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import aliased

from albumen.app import App
from albumen.changes import audit
from albumen.events import webhooks
from albumen.events.guest_models import Contribution, Doing, Guest, GuestDownload, GuestUpload, Heart, Remark
from albumen.events.models import Accessor, Event
from albumen.events.webhooks import Kind
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel.actor import SYSTEM
from albumen.libraries import files, purge, resumable
from albumen.libraries.models import AlbumItem, File, Library, Resumable
from albumen.unit import Unit

log = structlog.get_logger()

PURGE: Final = "purge-events"
_TRACES = (GuestDownload, Heart, Remark, Doing, Contribution, Guest, Accessor)


def after_grace(app: App) -> int:
    """Purge the events whose grace time is over; returns how many.  Repeating it does no harm."""
    before = _before(app)
    with app.reading(SYSTEM) as unit:
        wanted = (
            select(Event.id)
            .join(Library, Library.id == Event.library_id)
            .where(Event.expires_at <= before, Event.purged_at.is_(None), Library.deleted_at.is_(None))
        )
        over = unit.db.scalars(wanted).all()
    for event_id in over:
        purge_event(app, event_id)
    return len(over)


def _before(app: App) -> datetime:
    """What ended by then has no more time."""
    return app.clock() - timedelta(days=app.settings.events.grace_days)


def _over(app: App, unit: Unit, event_id: int) -> Event | None:
    """The event, if its time is over still: somebody may give it more at any moment."""
    event = unit.db.get(Event, event_id)
    is_over = event is not None and event.expires_at is not None and event.expires_at <= _before(app)
    return event if event is not None and is_over and event.purged_at is None else None


def purge_event(app: App, event_id: int) -> None:
    """Remove what guests gave to an event alone, its codes, and what is known of its guests; note how much that was.

    Files go a batch at a time, each in a transaction of its own; the receipt comes last, so that a process that was
    ended in the middle goes on with the next run.
    """
    _end_uploads(app, event_id)
    total = purge.Purged()
    while (gone := purge_some(app, event_id)).versions:
        total += gone
    with app.writing(SYSTEM) as unit:
        event = _over(app, unit, event_id)
        if event is not None:
            _close(unit, event, total)


def _end_uploads(app: App, event_id: int) -> None:
    """Give up what guests have begun to send."""
    with app.writing(SYSTEM) as unit:
        if _over(app, unit, event_id) is None:
            return
        begun = select(GuestUpload.upload_id).where(GuestUpload.event_id == event_id)
        unit.db.execute(update(Resumable).where(Resumable.id.in_(begun)).values(expires_at=unit.now))
    resumable.expire(app)


def purge_some(app: App, event_id: int) -> purge.Purged:
    """Remove a batch of what guests gave to an event alone; nothing where none is left."""
    with app.writing(SYSTEM) as unit:
        event = _over(app, unit, event_id)
        if event is None:
            return purge.Purged()
        chosen = unit.db.scalars(select(File).where(only_here(event)).limit(purge.BATCH)).all()
        for file in chosen:
            if file.deleted_at is None:
                files.delete(unit, file)
        return purge.some(unit, File.id.in_([file.id for file in chosen]))


def only_here(event: Event) -> ColumnElement[bool]:
    """Which files guests gave to an event alone: still in its folder or in the trash, and in no other album.

    The moving part of a photo is where its photo is.
    """
    other = aliased(AlbumItem)
    whole = func.coalesce(File.part_of, File.id)
    elsewhere = select(other.file_id).where(other.file_id == whole, other.album_id != event.album_id).exists()
    given = select(Contribution.file_id).where(Contribution.event_id == event.id)
    is_kept = (File.folder_id != event.folder_id) & File.deleted_at.is_(None)
    return File.id.in_(given) & ~is_kept & ~elsewhere


def _close(unit: Unit, event: Event, gone: purge.Purged) -> None:
    receipt: dict[str, Any] = {"files": gone.files, "bytes": gone.size_bytes}
    for table in _TRACES:
        here = table.event_id == event.id
        receipt[table.__tablename__] = unit.db.scalar(select(func.count()).select_from(table).where(here)) or 0
    for table in _TRACES:
        unit.db.execute(delete(table).where(table.event_id == event.id).execution_options(synchronize_session=False))
    event.purged_at, event.receipt = unit.now, receipt
    audit.note(unit, "purge", ("event", event.id), **receipt)
    webhooks.tell(unit, event, Kind.event_purged, receipt=receipt)
    log.info("event purged", **receipt)


def _run(app: App, _: Task) -> None:
    after_grace(app)


KINDS = (JobKind[App](PURGE, _run, Priority.later, every=timedelta(hours=1)),)
