"""Two events become one: what is in another is put into this, too; the other stays as it is."""

from collections.abc import Iterator, Sequence
from itertools import batched

from sqlalchemy import select

from albumen.albums import albums
from albumen.albums import queries as album_queries
from albumen.changes import audit
from albumen.events import entries, queries, sets
from albumen.events.frames import HIDDEN
from albumen.events.models import CardFrame, Event, EventSet, Placement
from albumen.kernel.errors import Conflict, Invalid
from albumen.libraries import access, moves
from albumen.libraries.models import File, Role
from albumen.unit import Unit

MOST = 50_000
"""How many photos are merged at once."""
_PAGE = 1000
_BATCH = 500


def merge(unit: Unit, event: Event, source: Event) -> int:
    """Put what is in `source` at the end, in its order, into sets of the same names; how many photos were new.

    Photos whose content is here already are not added again; those of another library are copied (no bytes are).
    Cards stay where they are: the codes on them are the other event's.
    Both must be the actor's to add to.  Raises NotFound, Denied, Invalid, Conflict, OverQuota.
    """
    if source.id == event.id:
        raise Invalid("An event is not merged with itself.", errors=[("source", "the same event")])
    album, other = entries.require(unit, event), queries.album_of(unit, source)
    access.check(unit, access.role_on_album(unit, other), Role.contributor, "event")
    if album.query is not None:
        raise Conflict("What is in this album is said by its query.")
    here = _contents(unit, event)
    cards = select(CardFrame.file_id).where(CardFrame.event_id == source.id, CardFrame.kind.in_(HIDDEN))
    hidden = set(unit.db.scalars(cards))
    arriving = [file for file in _files(unit, source) if file.id not in hidden]
    new = {file.signature: file for file in reversed(arriving) if file.signature not in here}
    wanted = [file for file in arriving if new.get(file.signature) is file]
    brought = {file.signature: _brought(unit, event, file) for file in wanted}
    albums.add(unit, album, list(brought.values()))
    _place(unit, event, source, {file.id: (here | brought)[file.signature] for file in arriving})
    audit.note(unit, "merge", ("event", event.id), source=source.id, count=len(brought))
    return len(brought)


def _contents(unit: Unit, event: Event) -> dict[str, int]:
    """The files of an event by their content."""
    wanted = select(File.signature, File.id).where(access.in_album(queries.album_of(unit, event)))
    return {row.signature: row.id for row in unit.db.execute(wanted.order_by(File.id.desc()))}


def _files(unit: Unit, event: Event) -> Iterator[File]:
    album, cursor, count = queries.album_of(unit, event), None, 0
    while True:
        page = album_queries.files(unit, album, limit=_PAGE, cursor=cursor)
        yield from page.items
        cursor, count = page.next, count + len(page.items)
        if cursor is None:
            return
        if count >= MOST:
            raise Conflict(f"Events of more than {MOST} photos are not merged.")


def _brought(unit: Unit, event: Event, file: File) -> int:
    if file.library_id == event.library_id:
        return file.id
    return moves.copy(unit, file, entries.folder_of(unit, event)).id


def _place(unit: Unit, event: Event, source: Event, counterparts: dict[int, int]) -> None:
    """Lay photos into sets as they lie in the source; those that lie in a set here stay there."""
    placed = set(unit.db.scalars(select(Placement.file_id).where(Placement.event_id == event.id)))
    for each in sets.of(unit, source):
        chosen = [counterparts[file_id] for file_id in _placed(unit, each) if file_id in counterparts]
        free = [file_id for file_id in dict.fromkeys(chosen) if file_id not in placed]
        mine = sets.ensure(unit, event, each.name)
        for batch in batched(free, _BATCH):
            sets.place(unit, event, mine, batch)


def _placed(unit: Unit, which: EventSet) -> Sequence[int]:
    return unit.db.scalars(select(Placement.file_id).where(Placement.set_id == which.id)).all()
