"""Events of others that a user keeps at hand, by the code that opened them."""

import base64
from dataclasses import dataclass

from sqlalchemy import Row, and_, delete, false, func, select, tuple_

from albumen.accounts import users
from albumen.accounts.models import User
from albumen.events import guests, sight
from albumen.events.guest_models import Guest
from albumen.events.guests import Admitted, Knock
from albumen.events.models import Accessor, Event, Subscription
from albumen.events.visits import Visit
from albumen.kernel.actor import Scope
from albumen.kernel.errors import NotFound, SignIn
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.kernel.seals import Seals
from albumen.libraries import access
from albumen.libraries.models import Album, AlbumItem, File, Library
from albumen.libraries.queries import millis, moment
from albumen.unit import Unit


@dataclass(frozen=True)
class Kept:
    """An event that is kept at hand: what the code shows of it, how much of that is new, and whether it opens yet."""

    subscription: Subscription
    visit: Visit
    file_count: int
    new_count: int
    is_over: bool


def subscribe(unit: Unit, seals: Seals, knock: Knock) -> Kept | None:
    """Keep an event at hand.  None where what was shown opens nothing; the unit has to commit then, too.

    Another code to the same event takes the place of the one before.  Raises SignIn, Busy.
    """
    user_id = _acting(unit, Scope.write)
    found = guests.opened(unit, seals, knock)
    if found is None:
        return None
    accessor, event = found.Accessor, found.Event
    row = unit.db.get(Subscription, (user_id, event.id))
    if row is None:
        row = Subscription(user_id=user_id, event_id=event.id, created_at=unit.now, seen_at=unit.now)
        unit.db.add(row)
    row.accessor_id, row.generation = accessor.id, accessor.generation
    unit.db.flush()
    return get(unit, event.id)


def _acting(unit: Unit, scope: Scope) -> int:
    """Who keeps events at hand.  They are of others, so that no key for some libraries is for them."""
    users.check_whole(unit)
    access.check_scope(unit, scope)
    if unit.actor.user_id is None:
        raise SignIn
    return unit.actor.user_id


def of(unit: Unit, *, limit: int, cursor: str | None) -> Page[Kept]:
    """What the actor keeps at hand, the newest event first.  Raises SignIn, Denied, Invalid."""
    user_id = _acting(unit, Scope.read)
    wanted = _rows.where(Subscription.user_id == user_id)
    if cursor:
        at, event_id = numbers_in(cursor, 2)
        wanted = wanted.where(tuple_(Event.created_at, Event.id) < (moment(at), event_id))
    rows = unit.db.execute(wanted.order_by(Event.created_at.desc(), Event.id.desc()).limit(limit + 1)).all()
    last = rows[limit - 1].Event if len(rows) > limit else None
    kept = [_kept(unit, row) for row in rows[:limit]]
    return Page(kept, to_cursor(millis(last.created_at), last.id) if last else None)


_rows = (
    select(Subscription, Event, Accessor, Album, User)
    .join(Event, Event.id == Subscription.event_id)
    .join(Accessor, and_(Accessor.id == Subscription.accessor_id, Accessor.generation == Subscription.generation))
    .join(Album, Album.id == Event.album_id)
    .join(Library, Library.id == Event.library_id)
    .join(User, User.id == Event.user_id)
    .where(Accessor.disabled_at.is_(None), *guests.HOLDS)
)


def get(unit: Unit, event_id: int) -> Kept:
    """One of them.  Raises SignIn, Denied, and NotFound where the code was taken away."""
    return _kept(unit, _row(unit, event_id, Scope.read))


def _row(unit: Unit, event_id: int, scope: Scope) -> Row[Subscription, Event, Accessor, Album, User]:
    user_id = _acting(unit, scope)
    row = unit.db.execute(_rows.where(Subscription.user_id == user_id, Event.id == event_id)).first()
    if row is None:
        raise NotFound("There is no such subscription.")
    return row


def _kept(unit: Unit, row: Row[Subscription, Event, Accessor, Album, User]) -> Kept:
    subscription, event, accessor, album, owner = row
    visit = Visit(event, accessor, _nobody(accessor), album, owner)
    end = visit.expires_at
    is_over = event.purged_at is not None or (end is not None and end <= unit.now)
    seen = false() if is_over else sight.shown(unit, visit)
    later = select(AlbumItem.file_id).where(AlbumItem.album_id == album.id, AlbumItem.added_at > subscription.seen_at)
    counts = select(func.count(), func.count().filter(File.id.in_(later))).select_from(File).where(seen)
    total, new = unit.db.execute(counts).one()
    return Kept(subscription, visit, total, new, is_over)


def _nobody(accessor: Accessor) -> Guest:
    """A guest that is never kept: whoever only looks at what there is."""
    return Guest(id=0, event_id=accessor.event_id, accessor_id=accessor.id, generation=accessor.generation)


def visit(unit: Unit, seals: Seals, event_id: int) -> Admitted:
    """Come in as a guest, without the code, the same on each device; what came in until now is new no more.

    As a guest one may do all that the code allows, so that it takes the scope `write`.  Raises SignIn, Denied,
    NotFound, and Gone where the event or the code have ended.
    """
    row = _row(unit, event_id, Scope.write)
    _, event, accessor, album, owner = row
    guests.check_time(unit, Visit(event, accessor, _nobody(accessor), album, owner))
    row.Subscription.seen_at = unit.now
    mark = seals.mark("subscriber", f"{unit.actor.user_id} {accessor.id} {accessor.generation}")
    token = guests.PREFIX + base64.urlsafe_b64encode(mark).decode().rstrip("=")
    found = unit.db.execute(guests.there.where(Accessor.id == accessor.id)).one()
    return guests.welcome(unit, found, token, users.acting(unit).name)


def leave(unit: Unit, event_id: int) -> None:
    """Keep an event at hand no more.  Raises SignIn, NotFound."""
    user_id = _acting(unit, Scope.write)
    here = Subscription.user_id == user_id, Subscription.event_id == event_id
    if unit.db.execute(delete(Subscription).where(*here).returning(Subscription.event_id)).first() is None:
        raise NotFound("There is no such subscription.")
