"""What a device still has to tell: intents in their order, and the sealed files that wait in the spool."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from albumen_client.vault.records import Resource, dense
from albumen_client.vault.state import State


@dataclass(frozen=True)
class Intent:
    """Something to be done to an asset: put, edit, delete or restore; its nonce becomes that of the event."""

    nonce: str
    kind: str
    signature: str
    body: Mapping[str, Any]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The files that a put brings."""
        return tuple(Resource.from_json(each) for each in self.body.get("resources", ()))


@dataclass(frozen=True)
class Outgoing:
    """A sealed file in the spool, and what the host has of it: this ciphertext, another of the same file, or None."""

    resource: Resource
    at_host: Resource | None


class Outbox:
    """The part of the memory that is about what is still to be told."""

    def __init__(self, state: State, spool: Path) -> None:
        self._state, self._db, self.spool = state, state.db, spool

    def intend(self, kind: str, signature: str, body: Mapping[str, Any]) -> None:
        """Note that this is to be done; inside of `writing`."""
        row = (secrets.token_urlsafe(12), kind, signature, dense(body).decode())
        self._db.execute("INSERT INTO intents (nonce, kind, signature, body) VALUES (?, ?, ?, ?)", row)

    def intents(self) -> Sequence[Intent]:
        """All of them, the oldest first."""
        found = self._db.execute("SELECT nonce, kind, signature, body FROM intents ORDER BY id").fetchall()
        return [Intent(each[0], each[1], each[2], json.loads(each[3])) for each in found]

    def is_open(self, intent: Intent) -> bool:
        """Whether it has not been seen in the log yet."""
        return bool(self._db.execute("SELECT 1 FROM intents WHERE nonce = ?", (intent.nonce,)).fetchone())

    def let_go(self, intent: Intent) -> None:
        """Forget it: there is nothing left to do."""
        self._db.execute("DELETE FROM intents WHERE nonce = ?", (intent.nonce,))

    def path(self, resource: Resource) -> Path:
        """Where its ciphertext waits; another ciphertext of the same file waits elsewhere."""
        return self.spool / resource.blob.sha256

    def send(self, resource: Resource, at_host: Resource | None = None) -> None:
        """Have this ciphertext of the spool be the one that is sent, and say what the host has; inside of `writing`.

        What another device has sent may be collected before our record names it: so ours stays in the spool.
        """
        is_ours = at_host is not None and at_host.blob == resource.blob
        row = (resource.signature, dense(resource.to_json()).decode(), is_ours)
        self._db.execute("INSERT OR REPLACE INTO outgoing VALUES (?, ?, ?)", row)
        self._db.execute("DELETE FROM adopted WHERE signature = ?", (resource.signature,))
        if at_host is not None and not is_ours:
            told = dense(at_host.to_json()).decode()
            self._db.execute("INSERT INTO adopted VALUES (?, ?)", (resource.signature, told))

    def outgoing(self, signature: str) -> Outgoing | None:
        """What waits under this name."""
        query = "SELECT o.told, uploaded, a.told FROM outgoing o LEFT JOIN adopted a USING (signature)"
        found = self._db.execute(f"{query} WHERE signature = ?", (signature,)).fetchone()
        if not found:
            return None
        ours = Resource.from_json(json.loads(found[0]))
        adopted = Resource.from_json(json.loads(found[2])) if found[2] else None
        return Outgoing(ours, adopted or (ours if found[1] else None))

    def all_outgoing(self) -> Sequence[Resource]:
        """All that waits, as it is in the spool."""
        found = self._db.execute("SELECT told FROM outgoing").fetchall()
        return [Resource.from_json(json.loads(each[0])) for each in found]

    def claimed(self) -> set[str]:
        """The digests of all ciphertext that records of this device are about to name."""
        adopted = self._db.execute("SELECT json_extract(told, '$.blobSha256') FROM adopted").fetchall()
        return {each.blob.sha256 for each in self.all_outgoing()} | {each[0] for each in adopted}

    def tidy(self) -> None:
        """Remove what no intent needs any more, from the memory and from the spool."""
        needed = {each.signature for intent in self.intents() for each in intent.resources}
        kept = set()
        for resource in self.all_outgoing():
            if resource.signature in needed:
                kept.add(resource.blob.sha256)
            else:
                self._db.execute("DELETE FROM outgoing WHERE signature = ?", (resource.signature,))
                self._db.execute("DELETE FROM adopted WHERE signature = ?", (resource.signature,))
        for path in self.spool.iterdir():
            if path.name not in kept:
                path.unlink()
