"""What those who look after an event see of gifts, and decide about them: shown, or declined."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, tuple_, update

from albumen.albums import albums
from albumen.events import contributions, entries, queries
from albumen.events.contributions import State
from albumen.events.guest_models import Contribution
from albumen.events.models import Accessor, Event
from albumen.events.queries import Part
from albumen.kernel.actor import Actor, Scope
from albumen.kernel.pages import Page, numbers_in, to_cursor
from albumen.libraries import files, pairs, tally, trash
from albumen.libraries.models import File
from albumen.libraries.queries import millis, moment
from albumen.unit import Unit

BATCH = 500


@dataclass(frozen=True)
class Gift:
    """A file that a guest gave, and the label of the code it came by."""

    row: Contribution
    file: File
    label: str | None


def gifts(unit: Unit, event: Event, state: State | None, part: Part) -> Page[Gift]:
    """What guests gave, the oldest first; for who may see to it.  Raises NotFound, Denied, Conflict, Invalid."""
    entries.require(unit, event)
    wanted = _gifts(event)
    if state is not None:
        wanted = wanted.where(_is(state))
    if part.cursor:
        at, file_id = numbers_in(part.cursor, 2)
        wanted = wanted.where(tuple_(Contribution.sent_at, Contribution.file_id) > (moment(at), file_id))
    ordered = wanted.order_by(Contribution.sent_at, Contribution.file_id).limit(part.limit + 1)
    found = [Gift(*row) for row in unit.db.execute(ordered)]
    last = found[part.limit - 1].row if len(found) > part.limit else None
    return Page(found[: part.limit], to_cursor(millis(last.sent_at), last.file_id) if last else None)


def _is(state: State) -> ColumnElement[bool]:
    """What lies in the trash was declined, whoever put it there."""
    if state is State.declined:
        return or_(Contribution.state == state, File.deleted_at.is_not(None))
    return and_(Contribution.state == state, File.deleted_at.is_(None))


def _gifts(event: Event) -> Select[Contribution, File, str | None]:
    """Gifts that are no moving part by themselves."""
    found = select(Contribution, File, Accessor.label).join(File, File.id == Contribution.file_id)
    found = found.outerjoin(Accessor, Accessor.id == Contribution.accessor_id)
    return found.where(Contribution.event_id == event.id, File.part_of.is_(None))


def givers(unit: Unit, event: Event, file_ids: Sequence[int]) -> dict[int, tuple[str | None, str | None]]:
    """Who gave which files of an event: the guest's name, and the label of the code."""
    wanted = _gifts(event).where(Contribution.file_id.in_(file_ids))
    return {row.file_id: (row.guest_name, label) for row, _, label in unit.db.execute(wanted)}


def approve(unit: Unit, event: Event, file_ids: Sequence[int] | None) -> int:
    """Show gifts (None: all that wait); returns how many were not shown before.  What was declined comes back.

    Raises NotFound where one is none of the event's, Denied, Conflict when it is locked.
    """
    chosen = _to_decide(unit, event, file_ids, State.shown)
    host = _hosted(unit, event)
    _bring_back(host, event, [file for _, file in chosen if file.deleted_at is not None])
    for row, _ in chosen:
        _decide(unit, row, State.shown)
    unit.db.flush()
    contributions.show(host, event, [(file, row.set_id) for row, file in chosen])
    return len(chosen)


def reject(unit: Unit, event: Event, file_ids: Sequence[int] | None) -> int:
    """Decline gifts (None: all that wait), which go to the trash; returns how many were not declined before.

    Raises NotFound where one is none of the event's, Denied, Conflict when it is locked.
    """
    chosen = _to_decide(unit, event, file_ids, State.declined)
    host = _hosted(unit, event)
    if chosen:
        albums.remove(host, queries.album_of(unit, event), [file.id for _, file in chosen])
    for row, file in chosen:
        _decide(unit, row, State.declined)
        if file.deleted_at is None:
            files.delete(host, file)
    return len(chosen)


def _hosted(unit: Unit, event: Event) -> Unit:
    """The same unit, acting for the event's host: whoever may decide need not see the files in the library."""
    scopes = frozenset({Scope.read, Scope.write})
    return replace(unit, actor=Actor(event.user_id, scopes, libraries=frozenset({event.library_id})))


def _to_decide(unit: Unit, event: Event, file_ids: Sequence[int] | None, state: State) -> list[Row[Contribution, File]]:
    """The gifts that are not yet in this state; whoever decides about an event takes turns."""
    entries.require(unit, event)
    tally.reserve(unit, event.library_id, 0)
    unit.db.execute(update(Event).where(Event.id == event.id).values(modified_at=Event.modified_at))
    found = select(Contribution, File).join(File, File.id == Contribution.file_id)
    found = found.where(Contribution.event_id == event.id).execution_options(populate_existing=True)
    if file_ids is None:
        waiting = found.where(Contribution.state == State.waiting, File.part_of.is_(None), File.deleted_at.is_(None))
        return list(unit.db.execute(waiting.order_by(Contribution.sent_at, Contribution.file_id).limit(BATCH)))
    rows = {row.File.id: row for row in unit.db.execute(found.where(Contribution.file_id.in_(file_ids)))}
    contributions.check_all_there(rows, file_ids)
    return [rows[each] for each in dict.fromkeys(file_ids) if _state(*rows[each]) is not state]


def _state(row: Contribution, file: File) -> State:
    return State(row.state) if file.deleted_at is None else State.declined


def _decide(unit: Unit, row: Contribution, state: State) -> None:
    halves = [row, *(_half(unit, row, part) for part in pairs.parts_of(unit, unit.db.get_one(File, row.file_id)))]
    for each in filter(None, halves):
        each.state, each.decided_at, each.decided_by = state, unit.now, unit.actor.user_id


def _half(unit: Unit, row: Contribution, part: File) -> Contribution | None:
    return unit.db.get(Contribution, (row.event_id, part.id))


def _bring_back(unit: Unit, event: Event, declined: Iterable[File]) -> None:
    chosen = [file.id for file in declined]
    if chosen:
        trash.restore(unit, event.library_id, chosen)
