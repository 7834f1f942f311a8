"""The log of a vault: events in one order without gaps, each appended by whoever had read all before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select, update

from albumen.kernel.actor import Scope
from albumen.kernel.errors import Conflict, Invalid, TooLarge
from albumen.unit import CHANGED, Unit
from albumen.vault import blobs, room, vaults
from albumen.vault.blobs import Stored
from albumen.vault.models import Vault, VaultBlob, VaultEvent, VaultState

MOST_BYTES = 256 << 10
"""An event together with its record and proof."""
PAGE_BYTES = 4 << 20
"""A page of the log, or of states, ends once it has so many bytes."""


@dataclass(frozen=True)
class Head:
    """Where a log ends: the number of its newest event, and the SHA-256 of that in hex."""

    number: int
    sha256: str


@dataclass(frozen=True)
class State:
    """The state of an asset that an event sets: a record, or a tombstone with its proof."""

    signature: str
    rev: int
    record: str | None = None
    proof: str | None = None


@dataclass(frozen=True)
class Commit:
    """What is to follow the event `after`, if all its blobs are there."""

    after: Head
    event: str
    state: State | None = None
    blobs: tuple[Stored, ...] = ()

    @property
    def size_bytes(self) -> int:
        """What it takes in the log."""
        state = self.state
        return len(self.event) + len((state and state.record) or "") + len((state and state.proof) or "")


@dataclass(frozen=True)
class LogPage:
    """Some events in order, and the head as it was then."""

    events: Sequence[VaultEvent]
    head: Head


def head_of(vault: Vault) -> Head:
    """Where its log ends."""
    return Head(vault.head, vault.head_sha256)


def append(unit: Unit, name: str, commit: Commit) -> Head:
    """Make it the newest event, and set the state; both or neither.

    Raises NotFound, Denied, Invalid, TooLarge, OverQuota; Conflict `head-moved` where the log ends elsewhere or the
    state does not follow the one that stands, `blobs-missing` where a blob is not here with its size and hash.
    """
    _check_form(commit)
    vault = vaults.require(unit, name, Scope.write)
    if commit.after != head_of(vault):
        raise Conflict(f"The log ends with event {vault.head}.", code="head-moved")
    missing = blobs.missing(unit, vault, commit.blobs)
    if missing:
        raise Conflict(f"{len(missing)} of the blobs are not here as they are named.", code="blobs-missing")
    number = vault.head + 1
    _set(unit, vault, number, commit.state)
    _write(unit, vault, number, commit)
    named = [each.signature for each in commit.blobs]
    here = (VaultBlob.vault_id == vault.id, VaultBlob.signature.in_(named))
    unit.db.execute(update(VaultBlob).where(*here).values(named_in=number).execution_options(synchronize_session=False))
    unit.db.info.setdefault(CHANGED, set()).add(vault.id)
    return head_of(vault)


def _check_form(commit: Commit) -> None:
    state = commit.state
    texts = [commit.event, (state and state.record) or "", (state and state.proof) or ""]
    if not all(each.isascii() and each.isprintable() for each in texts) or not commit.event:
        raise Invalid("Events, records and proofs are printable ASCII.", errors=[("event", "not ASCII")])
    if commit.size_bytes > MOST_BYTES:
        raise TooLarge(f"An event with its record has {MOST_BYTES} bytes at most.")


def _set(unit: Unit, vault: Vault, number: int, state: State | None) -> None:
    if state is None:
        return
    row = unit.db.get(VaultState, (vault.id, state.signature))
    if state.rev != (row.rev if row else 0) + 1:
        raise Conflict("The asset's state is another by now.", code="head-moved")
    if row is None:
        unit.db.add(VaultState(vault_id=vault.id, signature=state.signature, rev=state.rev, number=number))
    else:
        row.rev, row.number = state.rev, number


def _write(unit: Unit, vault: Vault, number: int, commit: Commit) -> None:
    state = commit.state
    room.reserve(unit, vault, commit.size_bytes)
    row = VaultEvent(
        vault_id=vault.id,
        number=number,
        event=commit.event,
        signature=state and state.signature,
        rev=state and state.rev,
        record=state and state.record,
        proof=state and state.proof,
        size_bytes=commit.size_bytes,
        committed_at=unit.now,
    )
    unit.db.add(row)
    vault.head, vault.head_sha256 = number, sha256(commit.event.encode()).hexdigest()
    unit.db.flush()


def page(unit: Unit, name: str, *, after: int, limit: int) -> LogPage:
    """Events after this number, so many at most, and no more than fit a page.  Raises NotFound, Denied."""
    vault = vaults.require(unit, name, Scope.read)
    sizes = select(VaultEvent.number, VaultEvent.size_bytes).where(VaultEvent.vault_id == vault.id)
    rows = unit.db.execute(sizes.where(VaultEvent.number > after).order_by(VaultEvent.number).limit(limit)).all()
    count = fitting([row.size_bytes for row in rows])
    wanted = select(VaultEvent).where(VaultEvent.vault_id == vault.id, VaultEvent.number > after)
    events = unit.db.scalars(wanted.order_by(VaultEvent.number).limit(count)).all() if count else []
    return LogPage(events, head_of(vault))


def fitting(sizes: Sequence[int]) -> int:
    """How many of some fit a page together: one at least, if there is one."""
    total = 0
    for count, size in enumerate(sizes):
        total += size
        if total > PAGE_BYTES and count:
            return count
    return len(sizes)


def states(unit: Unit, vault: Vault, *, after: str, limit: int) -> tuple[Sequence[VaultEvent], bool]:
    """The events that set the current states, by the signatures of their assets, and whether there are more."""
    events = select(VaultEvent).join(
        VaultState,
        (VaultState.vault_id == VaultEvent.vault_id) & (VaultState.number == VaultEvent.number),
    )
    here = events.where(VaultState.vault_id == vault.id, VaultState.signature > after).order_by(VaultState.signature)
    sizes = here.with_only_columns(VaultEvent.size_bytes).limit(limit + 1)
    weights = unit.db.scalars(sizes).all()
    count = fitting(weights[:limit])
    return (unit.db.scalars(here.limit(count)).all() if count else []), len(weights) > count
