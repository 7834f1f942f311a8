"""A vault as one device has it: its keys, its memory, its host."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from albumen_client.vault.errors import WrongKey
from albumen_client.vault.events import Event, seal_event, sha256_of
from albumen_client.vault.keys import Identity, Keyring, Root
from albumen_client.vault.outbox import Outbox
from albumen_client.vault.records import Record, proof, seal_record
from albumen_client.vault.remote import Blob, Commit, Head, Remote, Row
from albumen_client.vault.state import State


class Holder(Protocol):
    """Where a device keeps its keys."""

    keyring: Keyring
    device_id: str
    name: str
    identity: Identity

    def learn(self, root: Root) -> None:
        """Keep one root more, for good."""


def now() -> datetime:
    """The clock of this device."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Vault:
    """Everything that the verbs of the other modules work on."""

    remote: Remote
    state: State
    holder: Holder
    spool: Path
    clock: Callable[[], datetime] = now
    pause: Callable[[float], None] = lambda seconds: None
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "outbox", Outbox(self.state, self.spool))

    @property
    def root(self) -> Root:
        """The root that everything new is made with.  Raises WrongKey where it was not given to this device."""
        current = self.state.fact("root")
        for root in self.holder.keyring.roots:
            if current in (None, root.identity.recipient):
                return root
        raise WrongKey("The vault has new keys, which this device was not given.")

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """What opens anything that was ever put in."""
        return self.holder.keyring.secrets

    def commit(self, event: Event, row: Row | None = None, blobs: tuple[Blob, ...] = ()) -> Head:
        """Put an event behind all that was read.  Raises HeadMoved, BlobsMissing, Unreachable, Refused."""
        after = self.state.head
        text = seal_event(event, after, self.root, self.remote.vault)
        return self.remote.commit(Commit(after, text, row, blobs))

    def event(self, kind: str, nonce: str, more: Mapping[str, Any]) -> Event:
        """An event that is about no asset."""
        return Event(kind, self.holder.device_id, nonce, self.clock(), more=more)

    def with_record(self, kind: str, nonce: str, signature: str, record: Record) -> tuple[Event, Row]:
        """An event that sets a record, and the row that it sets."""
        text = seal_record(record, signature, self.root, self.remote.vault)
        event = Event(kind, self.holder.device_id, nonce, self.clock(), signature, record.rev, sha256_of(text))
        return event, Row(signature, record.rev, text)

    def with_tombstone(self, nonce: str, signature: str, rev: int) -> tuple[Event, Row]:
        """An event that deletes an asset, and the row that it sets."""
        shown = proof(signature, rev, self.root, self.remote.vault)
        event = Event("delete", self.holder.device_id, nonce, self.clock(), signature, rev)
        return event, Row(signature, rev, None, shown)
