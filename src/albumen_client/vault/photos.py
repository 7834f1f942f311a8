"""What can be done with the photos of a vault, also while there is no host: it is noted, and told by the next push."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from albumen_client.vault import sealing
from albumen_client.vault.errors import Absent
from albumen_client.vault.records import ORIGINALS, Resource, asset_signature
from albumen_client.vault.remote import Report
from albumen_client.vault.sealing import Plain
from albumen_client.vault.state import Asset
from albumen_client.vault.syncing import put_in_place, synced
from albumen_client.vault.vault import Vault

_LARGE_BYTES = 64 << 20
"""From here on hashing takes longer than going through all records."""


@dataclass(frozen=True)
class Portrait:
    """What a device can say of a photo by looking at it: fields of its record, and thumbnails as files."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    thumbnails: tuple[Plain, ...] = ()


def add(
    vault: Vault, files: Sequence[Plain], portrait: Portrait | None = None, report: Report = lambda done: None
) -> str:
    """Seal the files that make one asset, and note that it is to be put; its signature.

    The first is the one that the photo is known by.  Nothing is done where a live asset has all of them already.
    """
    if known := _known(vault, [each for each in files if each.kind in ORIGINALS]):
        return known
    seen = portrait or Portrait()
    root = vault.root
    resources = [sealing.seal_file(each, root, vault.spool, report) for each in (*files, *seen.thumbnails)]
    signature = asset_signature(resources)
    with vault.state.writing():
        for resource in resources:
            vault.outbox.send(resource)
        told = {"resources": [each.to_json() for each in resources], "fields": dict(seen.fields)}
        vault.outbox.intend("put", signature, told)
    return signature


def illustrate(vault: Vault, signature: str, portrait: Portrait) -> None:
    """Note that thumbnails, and what else was seen, are to be added to a photo of which no device has made any."""
    resources = [sealing.seal_file(each, vault.root, vault.spool) for each in portrait.thumbnails]
    with vault.state.writing():
        for resource in resources:
            vault.outbox.send(resource)
        told = {"resources": [each.to_json() for each in resources], "fields": dict(portrait.fields)}
        vault.outbox.intend("put", signature, told)


def _known(vault: Vault, originals: Sequence[Plain]) -> str | None:
    """The live asset that has all of them."""
    if any(_is_surely_new(vault, each) for each in originals):
        return None
    digests = [_digest(each) for each in originals]
    known = vault.state.holding(digests[0])
    return known if known and {each.sha256 for each in live(vault, known).record.resources} >= set(digests) else None


def _is_surely_new(vault: Vault, plain: Plain) -> bool:
    """Whether no file is that large: a large one is then read only once, to seal it."""
    size_bytes = plain.content.seek(0, io.SEEK_END)
    return size_bytes >= _LARGE_BYTES and not has_size(vault, size_bytes)


def has_size(vault: Vault, size_bytes: int) -> bool:
    """Whether any file of the vault has this many bytes."""
    query = "SELECT 1 FROM resources WHERE json_extract(told, '$.size') = ? LIMIT 1"
    return bool(vault.state.db.execute(query, (size_bytes,)).fetchone())


def _digest(plain: Plain) -> str:
    plain.content.seek(0)
    return sealing.digest_of(plain.content)


def edit(vault: Vault, signature: str, fields: Mapping[str, Any]) -> None:
    """Set fields; None takes one away.  Raises Absent."""
    asset = live(vault, signature)
    base = {name: asset.record.fields.get(name) for name in fields}
    with vault.state.writing():
        vault.outbox.intend("edit", signature, {"fields": dict(fields), "base": base})


def delete(vault: Vault, signature: str) -> None:
    """Delete a photo; it can be restored for 30 days.  Raises Absent."""
    seen = [each.sha256 for each in live(vault, signature).record.originals]
    with vault.state.writing():
        vault.outbox.intend("delete", signature, {"seen": seen})


def restore(vault: Vault, signature: str) -> None:
    """Have a deleted photo back.  Raises Absent where there is none, or its time has passed."""
    asset = vault.state.asset(signature)
    if asset is None or asset.is_live or any(vault.state.is_collected(each.blob) for each in asset.record.resources):
        raise Absent("There is no such deleted photo that could be restored.")
    with vault.state.writing():
        vault.outbox.intend("restore", signature, {})


def live(vault: Vault, signature: str) -> Asset:
    """A photo that is there.  Raises Absent."""
    asset = vault.state.asset(signature)
    if asset is None or not asset.is_live:
        raise Absent("There is no such photo in the vault.")
    return asset


def find(vault: Vault, wanted: str) -> Iterator[Asset]:
    """Live photos by signature, by its beginning (at least 6 characters), or by file name."""
    for asset in vault.state.assets():
        names = {each.file_name for each in asset.record.resources if each.kind != "thumbnail"}
        if asset.is_live and (wanted in names or (len(wanted) >= 6 and asset.signature.startswith(wanted))):
            yield asset


def open_resource(vault: Vault, resource: Resource) -> io.BufferedReader:
    """A file of the vault to read and seek in; it ends with its padding.  Raises Untrusted, Unreachable, Refused."""
    reader = sealing.reader_of(resource, sealing.fetch_from(vault.remote, resource.signature), vault.secrets)
    return io.BufferedReader(reader, buffer_size=64 << 10)


def copy_out(vault: Vault, resource: Resource, target: BinaryIO, report: Report = lambda done: None) -> None:
    """Write a file as it was, checked while it comes.  Raises Untrusted, Unreachable, Refused."""
    fetch = sealing.fetch_from(vault.remote, resource.signature)
    sealing.copy_to(target, resource, sealing.reader_of(resource, fetch, vault.secrets), report)


def save(vault: Vault, resource: Resource, to: Path, report: Report = lambda done: None) -> None:
    """Have a file at a path, whole, checked and on the disk, or not at all."""
    part = to.with_name(f".{to.name[:180]}.part")
    try:
        part.unlink(missing_ok=True)
        with synced(part) as target:
            copy_out(vault, resource, target, report)
        put_in_place(part, to)
    finally:
        part.unlink(missing_ok=True)


def check(vault: Vault, resource: Resource) -> None:
    """Read a file back from the host, all of it.  Raises Untrusted where it is not what was put there."""
    sealing.check(resource, sealing.fetch_from(vault.remote, resource.signature), vault.secrets)
