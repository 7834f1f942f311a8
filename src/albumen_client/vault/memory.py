"""A host in memory, exact in its answers: for tests, and as the plainest reading of what a host has to do."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from albumen_client.errors import Invalid, NotFound
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
    Page,
    Report,
    Row,
    Usage,
)


@dataclass
class MemoryRemote:
    """Everything that a host of one vault keeps."""

    vault: str
    entries: list[Entry] = field(default_factory=list)
    states: dict[str, Row] = field(default_factory=dict)
    contents: dict[str, tuple[Blob, bytes]] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)

    def head(self) -> Head:
        """Where the log ends."""
        if not self.entries:
            return START
        last = self.entries[-1]
        return Head(last.n, hashlib.sha256(last.event.encode("ascii")).hexdigest())

    def log(self, after: int, limit: int = LARGEST_PAGE, wait_seconds: float = 0) -> Page:
        """Entries after this number; never waits."""
        return Page(tuple(self.entries[after : after + min(limit, LARGEST_PAGE)]), self.head())

    def commit(self, commit: Commit) -> Head:
        """Append, if all that the commit rests on holds."""
        row = commit.row
        if commit.after != self.head() or (row and row.rev != self._rev(row.signature) + 1):
            raise HeadMoved("Another device was first.")
        if missing := [blob.signature for blob in commit.blobs if self.blob(blob.signature) != blob]:
            raise BlobsMissing(missing)
        self.entries.append(Entry(commit.after.n + 1, commit.event, row))
        if row:
            self.states[row.signature] = row
        return self.head()

    def _rev(self, signature: str) -> int:
        row = self.states.get(signature)
        return row.rev if row else 0

    def put_blob(self, blob: Blob, content: BinaryIO, report: Report) -> None:
        """Store ciphertext."""
        there = self.contents.get(blob.signature)
        if there and there[0] != blob:
            raise BlobTaken("Other bytes have this name.")
        held = content.read()
        if (len(held), hashlib.sha256(held).hexdigest()) != (blob.size_bytes, blob.sha256):
            raise Invalid(460, "digest", "The bytes are not those that were announced.")
        self.contents[blob.signature] = (blob, held)
        report(len(held))

    def blob(self, signature: str) -> Blob | None:
        """What lies there."""
        there = self.contents.get(signature)
        return there and there[0]

    def read_blob(self, signature: str, start: int, length: int) -> bytes:
        """A range of it."""
        if signature not in self.contents:
            raise NotFound(404, "not-found", "There is no such blob.")
        return self.contents[signature][1][start : start + length]

    def drop_blob(self, blob: Blob) -> None:
        """Delete this very ciphertext."""
        if self.blob(blob.signature) == blob:
            del self.contents[blob.signature]

    def blobs(self, after: str = "", limit: int = LARGEST_PAGE) -> Sequence[Blob]:
        """All blobs by name."""
        return [self.contents[name][0] for name in sorted(self.contents) if name > after][:limit]

    def rows(self, after: str = "", limit: int = LARGEST_PAGE) -> Sequence[Row]:
        """All states by signature."""
        return [self.states[name] for name in sorted(self.states) if name > after][:limit]

    def key(self, name: str) -> bytes | None:
        """A key file."""
        return self.keys.get(name)

    def put_key(self, name: str, content: bytes, seen: str | None) -> None:
        """Replace a key file."""
        there = self.keys.get(name)
        if there != content and (None if there is None else hashlib.sha256(there).hexdigest()) != seen:
            raise KeyMoved("The key file has been replaced meanwhile.")
        self.keys[name] = content

    def put_link(self, link: Link) -> str:
        """Publish a link."""
        self.links[link.link_id] = link
        return f"https://memory.invalid/s/{link.link_id}"

    def drop_link(self, link_id: str) -> bool:
        """Take it back."""
        return self.links.pop(link_id, None) is not None

    def usage(self) -> Usage:
        """How much room it takes."""
        return Usage(sum(blob.size_bytes for blob, _ in self.contents.values()))
