"""Guests: let in by a code or by a QR link's token, known again by a token of their own, and gone.

What a guest may do is looked up anew for each request, so that a change of the code holds from the next one on.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, delete, exists, func, or_, select

from albumen.accounts.models import User
from albumen.events import accessors, addresses, attempts, doings
from albumen.events.doings import Did
from albumen.events.guest_models import Contribution, Doing, Guest, GuestUpload, Heart, Remark
from albumen.events.models import Accessor, Event, GuestName
from albumen.events.visits import Visit
from albumen.http.guest_tokens import is_token
from albumen.kernel import codes, ids
from albumen.kernel.errors import Gone, Invalid, SignIn
from albumen.kernel.seals import Seals
from albumen.libraries import names
from albumen.libraries.models import Album, Assignment, Library, Role
from albumen.unit import Unit

PREFIX = "guest_"
LONGEST_NAME = 100
MOST_BY_CODE = 20_000
"""So many browsers are known by one code; who enters it time and again fills no table."""
_TOUCH = timedelta(minutes=30)

_publishes = exists().where(
    Assignment.place_id.in_((Event.album_id, Event.library_id)),
    Assignment.user_id == Event.user_id,
    Assignment.role == Role.owner,
)
HOLDS = (Library.deleted_at.is_(None), User.disabled_at.is_(None), _publishes)
"""What has to hold of any event's library and publisher, who owns the album still, so that its codes open it."""

there = (
    select(Accessor, Event, Album, User)
    .join(Event, Event.id == Accessor.event_id)
    .join(Album, Album.id == Event.album_id)
    .join(Library, Library.id == Event.library_id)
    .join(User, User.id == Event.user_id)
    .where(*HOLDS)
)


type Found = Row[Accessor, Event, Album, User]
"""A code with what it opens."""


@dataclass(frozen=True)
class Knock:
    """Who wants in: what was shown (a code or a token), at which address if any, under which name.

    `network` is where it comes from; `before` is the token of a guest who is in already.
    """

    shown: str
    network: str
    address: str = ""
    name: str = ""
    before: str = ""


@dataclass(frozen=True)
class Admitted:
    """Somebody who was let in, and the token to be known by."""

    visit: Visit
    token: str


def admit(unit: Unit, seals: Seals, knock: Knock) -> Admitted | None:
    """Let somebody in.  None where what was shown opens nothing, which is alike for unknown, ended and disabled.

    A failure is written down, so the unit has to commit then, too.  Raises Busy, and Invalid where a name is wanted.
    """
    found = opened(unit, seals, knock)
    if found is None:
        return None
    known = _known(unit, knock.before)
    same = known is not None and (known.accessor_id, known.generation) == (found.Accessor.id, found.Accessor.generation)
    token = knock.before if same else PREFIX + secrets.token_urlsafe(32)
    return welcome(unit, found, token, knock.name)


def welcome(unit: Unit, found: Found, token: str, name: str) -> Admitted:
    """Let somebody in by a code that holds, to be known by this token.  Raises Invalid where a name is wanted."""
    accessor, event, album, owner = found
    told = _name(event, name)
    guest = _known(unit, token) or _new(unit, accessor, token)
    guest.name, guest.seen_at = told or guest.name, unit.now
    accessor.use_count += 1
    accessor.seen_at = unit.now
    unit.db.flush()
    visit = Visit(event, accessor, guest, album, owner)
    doings.note(unit, visit, Did.visit)
    return Admitted(visit, token)


def opened(unit: Unit, seals: Seals, knock: Knock) -> Found | None:
    """What a code or a token opens.  None, and a failure written down, where that is nothing.  Raises Busy."""
    is_token = codes.is_token(knock.shown)
    if not is_token:
        attempts.take_turn(unit, knock.network)
    found = _opened(unit, accessors.shown_as(seals, knock.shown), knock)
    if found is not None:
        accessors.renew(seals, found.Accessor)
    elif not is_token:
        attempts.failed(unit, knock.network)
    return found


def _opened(unit: Unit, shown: list[tuple[str, bytes]], knock: Knock) -> Found | None:
    """The one question that is asked of any code, whatever is wrong with it."""
    columns = {"code": Accessor.code_mac, "token": Accessor.token_mac}
    marked = or_(*(columns[kind] == mark for kind, mark in shown))
    lasts = [or_(end.is_(None), end > unit.now) for end in (Accessor.expires_at, Event.expires_at)]
    row = unit.db.execute(
        there.where(marked, Accessor.disabled_at.is_(None), Event.purged_at.is_(None), *lasts)
    ).first()
    if row is None or not knock.address:
        return row
    user, _, word = knock.address.strip("/").partition("/")
    at = addresses.find(unit, user, word)
    return row if at is not None and at.id == row.Event.id else None


def _name(event: Event, told: str) -> str:
    name = names.clean(told)[:LONGEST_NAME]
    if event.guest_name == GuestName.required and not name:
        raise Invalid("Say your name first.", errors=[("guestName", "missing")], code="name-wanted")
    return "" if event.guest_name == GuestName.off else name


def _new(unit: Unit, accessor: Accessor, token: str) -> Guest:
    _forget_idle(unit, accessor)
    guest = Guest(
        id=ids.new_id(),
        event_id=accessor.event_id,
        accessor_id=accessor.id,
        generation=accessor.generation,
        token_hash=_hash(token),
        created_at=unit.now,
        seen_at=unit.now,
    )
    unit.db.add(guest)
    return guest


def _forget_idle(unit: Unit, accessor: Accessor) -> None:
    """Of very many by one code, forget some who only looked, and did so longest ago: they enter the code again."""
    mine = Guest.accessor_id == accessor.id
    if (unit.db.scalar(select(func.count()).select_from(Guest).where(mine)) or 0) < MOST_BY_CODE:
        return
    left = [exists().where(table.guest_id == Guest.id) for table in (Contribution, GuestUpload, Heart, Remark)]
    idle = select(Guest.id).where(mine, *(~each for each in left)).order_by(Guest.seen_at, Guest.id)
    gone = unit.db.scalars(idle.limit(max(1, MOST_BY_CODE // 100))).all()
    looked = (Doing.accessor_id == accessor.id, Doing.guest_id.in_(gone), Doing.kind == Did.visit)
    unit.db.execute(delete(Doing).where(*looked))
    unit.db.execute(delete(Guest).where(Guest.id.in_(gone)))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


def _known(unit: Unit, token: str) -> Guest | None:
    return unit.db.scalar(select(Guest).where(Guest.token_hash == _hash(token))) if is_token(token) else None


def resume(unit: Unit, token: str) -> Visit:
    """The visit of whoever shows this token.

    Raises SignIn where the token, or the code it was got with, holds no more, and Gone when code or event have ended.
    """
    wanted: Select[Any] = there.add_columns(Guest).join(
        Guest, and_(Guest.accessor_id == Accessor.id, Guest.generation == Accessor.generation)
    )
    row = unit.db.execute(wanted.where(Guest.token_hash == _hash(token))).first() if is_token(token) else None
    if row is None or row.Accessor.disabled_at is not None:
        raise SignIn("Enter the access code again.")
    visit = Visit(row.Event, row.Accessor, row.Guest, row.Album, row.User)
    check_time(unit, visit)
    return visit


def was_at(unit: Unit, token: str, event_id: int) -> bool:
    """Whether this token was given to a guest of an event, who may no longer be let in."""
    guest = _known(unit, token)
    return guest is not None and guest.event_id == event_id


def is_stale(unit: Unit, visit: Visit) -> bool:
    """Whether this visit should be written down: nothing was for a while."""
    return unit.now - visit.guest.seen_at > _TOUCH


def touch(unit: Unit, token: str) -> None:
    """Write down that a guest is here.  Raises SignIn, Gone."""
    visit = resume(unit, token)
    visit.guest.seen_at = visit.accessor.seen_at = unit.now
    unit.db.flush()
    doings.note(unit, visit, Did.visit)


def check_time(unit: Unit, visit: Visit) -> None:
    """Raises Gone when the code or the event have ended, by the clock."""
    end = visit.expires_at
    if visit.event.purged_at is not None or (end is not None and unit.now >= end):
        raise Gone("This event has ended.", code="ended")


def leave(unit: Unit, visit: Visit) -> None:
    """Let the token be of no use any more.  What the guest did stays."""
    visit.guest.token_hash = _hash(secrets.token_urlsafe(32))
    unit.db.flush()
