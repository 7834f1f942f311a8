"""Taking back room: what was deleted long ago, and what no record names.  First the log says so, then it goes."""

import json
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from albumen_client.vault.errors import Stuck
from albumen_client.vault.log import listed
from albumen_client.vault.pull import pull
from albumen_client.vault.remote import LARGEST_PAGE, Blob, HeadMoved
from albumen_client.vault.vault import Vault

RESTORABLE = timedelta(days=32)
"""How long a deleted photo stays: 30 days, and some for clocks that go wrong."""
ORPHANED = timedelta(days=7)
"""How long this device must have seen a blob that no record names: its sender may only be slow."""
_TRIES = 20


def collect(vault: Vault) -> int:
    """Take back all that may go; how many blobs went.  Raises Unreachable, Refused, Untrusted, Stuck."""
    for _ in range(_TRIES):
        pull(vault)
        finish(vault)
        found = [*_expired(vault), *_orphans(vault)][:LARGEST_PAGE]
        if not found:
            return 0
        told = [[each.signature, each.size_bytes, each.sha256] for each in found]
        try:
            vault.commit(vault.event("gc", secrets.token_urlsafe(12), {"blobs": told}))
        except HeadMoved:
            continue
        pull(vault)
        finish(vault)
        return len(found)
    raise Stuck("Other devices were always faster.")


def finish(vault: Vault) -> None:
    """End what was begun, by whichever device: delete what gc events name, and say that it is done."""
    for _ in range(_TRIES):
        opened = vault.state.open_collections()
        if not opened:
            return
        n, blobs = opened[0]
        for blob in blobs:
            vault.remote.drop_blob(blob)
        with suppress(HeadMoved):
            vault.commit(vault.event("gc-done", secrets.token_urlsafe(12), {"gc": n}))
        pull(vault)
    raise Stuck("Other devices were always faster.")


def _expired(vault: Vault) -> Iterator[Blob]:
    """Blobs of photos that were deleted long ago, but for those that another photo still uses."""
    needed, old, before = set(), {}, vault.clock() - RESTORABLE
    for asset in vault.state.assets():
        is_old = asset.deleted_at is not None and asset.deleted_at < before
        for each in asset.record.resources:
            if is_old:
                old[each.blob.sha256] = each.blob
            else:
                needed.add(each.blob.sha256)
    yield from (blob for sha256, blob in old.items() if sha256 not in needed and not vault.state.is_collected(blob))


def _orphans(vault: Vault) -> Iterator[Blob]:
    """Blobs that nothing names, and that this device has seen so for a while."""
    now, db = vault.clock(), vault.state.db
    named = {found[0] for found in db.execute("SELECT blob FROM resources")} | _kept(vault)
    seen = dict(db.execute("SELECT blob, seen_at FROM orphans").fetchall())
    unnamed = (blob for blob in listed(vault.remote.blobs) if blob.sha256 not in named)
    still = {blob.sha256: blob for blob in unnamed if not vault.state.is_collected(blob)}
    with vault.state.writing():
        db.execute("DELETE FROM orphans")
        rows = [(sha256, seen.get(sha256, now.isoformat())) for sha256 in still]
        db.executemany("INSERT INTO orphans VALUES (?, ?)", rows)
    limit = (now - ORPHANED).isoformat()
    yield from (blob for sha256, blob in still.items() if seen.get(sha256, now.isoformat()) < limit)


def _kept(vault: Vault) -> set[str]:
    """What is no photo's and is needed all the same: what waits here, and the snapshot."""
    snapshot = json.loads(vault.state.fact("snapshot") or "[]")
    return vault.outbox.claimed() | set(snapshot[3:4])
