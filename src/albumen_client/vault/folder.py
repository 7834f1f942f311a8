"""A host that is a folder: a disk that is carried about, or a share that several devices mount."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from albumen_client.errors import Invalid, NotFound
from albumen_client.vault.hashing import Hash
from albumen_client.vault.remote import (
    LARGEST_PAGE,
    START,
    Blob,
    BlobsMissing,
    BlobTaken,
    Commit,
    Entry,
    Head,
    HeadMoved,
    KeyMoved,
    Link,
    NotOffered,
    Page,
    Report,
    Row,
    Usage,
)
from albumen_client.vault.syncing import put_in_place, synced

_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS log (
    n INTEGER PRIMARY KEY, event TEXT NOT NULL, signature TEXT, rev INTEGER, record TEXT, proof TEXT
);
CREATE TABLE IF NOT EXISTS rows (
    signature TEXT PRIMARY KEY, rev INTEGER NOT NULL, record TEXT, proof TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blobs (
    signature TEXT PRIMARY KEY, size INTEGER NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
COMMIT;
"""
_BLOCK_BYTES = 1 << 20


class FolderRemote:
    """One vault in a folder: its ciphertext as files below `blobs`, all else in `vault.db`."""

    def __init__(self, folder: Path, vault: str) -> None:
        self.vault, self._folder = vault, folder / vault
        (self._folder / "blobs").mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(self._folder / "vault.db", isolation_level=None, timeout=30)
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the folder."""
        self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def head(self) -> Head:
        """Where the log ends."""
        found = self._db.execute("SELECT n, event FROM log ORDER BY n DESC LIMIT 1").fetchone()
        return Head(found[0], hashlib.sha256(found[1].encode()).hexdigest()) if found else START

    def log(self, after: int, limit: int = LARGEST_PAGE, wait_seconds: float = 0) -> Page:
        """Entries after this number; never waits."""
        head = self.head()
        query = "SELECT n, event, signature, rev, record, proof FROM log WHERE n > ? AND n <= ? ORDER BY n LIMIT ?"
        found = self._db.execute(query, (after, head.n, min(limit, LARGEST_PAGE)))
        return Page(tuple(Entry(each[0], each[1], Row(*each[2:]) if each[2] else None) for each in found), head)

    def commit(self, commit: Commit) -> Head:
        """Append, if all that the commit rests on holds."""
        row = commit.row
        with self._writing():
            if commit.after != self.head() or (row and row.rev != self._rev(row.signature) + 1):
                raise HeadMoved("Another device was first.")
            if missing := [each.signature for each in commit.blobs if self.blob(each.signature) != each]:
                raise BlobsMissing(missing)
            told = (row.signature, row.rev, row.record, row.proof) if row else (None,) * 4
            self._db.execute("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)", (commit.after.n + 1, commit.event, *told))
            if row:
                self._db.execute("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", told)
            return self.head()

    def _rev(self, signature: str) -> int:
        found = self._db.execute("SELECT rev FROM rows WHERE signature = ?", (signature,)).fetchone()
        return int(found[0]) if found else 0

    def _path(self, signature: str) -> Path:
        if "/" in signature or len(signature) != 44:
            raise Invalid(400, "signature", "This is no name of a blob.")
        return self._folder / "blobs" / signature

    def put_blob(self, blob: Blob, content: BinaryIO, report: Report) -> None:
        """Store ciphertext: written whole under another name first."""
        there = self.blob(blob.signature)
        if there == blob:
            return
        if there:
            raise BlobTaken("Other bytes have this name.")
        part = self._path(blob.signature).with_name(f".{blob.sha256}.{os.getpid()}.part")
        try:
            if _copy(content, part, report) != (blob.size_bytes, blob.sha256):
                raise Invalid(460, "digest", "The bytes are not those that were announced.")
            with self._writing():
                if self.blob(blob.signature) not in (None, blob):
                    raise BlobTaken("Other bytes have this name.")
                put_in_place(part, self._path(blob.signature))
                row = (blob.signature, blob.size_bytes, blob.sha256)
                self._db.execute("INSERT OR REPLACE INTO blobs VALUES (?, ?, ?)", row)
        finally:
            part.unlink(missing_ok=True)

    def blob(self, signature: str) -> Blob | None:
        """What lies there."""
        query = "SELECT signature, size, sha256 FROM blobs WHERE signature = ?"
        found = self._db.execute(query, (signature,)).fetchone()
        return Blob(*found) if found and self._path(signature).exists() else None

    def read_blob(self, signature: str, start: int, length: int) -> bytes:
        """A range of it."""
        try:
            with self._path(signature).open("rb") as file:
                file.seek(start)
                return file.read(length)
        except FileNotFoundError:
            raise NotFound(404, "not-found", "There is no such blob.") from None

    def drop_blob(self, blob: Blob) -> None:
        """Delete this very ciphertext."""
        with self._writing():
            if self.blob(blob.signature) == blob:
                self._db.execute("DELETE FROM blobs WHERE signature = ?", (blob.signature,))
                self._path(blob.signature).unlink(missing_ok=True)

    def blobs(self, after: str = "", limit: int = LARGEST_PAGE) -> Sequence[Blob]:
        """All blobs by name."""
        query = "SELECT signature, size, sha256 FROM blobs WHERE signature > ? ORDER BY signature LIMIT ?"
        return [Blob(*each) for each in self._db.execute(query, (after, limit))]

    def rows(self, after: str = "", limit: int = LARGEST_PAGE) -> Sequence[Row]:
        """All states by signature."""
        query = "SELECT signature, rev, record, proof FROM rows WHERE signature > ? ORDER BY signature LIMIT ?"
        return [Row(*each) for each in self._db.execute(query, (after, limit))]

    def key(self, name: str) -> bytes | None:
        """A key file."""
        found = self._db.execute("SELECT content FROM keys WHERE name = ?", (name,)).fetchone()
        return bytes(found[0]) if found else None

    def put_key(self, name: str, content: bytes, seen: str | None) -> None:
        """Replace a key file."""
        with self._writing():
            there = self.key(name)
            if there != content and (None if there is None else hashlib.sha256(there).hexdigest()) != seen:
                raise KeyMoved("The key file has been replaced meanwhile.")
            self._db.execute("INSERT OR REPLACE INTO keys VALUES (?, ?)", (name, content))

    def put_link(self, link: Link) -> str:
        """A folder has no visitors."""
        raise NotOffered("A vault in a folder has no links for visitors.")

    def drop_link(self, link_id: str) -> bool:
        """Nor anything to take back."""
        raise NotOffered("A vault in a folder has no links for visitors.")

    def usage(self) -> Usage:
        """How much room it takes."""
        [[used]] = self._db.execute("SELECT coalesce(sum(size), 0) FROM blobs").fetchall()
        return Usage(int(used))


def _copy(content: BinaryIO, to: Path, report: Report) -> tuple[int, str]:
    hashed, size = Hash(), 0
    to.unlink(missing_ok=True)
    with synced(to) as target:
        while block := content.read(_BLOCK_BYTES):
            hashed.update(block)
            target.write(block)
            size += len(block)
            report(size)
    return size, hashed.hexdigest()
