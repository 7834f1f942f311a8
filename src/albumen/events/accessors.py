"""Access codes: made, shown to their owner, changed, replaced and taken away.

Whoever owns the event's album does so, with a credential that may share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any

from sqlalchemy import delete, func, select, update

from albumen.changes import audit
from albumen.db.statements import insert_for, table_of
from albumen.events import queries
from albumen.events.models import Accessor, AccessorFile, Event, EventSet, Shows
from albumen.events.sight import Permission, Size
from albumen.kernel import codes, ids
from albumen.kernel.actor import Scope
from albumen.kernel.errors import Conflict, NotFound
from albumen.kernel.seals import Seals, Unsealable
from albumen.libraries import access, criteria, names
from albumen.libraries.models import File, Role
from albumen.unit import Unit

CODE, TOKEN, KEPT = "access code", "access token", "access code and token"
MOST = 10_000
"""How many codes an event has at most."""
_BATCH = 500
_TRIES = 5
PLAIN = ("expires_at", "most_files", "most_bytes")


@dataclass(frozen=True)
class Secrets:
    """A code and the token of its QR link."""

    code: str
    token: str


@dataclass(frozen=True)
class Shown:
    """What a code shows of its event: all, or some files, sets, or what a query finds."""

    shows: Shows = Shows.all
    file_ids: Sequence[int] = ()
    set_ids: Sequence[int] = ()
    query: dict[str, Any] | None = None


@dataclass(frozen=True)
class NewAccessor:
    """What a code starts with."""

    label: str | None = None
    permissions: Sequence[Permission] = (Permission.view,)
    sizes: Sequence[Size] = (Size.original,)
    shown: Shown = Shown()
    told: Mapping[str, Any] = field(default_factory=dict)


def require_owner(unit: Unit, event: Event) -> None:
    """Raises NotFound, Denied where the actor may not manage the codes of an event."""
    role = access.role_on_album(unit, queries.album_of(unit, event))
    access.check(unit, role, Role.reader, "event")
    access.check_scope(unit, Scope.share)
    access.check(unit, role, Role.owner, "event")


def get(unit: Unit, event: Event, accessor_id: int) -> Accessor:
    """A code of an event.  Raises NotFound, Denied."""
    require_owner(unit, event)
    found = unit.db.get(Accessor, accessor_id)
    if found is None or found.event_id != event.id:
        raise NotFound("There is no such code.")
    return found


def create(unit: Unit, seals: Seals, event: Event, new: NewAccessor) -> Accessor:
    """Make a code.  Raises NotFound, Denied, Invalid, and Conflict where there are too many."""
    require_owner(unit, event)
    count = unit.db.scalar(select(func.count()).select_from(Accessor).where(Accessor.event_id == event.id)) or 0
    if count >= MOST:
        raise Conflict(f"An event has {MOST} codes at most.")
    accessor = Accessor(
        id=ids.new_id(),
        event_id=event.id,
        label=_label(new.label),
        permissions=list(dict.fromkeys(new.permissions)),
        sizes=list(dict.fromkeys(new.sizes)),
        generation=1,
        created_at=unit.now,
        **new.told,
    )
    _give_secrets(unit, seals, accessor)
    unit.db.add(accessor)
    unit.db.flush()
    show(unit, event, accessor, new.shown)
    audit.note(unit, "make code", ("accessor", accessor.id))
    return accessor


def _label(told: str | None) -> str | None:
    return names.clean(told or "")[:200] or None


def change(unit: Unit, accessor: Accessor, told: Mapping[str, Any]) -> Accessor:
    """Change those of label, permissions, sizes, shown, is_disabled and the columns in PLAIN that are told.

    From the next request of its guests on.  The caller got the code by `get`.  Raises NotFound, Invalid.
    """
    if "label" in told:
        accessor.label = _label(told["label"])
    for name in ("permissions", "sizes"):
        if name in told:
            setattr(accessor, name, list(dict.fromkeys(told[name])))
    for name in PLAIN:
        if name in told:
            setattr(accessor, name, told[name])
    if "is_disabled" in told:
        accessor.disabled_at = (accessor.disabled_at or unit.now) if told["is_disabled"] else None
    if "shown" in told:
        show(unit, unit.db.get_one(Event, accessor.event_id), accessor, told["shown"])
    queries.changed(unit, unit.db.get_one(Event, accessor.event_id))
    audit.note(unit, "change code", ("accessor", accessor.id))
    return accessor


def replace(unit: Unit, seals: Seals, accessor: Accessor) -> Accessor:
    """Give it another code and token: whoever came by the ones before has to come anew.  The caller got it by `get`."""
    _give_secrets(unit, seals, accessor)
    accessor.generation += 1
    audit.note(unit, "replace code", ("accessor", accessor.id))
    return accessor


def remove(unit: Unit, accessor: Accessor) -> None:
    """Take a code away, and with it its guests; what they gave stays.  The caller got it by `get`."""
    audit.note(unit, "remove code", ("accessor", accessor.id))
    unit.db.delete(accessor)
    unit.db.flush()


def show(unit: Unit, event: Event, accessor: Accessor, wanted: Shown) -> None:
    """Let a code show this of its event.  Raises NotFound, Invalid."""
    accessor.shows = wanted.shows
    accessor.set_ids = [ids.encode(each) for each in _sets(unit, event, wanted.set_ids)]
    accessor.query = wanted.query
    if wanted.shows == Shows.query:
        criteria.parse(wanted.query)
    by_hand = AccessorFile.accessor_id == accessor.id, AccessorFile.is_by_card.is_(False)
    unit.db.execute(delete(AccessorFile).where(*by_hand))
    unit.db.flush()
    pick(unit, event, accessor, wanted.file_ids)


def _sets(unit: Unit, event: Event, set_ids: Sequence[int]) -> list[int]:
    chosen = list(dict.fromkeys(set_ids))
    here = select(func.count()).select_from(EventSet).where(EventSet.event_id == event.id, EventSet.id.in_(chosen))
    if chosen and unit.db.scalar(here) != len(chosen):
        raise NotFound("There is no such set in this event.")
    return chosen


def pick(unit: Unit, event: Event, accessor: Accessor, file_ids: Sequence[int]) -> None:
    """Let a code show these picked files, too.  Raises NotFound where one is not in the event."""
    in_event = access.in_album(queries.album_of(unit, event))
    for batch in batched(dict.fromkeys(file_ids), _BATCH):
        there = select(func.count()).select_from(File).where(File.id.in_(batch), in_event)
        if unit.db.scalar(there) != len(batch):
            raise NotFound("A photo of this selection is not in the event.")
        rows = [
            {"accessor_id": accessor.id, "file_id": file_id, "is_by_card": False, "is_withheld": False}
            for file_id in batch
        ]
        by_hand = {"is_by_card": False, "is_withheld": False}
        made = insert_for(unit.db)(table_of(AccessorFile))
        unit.db.execute(made.on_conflict_do_update(index_elements=["accessor_id", "file_id"], set_=by_hand), rows)


def pick_more(unit: Unit, event: Event, accessor: Accessor, file_ids: Sequence[int]) -> None:
    """The same for a code that is in use.  Raises NotFound, and Conflict for one that shows all.

    The caller got it by `get`.
    """
    if accessor.shows == Shows.all:
        raise Conflict("This code shows all of the event.")
    pick(unit, event, accessor, file_ids)
    queries.changed(unit, event)


def unpick(unit: Unit, event: Event, accessor: Accessor, file_ids: Sequence[int]) -> None:
    """Let a code show these picked files no more, nor what its card gave; what it did not show does no harm."""
    for batch in batched(file_ids, _BATCH):
        here = AccessorFile.accessor_id == accessor.id, AccessorFile.file_id.in_(batch)
        unit.db.execute(delete(AccessorFile).where(*here, AccessorFile.is_by_card.is_(False)))
        unit.db.execute(update(AccessorFile).where(*here).values(is_withheld=True))
    queries.changed(unit, event)


def is_over(accessor: Accessor, now: datetime) -> bool:
    """Whether a code opens nothing any more, by itself."""
    has_ended = accessor.expires_at is not None and accessor.expires_at <= now
    return has_ended or accessor.disabled_at is not None


def _give_secrets(unit: Unit, seals: Seals, accessor: Accessor) -> None:
    for _ in range(_TRIES):
        given = Secrets(codes.new_code(), codes.new_token())
        taken = select(Accessor.id).where(Accessor.code_mac.in_(seals.marks(CODE, given.code)))
        if unit.db.scalar(taken) is None:
            _keep(seals, accessor, given)
            return
    raise Conflict("No free code was found. Try again.")


def _keep(seals: Seals, accessor: Accessor, given: Secrets) -> None:
    accessor.code_mac = seals.mark(CODE, given.code)
    accessor.token_mac = seals.mark(TOKEN, given.token)
    accessor.sealed = seals.seal(f"{given.code}{given.token}".encode(), KEPT)


def secrets_of(seals: Seals, accessor: Accessor) -> Secrets:
    """The code and its token, for who may see them.  Raises Conflict where the installation's secret was lost."""
    try:
        both = seals.open(accessor.sealed, KEPT).decode()
    except Unsealable:
        raise Conflict("This code cannot be read any more. Replace it.", code="unreadable") from None
    return Secrets(both[: codes.LENGTH], both[codes.LENGTH :])


def renew(seals: Seals, accessor: Accessor) -> None:
    """Keep a code under the secret of today, where it is kept under the one before."""
    if not seals.is_current(accessor.sealed):
        _keep(seals, accessor, secrets_of(seals, accessor))


def shown_as(seals: Seals, shown: str) -> list[tuple[str, bytes]]:
    """Under which marks to look for what somebody shows; what can be no code is looked for like one."""
    if codes.is_token(shown):
        return [("token", mark) for mark in seals.marks(TOKEN, shown)]
    return [("code", mark) for mark in seals.marks(CODE, codes.parse(shown) or "")]
