"""What lists of events show, starting from the albums that the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, false, or_, select, true, tuple_

from albumen.accounts.models import User
from albumen.albums import albums, queries
from albumen.albums.queries import Card
from albumen.events import addresses
from albumen.events.models import Accessor, Event, EventSet, Placement
from albumen.kernel.actor import Actor, Scope
from albumen.kernel.errors import NotFound
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.libraries import access, ordering
from albumen.libraries.models import Album, AlbumItem, File, Role
from albumen.libraries.queries import millis, moment
from albumen.unit import Unit


def get(unit: Unit, event_id: int, least: Role = Role.reader) -> Event:
    """An event whose album the actor may see, with this role at least.  Raises NotFound, Denied."""
    event = unit.db.get(Event, event_id)
    if event is None:
        raise NotFound("There is no such event.")
    access.check(unit, access.role_on_album(unit, album_of(unit, event)), least, "event")
    return event


def owns(unit: Unit, user_id: int, event: Event) -> bool:
    """Whether a user is an owner of an event now, whoever is acting."""
    user = unit.db.get(User, user_id)
    asking = replace(unit, actor=Actor(user_id, frozenset({Scope.read})))
    role = access.role_on_album(asking, album_of(unit, event))
    return user is not None and user.disabled_at is None and role == Role.owner


def album_id_of(unit: Unit, event_id: int) -> int:
    """The id of the album that an event publishes, for who may see it.  Raises NotFound, Denied."""
    return get(unit, event_id).album_id


def album_of(unit: Unit, event: Event) -> Album:
    """The album that an event publishes."""
    return unit.db.get_one(Album, event.album_id)


def changed(unit: Unit, event: Event) -> None:
    """Tell that what an event shows, to whomever, is not what it was: versions of its listings end with this."""
    albums.changed(unit, album_of(unit, event))


@dataclass(frozen=True)
class Part:
    """Which part of a list: at most so many, after a cursor."""

    limit: int
    cursor: str | None = None


def events_seen(unit: Unit) -> ColumnElement[bool]:
    """Which rows of Event the actor may see.  Raises Denied."""
    access.check_scope(unit, Scope.read)
    if unit.actor.is_system:
        return true()
    given = access.reaches(unit)
    whole = [each.library_id for each in given if each.role]
    albums = [album_id for each in given for album_id in each.albums]
    return or_(false(), Event.library_id.in_(whole), Event.album_id.in_(albums))


def seen(unit: Unit, *, limit: int, cursor: str | None) -> Page[Event]:
    """The events that the actor may see, the newest first.  Raises Denied, Invalid."""
    wanted = select(Event).where(events_seen(unit))
    if cursor:
        at, event_id = numbers_in(cursor, 2)
        wanted = wanted.where(tuple_(Event.created_at, Event.id) < (moment(at), event_id))
    rows = unit.db.scalars(wanted.order_by(Event.created_at.desc(), Event.id.desc()).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], to_cursor(millis(last.created_at), last.id) if last else None)


def cards(unit: Unit, events: Sequence[Event]) -> dict[int, tuple[Album, Card]]:
    """The album of each event, by the event's id, and how it looks from the outside to those who see all of it."""
    albums = unit.db.scalars(select(Album).where(Album.id.in_([event.album_id for event in events]))).all()
    looks = queries.cards(unit, albums)
    by_id = {album.id: album for album in albums}
    return {event.id: (by_id[event.album_id], looks[event.album_id]) for event in events}


def accessors(unit: Unit, event: Event, *, limit: int, cursor: str | None) -> Page[Accessor]:
    """The codes of an event, the oldest first; for who may see them, which the caller has checked.  Raises Invalid."""
    wanted = select(Accessor).where(Accessor.event_id == event.id)
    if cursor:
        at, accessor_id = numbers_in(cursor, 2)
        wanted = wanted.where(tuple_(Accessor.created_at, Accessor.id) > (moment(at), accessor_id))
    rows = unit.db.scalars(wanted.order_by(Accessor.created_at, Accessor.id).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], to_cursor(millis(last.created_at), last.id) if last else None)


def entries(unit: Unit, event: Event, set_id: int | None, page: Part) -> Page[File]:
    """The photos of an event in their order, or of one of its sets, for who may see it.  Raises NotFound, Invalid."""
    album = album_of(unit, event)
    if set_id is None:
        return queries.files(unit, album, limit=page.limit, cursor=page.cursor)
    chosen = unit.db.get(EventSet, set_id)
    if chosen is None or chosen.event_id != event.id:
        raise NotFound("There is no such set in this event.")
    placed = select(Placement.file_id).where(Placement.event_id == event.id, Placement.set_id == set_id)
    return by_position(unit, event, File.id.in_(placed), page)


def by_position(unit: Unit, event: Event, which: ColumnElement[bool], page: Part) -> Page[File]:
    """Some photos of an event, in the order of its album.  Raises Invalid."""
    album = album_of(unit, event)
    if album.query is not None:
        here = and_(which, access.in_album(album))
        return ordering.page(unit, here, queries.orders(album), limit=page.limit, cursor=page.cursor)
    wanted = queries.put_in(album).where(which)
    if page.cursor:
        wanted = wanted.where(tuple_(AlbumItem.position, AlbumItem.file_id) > tuple(numbers_in(page.cursor, 2)))
    rows = unit.db.execute(wanted.limit(page.limit + 1)).all()
    last = rows[page.limit - 1] if len(rows) > page.limit else None
    return Page([row.File for row in rows[: page.limit]], to_cursor(last.position, last.File.id) if last else None)


def at(unit: Unit, user: str, word: str) -> Event:
    """The event at an address that it has or had.  Raises NotFound, Denied where the actor may not see it."""
    found = addresses.find(unit, user, word)
    if found is None:
        raise NotFound("There is no such event.")
    return get(unit, found.id)
