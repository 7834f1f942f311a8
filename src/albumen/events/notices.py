"""Notices: owners, and those whom codes were sent to, hear what the clock brings and what guests have sent."""

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select

from albumen.app import App
from albumen.events import letters, webhooks
from albumen.events.guest_models import Contribution
from albumen.events.models import Accessor, Event
from albumen.events.webhooks import Kind
from albumen.jobs.queue import Terms
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.clock import iso
from albumen.unit import Unit

TELL_ENDS: Final = "event-ends"
TELL_UPLOADS: Final = "event-uploads"
_BATCH: Final = 200


def tell_ends(app: App) -> None:
    """Tell of the events that end soon, or have ended; of each once, and at each of the days in the settings."""
    days = app.settings.events.reminders
    while True:
        with app.writing(SYSTEM) as unit:
            found = unit.db.scalars(select(Event).where(_is_due(unit, days)).limit(_BATCH)).all()
            for event in found:
                _tell_end(unit, event, days)
        if len(found) < _BATCH:
            return


def _is_due(unit: Unit, days: tuple[int, ...]) -> ColumnElement[bool]:
    has_ended = and_(Event.expires_at <= unit.now, Event.ended_told_at.is_(None))
    return or_(has_ended, *(_is_near(unit, each) for each in days))


def _is_near(unit: Unit, days: int) -> ColumnElement[bool]:
    untold = or_(Event.reminded_days.is_(None), Event.reminded_days > days)
    return and_(Event.expires_at > unit.now, Event.expires_at <= unit.now + timedelta(days=days), untold)


def _tell_end(unit: Unit, event: Event, days: tuple[int, ...]) -> None:
    assert event.expires_at  # what is due has an end
    left = event.expires_at - unit.now
    if left <= timedelta():
        event.ended_told_at = unit.now
        letters.queue(unit, event, letters.ENDED)
        webhooks.tell(unit, event, Kind.event_ended)
        return
    event.reminded_days = min(each for each in days if left <= timedelta(days=each))
    if event.expires_at - event.created_at <= timedelta(days=event.reminded_days):
        return  # it was never meant to last for longer
    letters.queue(unit, event, letters.ENDING)
    for accessor in _sent(unit, event):
        letters.queue(unit, event, letters.CODE_ENDING, accessor=ids.encode(accessor.id))
    webhooks.tell(unit, event, Kind.event_ending, expiresOn=iso(event.expires_at))


def _sent(unit: Unit, event: Event) -> list[Accessor]:
    """The codes that work and were sent to somebody."""
    works = and_(Accessor.disabled_at.is_(None), or_(Accessor.expires_at.is_(None), Accessor.expires_at > unit.now))
    wanted = select(Accessor).where(Accessor.event_id == event.id, Accessor.sent_to.is_not(None), works)
    return list(unit.db.scalars(wanted))


def uploaded(unit: Unit, event: Event, *, minutes: int) -> None:
    """Tell the owner, once the guests have paused or this much time is over, of what they have sent."""
    terms = Terms(Priority.later, delay=timedelta(minutes=minutes))
    unit.jobs.add(TELL_UPLOADS, ids.encode(event.id), args={"since": iso(unit.now)}, terms=terms)


def tell_uploads(app: App, task: Task) -> None:
    """Tell of what has come since the job was queued."""
    with app.writing(SYSTEM) as unit:
        event = unit.db.get(Event, ids.decode(task.subject))
        if event is None:
            return
        since = letters.moment(task.args["since"])
        recent = (Contribution.event_id == event.id, Contribution.sent_at >= since)
        rows = unit.db.execute(select(Contribution.state, func.count()).where(*recent).group_by(Contribution.state))
        counts = {row[0]: row[1] for row in rows}
        if counts:
            letters.queue(unit, event, letters.UPLOADS, **counts)
            webhooks.tell(unit, event, Kind.uploads_new, counts=counts)


def _tell_ends(app: App, _: Task) -> None:
    tell_ends(app)


KINDS = (
    JobKind[App](TELL_ENDS, _tell_ends, Priority.later, every=timedelta(minutes=15)),
    JobKind[App](TELL_UPLOADS, tell_uploads, Priority.later),
)
