"""From a file to its ciphertext in the spool, and back; nothing is held whole in memory."""

import hashlib
import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from albumen_client.vault import age, chunks
from albumen_client.vault.errors import NotEncrypted, Untrusted
from albumen_client.vault.hashing import Hash
from albumen_client.vault.keys import Root
from albumen_client.vault.padding import padded
from albumen_client.vault.records import Resource
from albumen_client.vault.remote import Blob, Remote, Report
from albumen_client.vault.syncing import synced

BLOCK_BYTES = 1 << 20
"""How much is read, encrypted and written at once."""
_FIRST_BYTES = 256 << 10
"""How much of a file is read at first: most are small."""
_HEAD_BYTES = 1024
"""Enough of a file of ours to have its header and its nonce."""


class Readable(Protocol):
    """Something that is read from its beginning to its end."""

    def readinto(self, buffer: memoryview, /) -> int:
        """The next bytes, as many as come at once; how many, and 0 at the end."""


class Content(Protocol):
    """A file, or what is like one."""

    def readable(self) -> bool:
        """Yes."""

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        """The next bytes; how many."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go on reading elsewhere."""


@dataclass(frozen=True)
class Plain:
    """A file in the clear: what kind of resource it is, and what is known of it."""

    content: Content
    kind: str
    file_name: str
    pixel_size: tuple[int, int] | None = None
    duration_seconds: float | None = None


def digest_of(content: Content) -> str:
    """Its SHA-256, in hex, from where it stands."""
    return hashlib.file_digest(content, "sha256").hexdigest()


def seal_file(plain: Plain, root: Root, spool: Path, report: Report = lambda done: None) -> Resource:
    """Seal a seekable file into the spool, in one pass; its name and hashes are those of what was read."""
    plain.content.seek(0)
    part = spool / f"part-{secrets.token_hex(8)}"
    try:
        with synced(part) as target:
            writer = _seal_to(target, plain.content, root, report)
        blob = Blob(root.signature(bytes.fromhex(writer.plain_sha256)), writer.size_bytes, writer.sha256)
        part.replace(spool / blob.sha256)
    finally:
        part.unlink(missing_ok=True)
    facts = (plain.kind, plain.file_name, plain.pixel_size, plain.duration_seconds)
    return Resource(writer.plain_sha256, writer.plain_bytes, blob, writer.beginning, *facts)


class _Sealed(chunks.Writer):
    """A writer that also knows the size and the hash of what was written in the clear."""

    plain_sha256, plain_bytes = "", 0


def _seal_to(target: BinaryIO, content: Readable, root: Root, report: Report) -> _Sealed:
    file_key = os.urandom(16)
    writer = _Sealed(target, age.wrap(file_key, root.identity.public), file_key)
    hashed = Hash()
    while block := _read_to(hashed, content, BLOCK_BYTES if writer.plain_bytes else _FIRST_BYTES):
        writer.write(block)
        writer.plain_bytes += len(block)
        report(writer.plain_bytes)
    left = padded(writer.plain_bytes) - writer.plain_bytes
    while left > 0:
        writer.write(bytes(min(left, BLOCK_BYTES)))
        left -= BLOCK_BYTES
    writer.close()
    writer.plain_sha256 = hashed.hexdigest()
    return writer


def _read_to(hashed: Hash, content: Readable, size_bytes: int) -> memoryview:
    """The next block, at most of this size, which is hashed meanwhile; empty at the end."""
    room = hashed.room(size_bytes)
    block = room[: content.readinto(room)]
    hashed.update(block)
    return block


def reader_of(resource: Resource, fetch: chunks.Fetch, secrets_: tuple[bytes, ...]) -> chunks.Reader:
    """The plaintext of a resource with its padding; seeks fetch 64 KiB.  Raises Untrusted where it is another file."""
    opened = chunks.begin(fetch(0, min(_HEAD_BYTES, resource.blob.size_bytes)), lambda h: age.unwrap(h, secrets_))
    if opened.beginning != resource.beginning:
        raise Untrusted("swapped", "the host gave another encrypted file than the one that was asked for.")
    return chunks.Reader(fetch, resource.blob.size_bytes, opened)


def copy_to(target: BinaryIO, resource: Resource, reader: chunks.Reader, report: Report = lambda done: None) -> None:
    """The file as it was, checked.  Raises Untrusted where it is not that."""
    hashed, done = Hash(), 0
    while done < resource.size_bytes:
        block = _read_to(hashed, reader, min(BLOCK_BYTES, resource.size_bytes - done))
        if not block:
            raise NotEncrypted("truncated", "an encrypted file is cut.")
        target.write(block)
        done += len(block)
        report(done)
    if hashed.hexdigest() != resource.sha256:
        raise Untrusted("swapped", "the host gave another encrypted file than the one that was asked for.")


def fetch_from(remote: Remote, signature: str) -> chunks.Fetch:
    """Ranges of a blob at the host."""
    return lambda start, length: remote.read_blob(signature, start, length)


def fetch_from_file(path: Path) -> chunks.Fetch:
    """Ranges of a file."""

    def fetch(start: int, length: int) -> bytes:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(length)

    return fetch


def sealed_anew(resource: Resource, path: Path, root: Root, secrets_: tuple[bytes, ...]) -> Resource:
    """Other ciphertext of the same file, beside the one at `path`; it keeps its name at the host."""
    reader = reader_of(resource, fetch_from_file(path), secrets_)
    content = _Clear(reader, resource.size_bytes)
    part = path.with_name(f"part-{secrets.token_hex(8)}")
    with synced(part) as target:
        writer = _seal_to(target, content, root, lambda done: None)
    blob = Blob(resource.signature, writer.size_bytes, writer.sha256)
    part.replace(path.with_name(blob.sha256))
    return replace(resource, blob=blob, beginning=writer.beginning)


class _Clear:
    """What is in front of the padding."""

    def __init__(self, reader: chunks.Reader, size_bytes: int) -> None:
        self._reader, self._left = reader, size_bytes

    def readinto(self, buffer: memoryview, /) -> int:
        """The next bytes."""
        count = self._reader.readinto(buffer[: self._left])
        self._left -= count
        return count


def as_found(resource: Resource, blob: Blob, fetch: chunks.Fetch, secrets_: tuple[bytes, ...]) -> Resource | None:
    """The same file in ciphertext that somebody else has sent, if all of it is that; it is read to see."""
    try:
        opened = chunks.begin(fetch(0, min(_HEAD_BYTES, blob.size_bytes)), lambda header: age.unwrap(header, secrets_))
        found = replace(resource, blob=blob, beginning=opened.beginning)
        hashed = hashlib.sha256()
        for start in range(0, blob.size_bytes, BLOCK_BYTES):
            hashed.update(fetch(start, min(BLOCK_BYTES, blob.size_bytes - start)))
        if hashed.hexdigest() != blob.sha256 or blob.size_bytes != resource.blob.size_bytes:
            return None
        check(found, fetch, secrets_)
    except Untrusted:
        return None
    return found


def check(resource: Resource, fetch: chunks.Fetch, secrets_: tuple[bytes, ...]) -> None:
    """Read all of a file back.  Raises Untrusted where it is not the one that it should be."""
    with Path(os.devnull).open("wb") as nowhere:
        copy_to(nowhere, resource, reader_of(resource, fetch, secrets_))
