"""Links for visitors: what the fragment opens is a manifest with the file key of each photo, and nothing else."""

import base64
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from albumen_client.vault import age, chunks, photos
from albumen_client.vault.keys import Identity
from albumen_client.vault.records import Resource, dense
from albumen_client.vault.remote import Link
from albumen_client.vault.vault import Vault

_HEAD_BYTES = 1024


@dataclass(frozen=True)
class Bounds:
    """How long a link is good, and how often it may be opened."""

    expires_at: datetime | None = None
    most_views: int | None = None


def share(vault: Vault, signatures: Sequence[str], name: str, bounds: Bounds) -> str:
    """Publish these photos; the whole address, whose fragment never reaches the host.  Raises NotOffered."""
    seed = os.urandom(32)
    assets = [photos.live(vault, signature) for signature in signatures]
    files = [(asset.signature, each) for asset in assets for each in asset.record.resources]
    manifest = dense({"v": 1, "name": name, "files": [_told(vault, asset, each) for asset, each in files]})
    sealed = chunks.seal_for(manifest, reader_of(seed).public)
    names = tuple(sorted({each.signature for _, each in files}))
    link = Link(secrets.token_urlsafe(16), sealed, names, bounds.expires_at, bounds.most_views)
    address = vault.remote.put_link(link)
    return f"{address}#{base64.urlsafe_b64encode(seed).decode().rstrip('=')}"


def reader_of(seed: bytes) -> Identity:
    """Who opens the manifest: an X25519 key of age, from the 32 bytes of the fragment."""
    return Identity(age.derive(seed, b"albumen vault link"))


def _told(vault: Vault, asset: str, resource: Resource) -> dict[str, object]:
    head = vault.remote.read_blob(resource.signature, 0, min(_HEAD_BYTES, resource.blob.size_bytes))
    opened = chunks.begin(head, lambda header: age.unwrap(header, vault.secrets))
    return {
        "asset": asset,
        "blob": resource.signature,
        "blobSize": resource.blob.size_bytes,
        "blobBeginning": resource.beginning,
        "fileKey": base64.b64encode(opened.file_key).decode(),
        "size": resource.size_bytes,
        "name": resource.file_name,
        "type": resource.kind,
    }
