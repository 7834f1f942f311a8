"""Tickets: random tokens that are good for one purpose, once, and for a while."""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, select

from albumen.accounts.models import Ticket, User
from albumen.accounts.sessions import token_hash
from albumen.db.statements import insert_for, table_of
from albumen.kernel.errors import Gone
from albumen.unit import Unit


class Purpose(StrEnum):
    """What a ticket lets its holder do."""

    reset = "reset"
    invite = "invite"
    second_factor = "second-factor"
    spent = "spent"


LASTS = {
    Purpose.reset: timedelta(hours=2),
    Purpose.invite: timedelta(days=7),
    Purpose.second_factor: timedelta(minutes=10),
    Purpose.spent: timedelta(minutes=15),
}
MANY_AT_ONCE = frozenset({Purpose.second_factor})
"""A user may be signing in with several browsers; every other ticket takes the place of the one before."""


def make(unit: Unit, user: User, purpose: Purpose, token: str) -> None:
    """Let this token, which nobody can guess, stand for the user."""
    if purpose not in MANY_AT_ONCE:
        drop(unit, user, purpose)
    unit.db.add(_ticket(unit, purpose, token, user.id))


def _ticket(unit: Unit, purpose: Purpose, token: str, user_id: int | None) -> Ticket:
    ends = unit.now + LASTS[purpose]
    return Ticket(token_hash=token_hash(token), purpose=purpose, user_id=user_id, made_at=unit.now, expires_at=ends)


def holder(unit: Unit, purpose: Purpose, token: str) -> User:
    """Whom a token stands for; it is not used up.  Raises Gone."""
    row = unit.db.get(Ticket, token_hash(token))
    return _user(unit, row, purpose)


def use(unit: Unit, purpose: Purpose, token: str) -> User:
    """Whom a token stands for, which it does no longer.  Raises Gone."""
    wanted = (Ticket.token_hash == token_hash(token), Ticket.purpose == purpose)
    return _user(unit, unit.db.scalar(delete(Ticket).where(*wanted).returning(Ticket)), purpose)


def _user(unit: Unit, row: Ticket | None, purpose: Purpose) -> User:
    is_good = row is not None and row.purpose == purpose and row.expires_at > unit.now and row.user_id is not None
    user = unit.db.get(User, row.user_id) if row is not None and is_good else None
    if user is None or user.disabled_at is not None:
        raise Gone("This link has been used or has expired.")
    return user


def spend(unit: Unit, token: str) -> bool:
    """Note that a token that is kept nowhere was used; False where it had been used before."""
    made = _ticket(unit, Purpose.spent, token, None)
    values = {each.key: getattr(made, each.key) for each in table_of(Ticket).columns}
    insert = insert_for(unit.db)(table_of(Ticket)).values(values).on_conflict_do_nothing()
    return unit.db.execute(insert.returning(table_of(Ticket).c.expires_at)).first() is not None


def is_pending(unit: Unit, user: User, purpose: Purpose, within: timedelta | None = None) -> bool:
    """Whether a ticket of this purpose can still be used, or was made so shortly ago."""
    wanted = select(Ticket.token_hash).where(Ticket.user_id == user.id, Ticket.purpose == purpose)
    limit = Ticket.expires_at > unit.now if within is None else Ticket.made_at > unit.now - within
    return unit.db.scalar(wanted.where(limit).limit(1)) is not None


def drop(unit: Unit, user: User, *purposes: Purpose) -> None:
    """Let a user's tickets of these purposes be good for nothing."""
    unit.db.execute(delete(Ticket).where(Ticket.user_id == user.id, Ticket.purpose.in_(purposes)))


def expire(unit: Unit) -> None:
    """Drop tickets that are over."""
    unit.db.execute(delete(Ticket).where(Ticket.expires_at <= unit.now))
