"""The state that the log led to, sealed: a new device begins there instead of at the first event."""

import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from albumen_client.errors import NotFound
from albumen_client.vault import sealing
from albumen_client.vault.devices import hexed
from albumen_client.vault.errors import Stuck, Untrusted
from albumen_client.vault.events import Event, open_event, sha256_of
from albumen_client.vault.log import check_head, pages
from albumen_client.vault.pull import pull
from albumen_client.vault.records import Record, Resource, dense
from albumen_client.vault.remote import Entry, Head, HeadMoved, KeyMoved
from albumen_client.vault.sealing import Plain
from albumen_client.vault.state import Asset
from albumen_client.vault.vault import Vault

POINTER = "snapshot.json"
"""The key file that says which event is the snapshot; it is not trusted, the event is."""
DUE = 1000
"""After so many events a new one is worth its while."""
_TABLES = ("collected", "collections", "devices")
_TRIES = 5


def take(vault: Vault) -> None:
    """Seal the state and put it into the log.  Raises Stuck, Unreachable, Refused, Untrusted."""
    for _ in range(_TRIES):
        pull(vault)
        resource, head = _sealed(vault), vault.state.head
        path = vault.outbox.path(resource)
        try:
            with path.open("rb") as content:
                vault.remote.put_blob(resource.blob, content, lambda sent: None)
            blob = resource.blob
            told = {"blob": [blob.signature, blob.size_bytes, blob.sha256], "resource": resource.to_json()}
            vault.commit(vault.event("snapshot", secrets.token_urlsafe(12), told), blobs=(blob,))
        except HeadMoved:
            continue
        finally:
            path.unlink()
        pull(vault)
        _point(vault, Head(head.n + 1, head.sha256))
        return
    raise Stuck("Other devices were always faster.")


def take_if_due(vault: Vault) -> bool:
    """Take one where the last is long ago."""
    last = json.loads(vault.state.fact("snapshot") or "[0]")[0]
    if vault.state.head.n - last < DUE:
        return False
    take(vault)
    return True


def _point(vault: Vault, at: Head) -> None:
    there = vault.remote.key(POINTER)
    try:
        vault.remote.put_key(POINTER, dense({"n": at.n, "prev": at.sha256}), None if there is None else hexed(there))
    except KeyMoved:
        return  # another device has taken one as well, and any will do


def _sealed(vault: Vault) -> Resource:
    part = vault.spool / f"part-{secrets.token_hex(8)}"
    try:
        with part.open("w+b") as content:
            for told in _lines(vault):
                content.write(dense(told) + b"\n")
            content.flush()
            return sealing.seal_file(Plain(content, "snapshot", POINTER), vault.root, vault.spool)
    finally:
        part.unlink(missing_ok=True)


def _lines(vault: Vault) -> Iterator[dict[str, Any]]:
    """The state, a line for each thing; the first line, never twice the same, keeps two snapshots apart by name."""
    db = vault.state.db
    facts = dict(db.execute("SELECT name, value FROM facts WHERE name NOT IN ('head', 'floor', 'snapshot')").fetchall())
    yield {"facts": facts | {"root": vault.root.identity.recipient}, "salt": secrets.token_urlsafe(12)}
    for asset in vault.state.assets():
        deleted_at = asset.deleted_at and asset.deleted_at.isoformat()
        yield {"asset": asset.signature, "rev": asset.rev, "record": asset.record.to_json(), "deletedAt": deleted_at}
    for table in _TABLES:
        for row in db.execute(f"SELECT * FROM {table}"):  # noqa: S608 - names of ours
            yield {"table": table, "row": row}


def begin(vault: Vault) -> bool:
    """Have a new device begin at the last snapshot, if there is a good one; whether it does."""
    if vault.state.head.n:
        return False
    try:
        event, head = _found(vault)
        _check_way(vault, vault.state.floor, head)
        _load(vault, Resource.from_json(event.more["resource"]), event, head)
    except (Untrusted, NotFound, KeyError, ValueError, TypeError):
        return False
    return True


def _found(vault: Vault) -> tuple[Event, Head]:
    """The event that the pointer points at, checked.  Raises Untrusted, KeyError, ValueError."""
    pointer = json.loads(vault.remote.key(POINTER) or b"{}")
    after = Head(int(pointer["n"]) - 1, str(pointer["prev"]))
    entries = vault.remote.log(after.n, 1).entries
    if not entries or entries[0].n != after.n + 1:
        raise Untrusted("gap", "the host left out a part of the log.")
    event = _opened(vault, entries[0], after)
    if event.kind != "snapshot":
        raise Untrusted("swapped", "the host gave another event in place of a snapshot.")
    return event, Head(after.n + 1, sha256_of(entries[0].event))


def _check_way(vault: Vault, known: Head, head: Head) -> None:
    """Raises Untrusted where the log does not lead from what is known to this head; one before it is not looked at."""
    if 0 < known.n <= head.n:
        for page in pages(vault.remote, known):
            for entry in page.entries:
                if known.n < head.n:
                    if entry.n != known.n + 1:
                        raise Untrusted("gap", "the host left out a part of the log.")
                    _opened(vault, entry, known)
                    known = Head(entry.n, sha256_of(entry.event))
            if known.n == head.n:
                break
        check_head(known, head)


def _opened(vault: Vault, entry: Entry, after: Head) -> Event:
    refusal = Untrusted("forged", "the host gave something that no device of this vault has written.")
    for root in reversed(vault.holder.keyring.roots):
        try:
            return open_event(entry.event, after, root, vault.remote.vault)
        except Untrusted as error:
            refusal = error
    raise refusal


def _load(vault: Vault, resource: Resource, event: Event, head: Head) -> None:
    """Take in a snapshot, all of it or nothing; it is checked to its end before any of it counts."""
    part = vault.spool / f"part-{secrets.token_hex(8)}"
    fetch = sealing.fetch_from(vault.remote, resource.signature)
    try:
        with part.open("w+b") as content:
            sealing.copy_to(content, resource, sealing.reader_of(resource, fetch, vault.secrets))
            content.seek(0)
            with vault.state.writing():
                for line in content:
                    _take_in(vault, json.loads(line))
                vault.state.remember("snapshot", json.dumps([head.n, *event.more["blob"]]))
                vault.state.remember("head", json.dumps([head.n, head.sha256]))
    finally:
        part.unlink(missing_ok=True)


def _take_in(vault: Vault, told: dict[str, Any]) -> None:
    if "facts" in told:
        for name, value in told["facts"].items():
            vault.state.remember(name, value)
    elif "asset" in told:
        deleted_at = told["deletedAt"] and datetime.fromisoformat(told["deletedAt"])
        vault.state.put(Asset(told["asset"], told["rev"], Record.from_json(told["record"]), deleted_at))
    elif told.get("table") in _TABLES:
        marks = ", ".join("?" * len(told["row"]))
        vault.state.db.execute(f"INSERT INTO {told['table']} VALUES ({marks})", told["row"])  # noqa: S608 - one of ours
