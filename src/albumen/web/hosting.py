"""What the pages of an event's host have in common: the event, what the visitor may do, and how forms tell of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from sqlalchemy import func, select

from albumen.events import contributions, event_views, queries
from albumen.events.event_views import EventView
from albumen.events.guest_models import Contribution
from albumen.events.models import Event
from albumen.http.deps import public_id
from albumen.kernel import ids
from albumen.kernel.errors import Invalid
from albumen.libraries import access
from albumen.libraries.models import File, Library, Role
from albumen.unit import Unit
from albumen.web import render, words
from albumen.web.texts import gettext as _
from albumen.web.texts import ngettext

PAGE = 60
LIFETIMES = (7, 30, 90, 365)
"""The days that are offered for how long an event lasts."""
_DAY = 86_400


@dataclass(frozen=True)
class Hosted:
    """An event as the pages of its host name it.  `waiting` counts the gifts that nobody has decided about."""

    event: Event
    view: EventView
    base: str
    zone: ZoneInfo
    is_owner: bool
    may_add: bool
    waiting: int
    seconds_left: int | None


def of(unit: Unit, event_id: str, least: Role = Role.reader) -> Hosted:
    """An event that the visitor sees, with this role at least.  Raises NotFound, Denied."""
    event = queries.get(unit, public_id(event_id), least)
    role = access.role_on_album(unit, queries.album_of(unit, event))
    may_add = access.is_enough(role, Role.contributor)
    return Hosted(
        event,
        event_views.of_event(unit, event),
        f"/events/{ids.encode(event.id)}",
        ZoneInfo(unit.db.get_one(Library, event.library_id).time_zone),
        access.is_enough(role, Role.owner),
        may_add,
        _waiting(unit, event) if may_add else 0,
        seconds_left(unit, event.expires_at),
    )


def event_of(unit: Unit, event_id: str) -> Event:
    """The event that a form is about.  Raises NotFound, Denied."""
    return queries.get(unit, public_id(event_id))


def _waiting(unit: Unit, event: Event) -> int:
    here = select(func.count()).select_from(Contribution).join(File, File.id == Contribution.file_id)
    waits = Contribution.event_id == event.id, Contribution.state == contributions.State.waiting
    return unit.db.scalar(here.where(*waits, File.deleted_at.is_(None), File.part_of.is_(None))) or 0


def seconds_left(unit: Unit, end: datetime | None) -> int | None:
    """How long until then; 0 where it is over, None where there is no end."""
    return None if end is None else max(0, int((end - unit.now).total_seconds()))


def page(request: Request, template: str, hosted: Hosted, *, status: int = 200, **values: Any) -> Response:
    """A page of an event."""
    notice = _notice(request.query_params.get("done", ""))
    told: dict[str, Any] = {"host": hosted, "event": hosted.event, "view": hosted.view}
    return render.page(request, template, status=status, section="events", **{"notice": notice, **told, **values})


def _notice(done: str) -> str:
    """What is said for a word in the address, such as `saved`; `approved-3` and `declined-3` count."""
    what, many = words.counted(done)
    if what == "approved":
        return ngettext("%(n)s photo approved", "%(n)s photos approved", many) % {"n": words.amount(many)}
    if what == "declined":
        return ngettext("%(n)s photo declined", "%(n)s photos declined", many) % {"n": words.amount(many)}
    return notices().get(done, "")


def notices() -> Mapping[str, str]:
    """What is said after a form was sent, by the word in the address."""
    return {
        "saved": _("Saved."),
        "made": _("The event is there. Add its photos, then give out codes."),
        "removed": _("The photos are out of the event. They stay in the library."),
        "placed": _("The photos are in the set."),
        "unplaced": _("The photos are in no set now."),
        "cover": _("This photo is the cover now."),
        "sent": _("The code is on its way."),
        "replaced": _("There is a new code. The one before opens nothing any more."),
        "none": _("Choose photos first."),
        "trash": _("The photo is in the trash."),
        "tested": _("A test is on its way."),
        "merged": _("The photos of the other event are here, too."),
        "reading": _("Cards in new photos are being looked for."),
    }


def choice[Choice: StrEnum](kind: type[Choice], told: str) -> Choice:
    """One of several, as a form tells it.  Raises Invalid."""
    try:
        return kind(told)
    except ValueError:
        raise Invalid(_("This is none of the choices.")) from None


def moment(told: str, zone: ZoneInfo, field: str = "end") -> datetime | None:
    """A time as a field tells it, where the event takes place; None for none.  Raises Invalid."""
    if not told.strip():
        return None
    try:
        return datetime.fromisoformat(told.strip()).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):  # the latter where another zone has its year 10,000 already
        raise Invalid(_("This is not a date with a time."), errors=[(field, "not a time")]) from None


def local(when: datetime | None, zone: ZoneInfo) -> str:
    """The same for a form."""
    return "" if when is None else f"{when.astimezone(zone):%Y-%m-%dT%H:%M}"


def whole(told: str) -> int | None:
    """A number that may be left out.  Raises Invalid."""
    text = told.strip()
    if text and not (text.isdecimal() and len(text) < 10):
        raise Invalid(_("This is not a number."))
    return int(text) if text else None


def lifetime(told: str) -> int | None:
    """So many days in seconds; None for no end.  Raises Invalid."""
    days = whole(told)
    return None if days is None else days * _DAY
