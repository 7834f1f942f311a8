"""A vault as plain files: everything that is needed to get it back with `age`, `jq` and `head`, and nothing else."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

from albumen_client.vault.devices import hexed
from albumen_client.vault.errors import Untrusted
from albumen_client.vault.keys import PASS, RECOVERY
from albumen_client.vault.records import dense
from albumen_client.vault.remote import Blob, Report
from albumen_client.vault.syncing import put_in_place
from albumen_client.vault.vault import Vault
from albumen_client.vault.verify import checked_rows

_BLOCK_BYTES = 1 << 20
_TOOLS = ("words.txt", "words.jq", "recover.sh")


def export(vault: Vault, to: Path, report: Report = lambda done: None) -> int:
    """Write key files, records and ciphertext below a folder, still sealed; how many blobs.  What is whole is kept.

    All of it must be what the log names, which has been read.  Raises Untrusted, and NotFound for what is lost.
    """
    small = {name: _key(vault, name) for name in (PASS, RECOVERY)}
    small |= {name: files("albumen_client.vault").joinpath(name).read_bytes() for name in _TOOLS}
    (to / "blobs").mkdir(parents=True, exist_ok=True)
    with _anew(to / "records.jsonl") as target:
        for row in checked_rows(vault):
            if row.record is not None:
                target.write(dense({"signature": row.signature, "record": row.record.split(".")[1]}) + b"\n")
    for name, content in small.items():
        with _anew(to / name) as target:
            target.write(content)
    done = 0
    for asset in list(vault.state.assets()):
        for resource in asset.record.resources if asset.is_live else ():
            path = to / "blobs" / resource.signature
            if not _is_whole(path, resource.blob):
                _fetch(vault, resource.blob, path)
            done += 1
            report(done)
    return done


@contextmanager
def _anew(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of the one before once it is whole and on the disk; else that one stays."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        put_in_place(part, path)
    finally:
        part.unlink(missing_ok=True)


def _key(vault: Vault, name: str) -> bytes:
    """A key file.  Raises Untrusted where it is not the one that was written last: it would not open this copy."""
    there, named = vault.remote.key(name), vault.state.fact(f"key {name}")
    if there is None or (named and hexed(there) != named):
        raise Untrusted("hidden", f"the host does not show the {name} that was written last; nothing was copied.")
    return there


def _is_whole(path: Path, blob: Blob) -> bool:
    if not path.is_file() or path.stat().st_size != blob.size_bytes:
        return False
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == blob.sha256


def _fetch(vault: Vault, blob: Blob, to: Path) -> None:
    part = to.with_suffix(".part")
    with part.open("wb") as target:
        while block := vault.remote.read_blob(blob.signature, target.tell(), _BLOCK_BYTES):
            target.write(block)
            if target.tell() > blob.size_bytes:
                break
    if not _is_whole(part, blob):
        part.unlink()
        raise Untrusted("swapped", "the host gave another encrypted file than the one that was asked for.")
    part.replace(to)
