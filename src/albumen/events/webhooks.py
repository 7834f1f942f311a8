"""Webhooks: addresses of the owners' own programs that are told, signed, what happens in events."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import Select, func, select

from albumen.accounts import users
from albumen.app import App
from albumen.events import posting, queries
from albumen.events.models import Event, Webhook
from albumen.jobs.models import Job, State
from albumen.jobs.queue import Terms
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor, Scope
from albumen.kernel.clock import iso
from albumen.kernel.errors import Conflict, Invalid, NotFound, SignIn, Unavailable
from albumen.libraries import access
from albumen.libraries.models import Album, Role
from albumen.unit import Unit

log = structlog.get_logger()

DELIVER: Final = "webhook"
MOST: Final = 50
_LATELY: Final = 10
_ARRIVED: Final = "arrived"
_PAUSES: Final = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 360, 720))


class Kind(StrEnum):
    """What a webhook can be told."""

    uploads_new = "uploads.new"
    event_ending = "event.ending"
    event_ended = "event.ended"
    event_purged = "event.purged"
    code_sent = "code.sent"


@dataclass(frozen=True)
class NewWebhook:
    """What a webhook starts with; `event_id` None: all events that its maker owns."""

    url: str
    kinds: Sequence[Kind]
    event_id: int | None = None


def add(app: App, actor: Actor, new: NewWebhook) -> tuple[Webhook, str]:
    """Have an address told; with the secret that its messages are signed with, which is not shown again.

    For one event its owners do; for all, nobody whose key is limited to some libraries.  Raises SignIn, NotFound,
    Denied, Conflict, Invalid, Unavailable.
    """
    posting.target(new.url, allows_private=app.settings.events.private_webhooks)
    secret = secrets.token_urlsafe(32)
    with app.writing(actor) as unit:
        access.check_scope(unit, Scope.share)
        _check_owns(unit, new.event_id)
        count = select(func.count()).select_from(Webhook).where(Webhook.user_id == _user_of(unit))
        if (unit.db.scalar(count) or 0) >= MOST:
            raise Conflict(f"There are {MOST} webhooks already.")
        webhook = Webhook(
            id=ids.new_id(),
            user_id=_user_of(unit),
            event_id=new.event_id,
            url=new.url,
            kinds=[*dict.fromkeys(map(str, new.kinds))],
            sealed_secret=app.seals.seal(secret.encode(), DELIVER),
            created_at=unit.now,
        )
        unit.db.add(webhook)
        return webhook, secret


def _check_owns(unit: Unit, event_id: int | None) -> None:
    if event_id is None:
        users.check_whole(unit)
        return
    event = unit.db.get(Event, event_id)
    album = None if event is None else unit.db.get(Album, event.album_id)
    if album is None:
        raise NotFound("There is no such event.")
    access.require_album(unit, album, Role.owner)


def _user_of(unit: Unit) -> int:
    if unit.actor.user_id is None:
        raise SignIn
    return unit.actor.user_id


def mine(unit: Unit) -> list[Webhook]:
    """The actor's own webhooks, the oldest first; a limited key's are those of its libraries.  Raises SignIn."""
    return list(unit.db.scalars(_own(unit).order_by(Webhook.created_at, Webhook.id)))


def _own(unit: Unit) -> Select[Webhook]:
    wanted = select(Webhook).where(Webhook.user_id == _user_of(unit))
    if unit.actor.libraries is None:
        return wanted
    here = select(Event.id).where(Event.library_id.in_(unit.actor.libraries))
    return wanted.where(Webhook.event_id.in_(here))


def get(unit: Unit, webhook_id: int) -> Webhook:
    """One of the actor's own.  Raises NotFound, SignIn."""
    found = unit.db.scalar(_own(unit).where(Webhook.id == webhook_id))
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


def remove(unit: Unit, webhook_id: int) -> None:
    """Have it told no more.  Raises NotFound, Denied."""
    access.check_scope(unit, Scope.share)
    unit.db.delete(get(unit, webhook_id))


def enable(unit: Unit, webhook_id: int) -> Webhook:
    """Go on with one that failed too often.  Raises NotFound, Denied."""
    access.check_scope(unit, Scope.share)
    webhook = get(unit, webhook_id)
    webhook.disabled_at = webhook.failure = None
    return webhook


def tell(unit: Unit, event: Event, kind: Kind, **data: Any) -> None:
    """Queue a message to all that want it, in the transaction of what it tells.  No codes, names or files in it.

    Whoever owns the event no longer is told no more.
    """
    for_all = Webhook.event_id.is_(None) & (Webhook.user_id == event.user_id)
    wanted = select(Webhook).where(Webhook.disabled_at.is_(None), (Webhook.event_id == event.id) | for_all)
    for webhook in unit.db.scalars(wanted):
        if kind in webhook.kinds and queries.owns(unit, webhook.user_id, event):
            message = {"kind": str(kind), "eventId": ids.encode(event.id), "at": iso(unit.now), **data}
            _queue(unit, webhook.id, {"message": message, "delivery": secrets.token_hex(16), "try": 0})


def _queue(unit: Unit, webhook_id: int, args: Mapping[str, Any]) -> None:
    tries = args["try"]
    delay = _PAUSES[tries - 1] if tries else timedelta()
    terms = Terms(Priority.soon, once=False, delay=delay)
    unit.jobs.add(DELIVER, ids.encode(webhook_id), args=dict(args), terms=terms)


def ping(unit: Unit, webhook_id: int) -> None:
    """Send a message that says nothing, to see whether it arrives.  Raises NotFound, Denied."""
    access.check_scope(unit, Scope.share)
    webhook = get(unit, webhook_id)
    message = {"kind": "ping", "at": iso(unit.now)}
    _queue(unit, webhook.id, {"message": message, "delivery": secrets.token_hex(16), "try": 0})


@dataclass(frozen=True)
class Delivery:
    """A message that was sent or is to be; `failure` says why it did not arrive, where it did not."""

    kind: str
    at: datetime
    is_open: bool
    failure: str | None


def deliveries(unit: Unit, webhook: Webhook) -> list[Delivery]:
    """What was sent to a webhook lately, or is to be, the newest first; as long as jobs are kept."""
    sent = select(Job).where(Job.kind == DELIVER, Job.subject == ids.encode(webhook.id))
    return [_delivery(job) for job in unit.db.scalars(sent.order_by(Job.id.desc()).limit(_LATELY))]


def _delivery(job: Job) -> Delivery:
    is_open = job.state in (State.ready, State.running)
    failure = job.error or (None if job.note == _ARRIVED else job.note)
    return Delivery(job.args["message"]["kind"], job.finished_at or job.created_at, is_open, failure)


def signed(secret: str, moment: int, body: bytes) -> str:
    """The value of `Albumen-Signature`: the time (Unix seconds), and HMAC-SHA-256 of `TIME.BODY` in hexadecimal."""
    mac = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={mac.hexdigest()}"


def deliver(app: App, task: Task) -> None:
    """Post a message; where that fails it is tried again for a day, and then the webhook is switched off."""
    with app.reading(SYSTEM) as unit:
        webhook = unit.db.get(Webhook, ids.decode(task.subject))
    if webhook is None or webhook.disabled_at is not None:
        return
    failure = _post(app, webhook, task)
    task.progress(1, failure or _ARRIVED)
    with app.writing(SYSTEM) as unit:
        _note(unit, webhook.id, task, failure)


def _post(app: App, webhook: Webhook, task: Task) -> str | None:
    """Why it did not arrive, in a sentence; None where it did."""
    body = msgspec.json.encode(task.args["message"])
    secret, moment = app.seals.open(webhook.sealed_secret, DELIVER).decode(), int(app.clock().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Albumen",
        "Albumen-Delivery": task.args["delivery"],
        "Albumen-Signature": signed(secret, moment, body),
    }
    try:
        to = posting.target(webhook.url, allows_private=app.settings.events.private_webhooks)
        status = posting.post(to, body, headers)
    except (Invalid, Unavailable) as error:
        return error.detail
    return None if 200 <= status < 300 else f"It answered {status}."


def _note(unit: Unit, webhook_id: int, task: Task, failure: str | None) -> None:
    webhook = unit.db.get(Webhook, webhook_id)
    if webhook is None:
        return
    webhook.failure = failure
    if failure is None:
        webhook.told_at = unit.now
    elif task.args["try"] < len(_PAUSES):
        _queue(unit, webhook_id, {**task.args, "try": task.args["try"] + 1})
    else:
        webhook.disabled_at = unit.now
        log.warning("webhook switched off", webhook=ids.encode(webhook_id), reason=failure)


def _two(_: App) -> int:
    return 2


KINDS = (JobKind[App](DELIVER, deliver, Priority.soon, keep=True, at_once=_two),)
