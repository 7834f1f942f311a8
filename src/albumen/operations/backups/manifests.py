"""What a backup looks like: content by its digest, once for all backups, and for each backup a folder that names it.

content/ab/<signature>              originals, and whatever else has a SHA-256 in its row
made/ab/<signature>.<variant>.<crc32>-<size>
                                    renditions
snapshots/<name>/albumen.db         all rows of one moment, as a SQLite file
snapshots/<name>/entries.jsonl      a line for each key of the store: where its bytes are, their size and digests
snapshots/<name>/secret             what links and codes are sealed with
snapshots/<name>/manifest.json      the digests of these; written last, so that what has one is whole
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

import msgspec

from albumen.blobs.layout import spread
from albumen.blobs.port import Blobs
from albumen.kernel.errors import Invalid, NotFound
from albumen.operations.holdings import Holding

FORMAT = 1
DATABASE, ENTRIES, SECRET, MANIFEST = "albumen.db", "entries.jsonl", "secret", "manifest.json"
CONTENT, MADE, SNAPSHOTS = "content/", "made/", "snapshots/"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A key of the store, and where the backup has its bytes (`at`)."""

    key: str
    at: str
    size: int
    kind: str
    sha256: str | None = None
    crc32: int | None = None


class Part(msgspec.Struct, frozen=True):
    """A file of a backup: its size, and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup has.  `absent` are keys whose bytes could not be copied: they were lost or damaged already."""

    format: int
    version: str
    made_at: datetime
    blob_count: int
    size_bytes: int
    parts: dict[str, Part]
    absent: list[str] = []


def entry_of(holding: Holding) -> Entry:
    """Where the bytes of a holding are kept in a backup."""
    size = holding.size_bytes or 0
    if holding.sha256 is not None:
        at = f"{CONTENT}{spread(holding.sha256)}/{holding.sha256}"
    else:
        at = f"{MADE}{spread(holding.of)}/{holding.of}.{holding.variant}.{holding.crc32 or 0:08x}-{size}"
    return Entry(holding.key, at, size, holding.kind, holding.sha256, holding.crc32)


def path(name: str, part: str) -> str:
    """The key of a part of a backup."""
    return f"{SNAPSHOTS}{name}/{part}"


def names(target: Blobs) -> list[str]:
    """The backups that are whole, the oldest first."""
    found = (each.key.split("/") for each in target.list(SNAPSHOTS))
    return [words[1] for words in found if words[2:] == [MANIFEST]]


def read(target: Blobs, name: str | None) -> tuple[str, Manifest]:
    """A backup's name and manifest; without a name those of the newest.  Raises NotFound, Invalid."""
    chosen = name or next(reversed(names(target)), None)
    if chosen is None:
        raise NotFound("There is no whole backup here.")
    with suppress(msgspec.DecodeError):
        manifest = msgspec.json.decode(b"".join(target.read(path(chosen, MANIFEST))), type=Manifest)
        if manifest.format == FORMAT:
            return chosen, manifest
    raise Invalid(f"The manifest of {chosen} is damaged, or of a newer version.")


def entries(target: Blobs, name: str) -> Iterator[Entry]:
    """The entries of a backup, by key."""
    with target.open(path(name, ENTRIES)) as lines:
        for line in lines:
            yield msgspec.json.decode(line, type=Entry)


def part_of(target: Blobs, key: str) -> Part:
    """What a stored part comes to."""
    digest, size = hashlib.sha256(), 0
    for block in target.read(key):
        digest.update(block)
        size += len(block)
    return Part(size, digest.hexdigest())
