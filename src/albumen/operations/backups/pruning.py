"""Dropping old backups, and the content that no backup names any more."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import batched
from pathlib import Path

from albumen.blobs.port import Blobs, Stored
from albumen.db.engine import sqlite_module
from albumen.operations.backups import manifests
from albumen.operations.backups.manifests import CONTENT, MADE, MANIFEST, SNAPSHOTS

_AT_ONCE = 5000


def prune(target: Blobs, folder: Path, *, keep: int | None, before: datetime) -> int:
    """Drop all but the newest `keep` backups; returns how many.  `folder` is a place to work in.

    A manifest goes before what it names, so that what is cut off in between leaves no backup that is not whole.
    """
    names = manifests.names(target)
    kept = names if keep is None else names[-keep:]
    gone = names[: len(names) - len(kept)]
    for name in gone:
        target.delete(manifests.path(name, MANIFEST))
    for each in list(target.list(SNAPSHOTS)):
        if each.key.split("/")[1] not in kept and each.modified_at < before:
            target.delete(each.key)
    if gone:
        _drop_unnamed(target, kept, folder / "named.db", before)
    return len(gone)


def _drop_unnamed(target: Blobs, kept: list[str], scratch: Path, before: datetime) -> None:
    """Drop content that no kept backup names.  What is named is gathered on disk: it can be millions."""
    with closing(sqlite_module().connect(scratch, isolation_level=None)) as gathered:
        gathered.execute("PRAGMA journal_mode=OFF")
        gathered.execute("CREATE TABLE named (at TEXT PRIMARY KEY) WITHOUT ROWID")
        for name in kept:
            for some in batched(manifests.entries(target, name), _AT_ONCE):
                gathered.executemany("INSERT OR IGNORE INTO named VALUES (?)", [(entry.at,) for entry in some])
        for stored in _content(target):
            is_named = gathered.execute("SELECT 1 FROM named WHERE at = ?", (stored.key,)).fetchone()
            if is_named is None and stored.modified_at < before:
                target.delete(stored.key)


def _content(target: Blobs) -> Iterator[Stored]:
    for prefix in (CONTENT, MADE):
        yield from target.list(prefix)
