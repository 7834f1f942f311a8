"""Restoring a backup into a place that holds nothing yet: every byte is compared on its way, the rows come last.

What is broken off has no database, and is no installation: it is to be removed and restored anew.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from albumen.blobs import disk
from albumen.blobs.port import Blobs, Corrupt
from albumen.kernel.errors import Conflict, Invalid, NotFound
from albumen.operations.backups import manifests, snapshots
from albumen.operations.backups.manifests import DATABASE, ENTRIES, SECRET, Entry, Manifest
from albumen.operations.checking import stored

Progress = Callable[[int], None]
SPOOLS = ".spools-of-backups"
"""A folder that speaking to a bucket makes; it holds nothing of its own."""


@dataclass
class Restored:
    """What came back, and what did not: keys whose bytes the backup has lost, and those it never had."""

    name: str
    manifest: Manifest
    blob_count: int = 0
    size_bytes: int = 0
    damaged: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether all is back that there was."""
        return not self.damaged and not self.manifest.absent


def check_empty(data_dir: Path) -> None:
    """Raises Conflict where the folder holds something."""
    held = (each.name for each in data_dir.iterdir()) if data_dir.is_dir() else iter(())
    if data_dir.is_file() or any(name != SPOOLS for name in held):
        raise Conflict("The data directory is not empty. Restore into a new one, and move it when all is well.")


def restore(
    backup: Blobs, name: str | None, data_dir: Path, store: Blobs, progress: Progress = lambda _: None
) -> Restored:
    """Bring a backup (the newest, without a name) back: bytes into a store, the rest into a folder that is there.

    Raises NotFound, and Invalid where its rows are damaged; damaged bytes are named in the answer.
    """
    chosen, manifest = manifests.read(backup, name)
    half = data_dir / f".{DATABASE}"
    for part in manifest.parts:
        _fetch(backup, chosen, manifest, part, half if part == DATABASE else data_dir / f".{part}")
    wrong = snapshots.check(half)
    if wrong is not None:
        raise Invalid(f"The rows of this backup are damaged: {wrong}.")
    restored = Restored(chosen, manifest)
    for entry in manifests.entries(backup, chosen):
        if _copy(backup, store, entry):
            restored.blob_count += 1
            restored.size_bytes += entry.size
            progress(restored.blob_count)
        else:
            restored.damaged.append(entry.key)
    _settle(data_dir, manifest)
    return restored


def _fetch(backup: Blobs, name: str, manifest: Manifest, part: str, file: Path) -> None:
    key, said = manifests.path(name, part), manifest.parts[part]
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as writer:
        for block in backup.read(key):
            writer.write(block)
        writer.flush()
        os.fsync(writer.fileno())
    if manifests.part_of(backup, key) != said or file.stat().st_size != said.size:
        raise Invalid(f"{part} of the backup {name} is damaged. Choose another one.")


def _copy(backup: Blobs, store: Blobs, entry: Entry) -> bool:
    try:
        with store.spool() as spool:
            for block in backup.read(entry.at):
                spool.write(block)
            if (spool.size_bytes, spool.crc32) != (entry.size, spool.crc32 if entry.crc32 is None else entry.crc32):
                return False
            if entry.sha256 not in (None, spool.signature):
                return False
            store.put(entry.key, spool)
    except (NotFound, Conflict, Corrupt):
        return False
    return True


def _settle(data_dir: Path, manifest: Manifest) -> None:
    """Give the fetched files their names, the database last."""
    (data_dir / f".{ENTRIES}").unlink(missing_ok=True)
    for part in (SECRET, DATABASE):
        if part in manifest.parts:
            (data_dir / f".{part}").rename(data_dir / part)
    disk.sync_folder(data_dir)


def verify(backup: Blobs, name: str | None = None, progress: Progress = lambda _: None) -> Restored:
    """Read all of a backup and compare its digests, writing nothing.  Raises NotFound, Invalid."""
    chosen, manifest = manifests.read(backup, name)
    for part, said in manifest.parts.items():
        if manifests.part_of(backup, manifests.path(chosen, part)) != said:
            raise Invalid(f"{part} of the backup {chosen} is damaged.")
    found = Restored(chosen, manifest)
    for entry in manifests.entries(backup, chosen):
        if _is_whole(backup, entry):
            found.blob_count += 1
            found.size_bytes += entry.size
            progress(found.blob_count)
        else:
            found.damaged.append(entry.key)
    return found


def _is_whole(backup: Blobs, entry: Entry) -> bool:
    try:
        found = stored.digest(backup, entry.at)
    except (NotFound, Corrupt):
        return False
    crc32, sha256 = entry.crc32, entry.sha256
    is_same = crc32 in (None, found.crc32) and sha256 in (None, found.signature)
    return is_same and found.size_bytes == entry.size
