"""Accounts that are deleted: closed at once, and after the days of grace gone with all that is theirs alone."""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import select

from albumen.accounts import users
from albumen.accounts.models import Departure, User
from albumen.accounts.sessions import token_hash
from albumen.app import App
from albumen.changes import audit
from albumen.jobs.queue import Terms
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.clock import iso
from albumen.kernel.errors import Conflict, Denied, NotFound, Problem
from albumen.mail import Letter
from albumen.operations import traces
from albumen.operations.receipts import letter
from albumen.unit import Unit
from albumen.vault import devices

log = structlog.get_logger()
DEPART: Final = "delete-account"


@dataclass(frozen=True)
class Asked:
    """A departure, and the key that shows it to whoever asked."""

    departure: Departure
    key: str


def ask(unit: Unit, user: User, days: int) -> Asked:
    """Close an account now, and have it deleted so many days later.

    Raises Denied, and Conflict for the last keeper and where others would be left in a library without an owner.
    """
    if unit.actor.user_id == user.id:
        users.leave(unit)
    else:
        users.remove(unit, user)
    stranded = traces.libraries_of(unit, user).stranded
    if stranded:
        names = ", ".join(each.name for each in stranded)
        raise Conflict(f"Give these libraries another owner first, or delete them: {names}.", code="stranded")
    devices.revoke_all(unit, user.id)
    there = unit.db.scalar(select(Departure).where(Departure.user_id == user.id))
    if there is not None:
        unit.db.delete(there)
        unit.db.flush()
    return _kept(unit, user, days)


def _kept(unit: Unit, user: User, days: int) -> Asked:
    key, due = secrets.token_urlsafe(32), timedelta(days=days)
    made = Departure(
        id=ids.new_id(),
        user_id=user.id,
        key_hash=token_hash(key),
        asked_at=unit.now,
        due_at=unit.now + due,
        counts={},
    )
    unit.db.add(made)
    unit.db.flush()
    unit.jobs.add(DEPART, ids.encode(made.id), terms=Terms(Priority.later, delay=due))
    audit.note(unit, "ask to delete account", ("user", user.id))
    return Asked(made, key)


def at_once(unit: Unit, user: User) -> Asked:
    """Delete an account without days of grace.  Raises Denied, Conflict."""
    if not unit.actor.is_keeper or unit.actor.user_id == user.id:
        raise Denied("Only a keeper deletes the accounts of others.")
    return ask(unit, user, 0)


def shown(unit: Unit, key: str) -> Departure:
    """The departure that a key shows.  Raises NotFound."""
    found = unit.db.scalar(select(Departure).where(Departure.key_hash == token_hash(key)))
    if found is None:
        raise NotFound
    return found


def finish(app: App, departure_id: int) -> None:
    """Delete what is due, a batch at a time, and write the receipt last; whoever is cut off goes on by repeating it.

    An account that was let in again meanwhile stays.
    """
    user = _due(app, departure_id)
    if user is None:
        return
    counts = Counter[str]()
    for sweep in (traces.exports, traces.libraries, traces.vaults, traces.uploads, traces.shared):
        counts.update(sweep(app, user.id))
    told = {"to": user.email, "name": user.name, "language": user.language}
    with app.writing(SYSTEM) as unit:
        counts.update(traces.erase(unit, unit.db.get_one(User, user.id)))
        departure = unit.db.get_one(Departure, departure_id)
        _sign(app, unit, departure, dict(counts))
    log.info("account deleted", **counts)
    if told["to"]:
        _send(app, letter(told, departure))


def _due(app: App, departure_id: int) -> User | None:
    with app.writing(SYSTEM) as unit:
        departure = unit.db.get(Departure, departure_id)
        if departure is None or departure.finished_at is not None or departure.due_at > unit.now:
            return None
        user = unit.db.get(User, departure.user_id)
        if user is None or user.disabled_at is None:
            unit.db.delete(departure)
            return None
        if traces.libraries_of(unit, user, counts_closed=True).stranded:
            raise Conflict("Others share a library of this account and would be left without an owner.")
        return user


def _sign(app: App, unit: Unit, departure: Departure, counts: dict[str, int]) -> None:
    departure.counts, departure.user_id, departure.finished_at = counts, None, unit.now
    departure.signature = app.seals.mark("receipt", receipt(departure)).hex()
    audit.note(unit, "delete account", ("departure", departure.id), signature=departure.signature, gone=counts)


def receipt(departure: Departure) -> str:
    """What is signed."""
    ended = iso(departure.finished_at) if departure.finished_at else ""
    told: dict[str, Any] = {"receipt": ids.encode(departure.id), "finished": ended, "gone": departure.counts}
    return msgspec.json.encode(told, order="deterministic").decode()


def is_genuine(app: App, departure: Departure) -> bool:
    """Whether this installation signed the receipt as it stands."""
    marks = app.seals.marks("receipt", receipt(departure))
    return departure.signature in {each.hex() for each in marks}


def _send(app: App, made: Letter) -> None:
    """The address is known here only just now: what cannot be sent is shown on the page alone."""
    try:
        app.mail.send(made)
    except Problem as problem:
        log.warning("receipt not sent", reason=problem.detail)


def _run(app: App, task: Task) -> None:
    finish(app, ids.decode(task.subject))


KINDS = (JobKind[App](DEPART, _run, Priority.later),)
