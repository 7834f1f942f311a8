"""What events write to people: the words of each letter, and the job that sends it.

Codes stand in no job: a letter is worded when it is sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from albumen.accounts import users
from albumen.accounts.models import User
from albumen.app import App
from albumen.changes import audit
from albumen.changes.models import AuditEntry
from albumen.events import accessors, queries, webhooks
from albumen.events.models import Accessor, Event
from albumen.jobs.queue import Terms
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel import codes, ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Busy
from albumen.libraries.models import Album, Library
from albumen.mail import Letter
from albumen.unit import Unit

SEND: Final = "letter"
CODE, CODE_ENDING, ENDING, ENDED, UPLOADS = "code", "code-ending", "ending", "ended", "uploads"
MOST_NOTE: Final = 2000
MOST_A_DAY: Final = 1000
"""How many codes a user sends: no house of photos is to be a source of unwanted mail."""
SENT: Final = "send code"


@dataclass(frozen=True)
class Occasion:
    """What a letter is about, as it stands when it is sent."""

    app: App
    event: Event
    name: str
    zone: ZoneInfo
    owner: User
    accessor: Accessor | None
    told: Mapping[str, Any]

    @property
    def page(self) -> str:
        """The event's public address."""
        return f"{self.app.settings.address}/e/{quote(f'{self.owner.handle}/{self.event.word}')}"

    @property
    def end(self) -> datetime | None:
        """When the code, or else the event, ends."""
        ends = (self.event.expires_at, self.accessor.expires_at if self.accessor else None)
        return min((each for each in ends if each), default=None)

    def written(self, moment: datetime) -> str:
        """A time as the event's own place reads it."""
        local = moment.astimezone(self.zone)
        return f"{local.day} {local:%B %Y, %H:%M} ({self.zone.key})"


def moment(word: str) -> datetime:
    """A time as jobs hold it."""
    return datetime.fromisoformat(word)


def queue(unit: Unit, event: Event, what: str, **told: Any) -> None:
    """Have a letter written and sent, in the transaction of what it tells."""
    args = {"what": what, **told}
    unit.jobs.add(SEND, ids.encode(event.id), args=args, terms=Terms(Priority.soon, once=False))


def send_code(unit: Unit, accessor: Accessor, to: str, note: str = "") -> None:
    """Send a code to somebody, with a few words of the owner's.  Raises Invalid, NotFound, Denied, Busy."""
    event = unit.db.get_one(Event, accessor.event_id)
    accessors.require_owner(unit, event)
    _check_sent(unit)
    accessor.sent_to = users.fold_email(to)
    audit.note(unit, SENT, ("accessor", accessor.id))
    queue(unit, event, CODE, accessor=ids.encode(accessor.id), note=note[:MOST_NOTE])
    webhooks.tell(unit, event, webhooks.Kind.code_sent, accessorId=ids.encode(accessor.id))


def _check_sent(unit: Unit) -> None:
    """Refuse more letters than one user has reason to send.  Raises Busy."""
    mine = AuditEntry.deed == SENT, AuditEntry.actor_id == unit.actor.user_id
    recent = select(func.count()).where(AuditEntry.at > unit.now - timedelta(days=1), *mine)
    if (unit.db.scalar(recent) or 0) >= MOST_A_DAY:
        raise Busy(f"{MOST_A_DAY} codes can be sent in a day.", retry_seconds=3600)


def send(app: App, task: Task) -> None:
    """Word a letter and send it; what has nobody to go to any more is dropped.  Raises Invalid, Unavailable."""
    with app.reading(SYSTEM) as unit:
        occasion = _occasion(app, unit, task)
    letter = None if occasion is None else _WORDS[task.args["what"]](occasion)
    if letter is not None:
        app.mail.send(letter)


def _occasion(app: App, unit: Unit, task: Task) -> Occasion | None:
    event = unit.db.get(Event, ids.decode(task.subject))
    if event is None:
        return None
    album, library = unit.db.get_one(Album, event.album_id), unit.db.get_one(Library, event.library_id)
    named = task.args.get("accessor")
    accessor = unit.db.get(Accessor, ids.decode(named)) if named else None
    owner = unit.db.get_one(User, event.user_id)
    if task.args["what"] in (ENDING, ENDED, UPLOADS) and not queries.owns(unit, owner.id, event):
        return None  # whoever published it is an owner no longer
    return Occasion(app, event, album.name, ZoneInfo(library.time_zone), owner, accessor, task.args)


def _code(about: Occasion) -> Letter | None:
    """The code and its link, to whom it is sent."""
    accessor = about.accessor
    if accessor is None or accessor.sent_to is None or accessor.disabled_at is not None:
        return None
    secret = accessors.secrets_of(about.app.seals, accessor)
    note = str(about.told.get("note", "")).strip()
    lines = [
        *([note, ""] if note else []),
        f"{about.owner.name} shares the photos of “{about.name}” with you.",
        "",
        f"Open them here:  {about.page}#{secret.token}",
        f"Or go to {about.app.settings.address} and type the code  {codes.show(secret.code)}",
        *([f"\nThey are there until {about.written(about.end)}."] if about.end else []),
    ]
    return Letter(accessor.sent_to, f"Photos of {about.name}", "\n".join(lines))


def _code_ending(about: Occasion) -> Letter | None:
    accessor = about.accessor
    if accessor is None or accessor.sent_to is None or about.end is None:
        return None
    text = f"The photos of “{about.name}” can be seen and fetched until {about.written(about.end)}:\n\n{about.page}"
    return Letter(accessor.sent_to, f"{about.name}: available until {about.written(about.end)}", text)


def _ending(about: Occasion) -> Letter | None:
    end = about.event.expires_at
    if about.owner.email is None or end is None:
        return None
    text = (
        f"“{about.name}” ends on {about.written(end)}.  Its guests see nothing from then on.\n\n"
        f"To give them more time, change its end:  {about.page}"
    )
    return Letter(about.owner.email, f"{about.name} ends soon", text)


def _ended(about: Occasion) -> Letter | None:
    if about.owner.email is None:
        return None
    days = about.app.settings.events.grace_days
    text = (
        f"“{about.name}” has ended.  Its guests see nothing any more.\n\n"
        f"What guests gave to it alone is kept for another {days} days and then removed for good; give the event a "
        f"later end before that, and all is as it was.  Your own photos stay where they are."
    )
    return Letter(about.owner.email, f"{about.name} has ended", text)


def _uploads(about: Occasion) -> Letter | None:
    if about.owner.email is None:
        return None
    shown, waiting = int(about.told.get("shown", 0)), int(about.told.get("waiting", 0))
    lines = [f"Guests have added photos to “{about.name}”: {shown + waiting} since the last letter."]
    if waiting:
        lines.append(f"{waiting} of them wait until you approve them.")
    return Letter(about.owner.email, f"New photos in {about.name}", "\n".join([*lines, "", about.page]))


_WORDS: Final[Mapping[str, Callable[[Occasion], Letter | None]]] = {
    CODE: _code,
    CODE_ENDING: _code_ending,
    ENDING: _ending,
    ENDED: _ended,
    UPLOADS: _uploads,
}

KINDS = (JobKind[App](SEND, send, Priority.soon),)
