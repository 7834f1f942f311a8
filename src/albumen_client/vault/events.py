"""One event of the log, sealed and bound to its place: `e1.<age>.<mac>`."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from albumen_client.vault import records
from albumen_client.vault.errors import Untrusted
from albumen_client.vault.keys import Root
from albumen_client.vault.remote import Head

VERSION = "e1"
KINDS = frozenset({"put", "edit", "delete", "restore", "gc", "gc-done", "device", "rotate", "snapshot"})
SETS_RECORD = frozenset({"put", "edit", "restore"})


@dataclass(frozen=True)
class Event:
    """What happened: which device did it, and to which asset at which rev; `more` is what the kind needs beyond that.

    `nonce` is by what the device knows its own event again; `at` is its clock, for people only.
    """

    kind: str
    device: str
    nonce: str
    at: datetime
    signature: str | None = None
    rev: int = 0
    record: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def sha256_of(text: str) -> str:
    """Of a sealed text, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _bound(vault: str, after: Head) -> tuple[bytes, ...]:
    return b"evt", vault.encode(), (after.n + 1).to_bytes(8, "big"), bytes.fromhex(after.sha256)


def seal_event(event: Event, after: Head, root: Root, vault: str) -> str:
    """The text that goes into the log behind `after`."""
    told = {
        "n": after.n + 1,
        "prev": after.sha256,
        "kind": event.kind,
        "device": event.device,
        "nonce": event.nonce,
        "time": event.at.isoformat(),
        "signature": event.signature,
        "rev": event.rev or None,
        "record": event.record,
        "more": dict(event.more) or None,
    }
    given = {name: value for name, value in told.items() if value is not None}
    return records.seal(given, VERSION, root, _bound(vault, after))


def open_event(text: str, after: Head, root: Root, vault: str) -> Event:
    """The event.  Raises Untrusted where it does not belong behind `after`."""
    told = records.unseal(records.check(text, VERSION, root, _bound(vault, after)), root)
    try:
        event = Event(
            str(told["kind"]),
            str(told["device"]),
            str(told["nonce"]),
            datetime.fromisoformat(told["time"]),
            told.get("signature"),
            int(told.get("rev", 0)),
            told.get("record"),
            told.get("more", {}),
        )
    except (KeyError, TypeError, ValueError):
        raise Untrusted("format", "an event is not well formed.") from None
    if event.kind not in KINDS:
        raise Untrusted("newer", "the log holds an event that this version does not know; update it.")
    return event
