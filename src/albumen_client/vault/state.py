"""What a device remembers of its vault: the log as far as it was read, and what is still to be told to the host."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from albumen_client.vault.log import Happened
from albumen_client.vault.records import Record, Resource, dense
from albumen_client.vault.remote import START, Blob, Head

_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS assets (
    signature TEXT PRIMARY KEY, rev INTEGER NOT NULL, record TEXT NOT NULL, deleted_at TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS resources (
    asset TEXT NOT NULL, signature TEXT NOT NULL, sha256 TEXT NOT NULL, blob TEXT NOT NULL, told TEXT NOT NULL,
    PRIMARY KEY (asset, signature)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS resources_signature ON resources (signature);
CREATE INDEX IF NOT EXISTS resources_sha256 ON resources (sha256);
CREATE TABLE IF NOT EXISTS collected (blob TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collections (n INTEGER PRIMARY KEY, blobs TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS devices (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, recipient TEXT NOT NULL, revoked INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS intents (
    id INTEGER PRIMARY KEY, nonce TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, signature TEXT NOT NULL, body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS outgoing (
    signature TEXT PRIMARY KEY, told TEXT NOT NULL, uploaded INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS adopted (signature TEXT PRIMARY KEY, told TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orphans (blob TEXT PRIMARY KEY, seen_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS placed (
    path TEXT PRIMARY KEY, asset TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL
) WITHOUT ROWID;
COMMIT;
"""


@dataclass(frozen=True)
class Asset:
    """An asset as the log has it; of a deleted one, `record` is the last that it had."""

    signature: str
    rev: int
    record: Record
    deleted_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether it is there."""
        return self.deleted_at is None


@dataclass(frozen=True)
class Device:
    """Somebody who has, or had, the keys."""

    device_id: str
    name: str
    recipient: str
    is_revoked: bool = False


class State:
    """The memory of one device, in one small database."""

    def __init__(self, path: Path | str) -> None:
        self.db = self._connected(path)
        self._facts: dict[str, str | None] = {}
        self.db.execute("PRAGMA synchronous = FULL")
        if not self.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'placed'").fetchone():
            self.db.executescript(_SCHEMA)

    def _connected(self, path: Path | str) -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All that is done inside, or nothing."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            self._facts.clear()
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    def fact(self, name: str) -> str | None:
        """Something that is remembered by its name; looked up once, as nobody else writes here meanwhile."""
        if name not in self._facts:
            found = self.db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
            self._facts[name] = str(found[0]) if found else None
        return self._facts[name]

    def remember(self, name: str, value: str) -> None:
        """Remember it."""
        self.db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
        self._facts[name] = value

    @property
    def floor(self) -> Head:
        """What the log must lead to at least: the head that the device had read which invited this one."""
        found = self.fact("floor")
        return _head(found) if found else START

    @floor.setter
    def floor(self, head: Head) -> None:
        self.remember("floor", json.dumps([head.n, head.sha256]))

    @property
    def head(self) -> Head:
        """As far as the log has been read."""
        found = self.fact("head")
        return _head(found) if found else START

    def asset(self, signature: str) -> Asset | None:
        """One asset, deleted ones too."""
        query = "SELECT signature, rev, record, deleted_at FROM assets WHERE signature = ?"
        found = self.db.execute(query, (signature,)).fetchone()
        return _asset(found) if found else None

    def assets(self) -> Iterator[Asset]:
        """All of them, deleted ones too, by signature."""
        for found in self.db.execute("SELECT signature, rev, record, deleted_at FROM assets ORDER BY signature"):
            yield _asset(found)

    def holding(self, sha256: str) -> str | None:
        """The signature of a live asset that has this very file."""
        query = (
            "SELECT r.asset FROM resources r JOIN assets a ON a.signature = r.asset"
            " WHERE r.sha256 = ? AND a.deleted_at IS NULL ORDER BY r.asset"
        )
        found = self.db.execute(query, (sha256,)).fetchone()
        return str(found[0]) if found else None

    def stored(self, signature: str) -> Resource | None:
        """A resource of this name that a record names, and whose ciphertext was not collected."""
        query = (
            "SELECT told FROM resources WHERE signature = ? AND blob NOT IN (SELECT blob FROM collected) ORDER BY asset"
        )
        found = self.db.execute(query, (signature,)).fetchone()
        return Resource.from_json(json.loads(found[0])) if found else None

    def is_collected(self, blob: Blob) -> bool:
        """Whether a gc event names this ciphertext: it may be gone, and must not be named again."""
        return bool(self.db.execute("SELECT 1 FROM collected WHERE blob = ?", (blob.sha256,)).fetchone())

    def open_collections(self) -> Sequence[tuple[int, tuple[Blob, ...]]]:
        """What was to be collected and is not yet said to be gone: the number of the gc event, and its blobs."""
        found = self.db.execute("SELECT n, blobs FROM collections ORDER BY n").fetchall()
        return [(int(n), tuple(Blob(*each) for each in json.loads(blobs))) for n, blobs in found]

    def devices(self) -> Sequence[Device]:
        """All devices that there are or were."""
        found = self.db.execute("SELECT id, name, recipient, revoked FROM devices ORDER BY id")
        return [Device(each[0], each[1], each[2], bool(each[3])) for each in found]

    def apply(self, happened: Happened, device: str) -> None:
        """Take in one event, as the next; if it is this device's own, what it was about has been told."""
        event = happened.event
        if event.signature is not None and (happened.record or event.kind == "delete"):
            self._set(event.signature, happened)
        elif event.kind == "gc":
            self._collect(happened.head.n, event.more["blobs"])
        elif event.kind == "gc-done":
            self.db.execute("DELETE FROM collections WHERE n = ?", (event.more["gc"],))
        elif event.kind in ("device", "rotate"):
            self._about_devices(event.more)
        elif event.kind == "snapshot":
            self.remember("snapshot", json.dumps([happened.head.n, *event.more["blob"]]))
        if event.device == device:
            self.db.execute("DELETE FROM intents WHERE nonce = ?", (event.nonce,))
        self.remember("head", json.dumps([happened.head.n, happened.head.sha256]))

    def _set(self, signature: str, happened: Happened) -> None:
        if happened.record is None:
            change = "UPDATE assets SET rev = ?, deleted_at = ? WHERE signature = ?"
            self.db.execute(change, (happened.event.rev, happened.event.at.isoformat(), signature))
            return
        self.put(Asset(signature, happened.event.rev, happened.record))

    def put(self, asset: Asset) -> None:
        """Have an asset be like this."""
        told = dense(asset.record.to_json()).decode()
        deleted_at = asset.deleted_at and asset.deleted_at.isoformat()
        self.db.execute(
            "INSERT OR REPLACE INTO assets VALUES (?, ?, ?, ?)", (asset.signature, asset.rev, told, deleted_at)
        )
        self.db.execute("DELETE FROM resources WHERE asset = ?", (asset.signature,))
        rows = [
            (asset.signature, each.signature, each.sha256, each.blob.sha256, dense(each.to_json()).decode())
            for each in asset.record.resources
        ]
        self.db.executemany("INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?, ?)", rows)

    def _collect(self, n: int, blobs: Sequence[Sequence[Any]]) -> None:
        self.db.execute("INSERT INTO collections VALUES (?, ?)", (n, json.dumps(blobs)))
        self.db.executemany("INSERT OR IGNORE INTO collected VALUES (?, ?)", [(each[2], n) for each in blobs])
        self.db.executemany("DELETE FROM orphans WHERE blob = ?", [(each[2],) for each in blobs])

    def _about_devices(self, more: Mapping[str, Any]) -> None:
        if added := more.get("add"):
            row = (added["id"], added["name"], added["recipient"])
            self.db.execute("INSERT OR REPLACE INTO devices (id, name, recipient) VALUES (?, ?, ?)", row)
        if "revoke" in more:
            self.db.execute("UPDATE devices SET revoked = 1 WHERE id = ?", (more["revoke"],))
        if "root" in more:
            self.remember("root", more["root"])
        for name, sha256 in more.get("keys", {}).items():
            self.remember(f"key {name}", sha256)


@lru_cache(8)
def _head(told: str) -> Head:
    return Head(*json.loads(told))


def _asset(found: Sequence[Any]) -> Asset:
    deleted_at = datetime.fromisoformat(found[3]) if found[3] else None
    return Asset(found[0], found[1], Record.from_json(json.loads(found[2])), deleted_at)
