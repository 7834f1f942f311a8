"""Previews for photos that came without: the browser or the device that added them could not read them."""

import secrets
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from albumen_client.vault import photos
from albumen_client.vault.looking import look
from albumen_client.vault.state import Asset
from albumen_client.vault.vault import Vault


def wanting(vault: Vault) -> Iterator[Asset]:
    """Live photos without a preview."""
    for asset in vault.state.assets():
        if asset.is_live and asset.record.originals[0].kind == "photo" and not asset.record.has_thumbnail:
            yield asset


def add(vault: Vault, asset: Asset) -> bool:
    """Fetch a photo and note what is seen in it; whether this device can read it.  Raises Untrusted, Refused."""
    original = asset.record.originals[0]
    ending = PurePosixPath(original.file_name).suffix[:8]
    path = vault.spool / f"part-{secrets.token_hex(8)}{ending if ending.isascii() and ending[1:].isalnum() else ''}"
    try:
        photos.save(vault, original, path)
        return add_from(vault, asset, path)
    finally:
        path.unlink(missing_ok=True)


def add_from(vault: Vault, asset: Asset, path: Path) -> bool:
    """The same where the photo lies here."""
    portrait = look(path)
    if portrait.thumbnails:
        photos.illustrate(vault, asset.signature, portrait)
    return bool(portrait.thumbnails)
