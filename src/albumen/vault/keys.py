"""Key files: small sealed files by name, replaced only by whoever saw the one that stands."""

import re
from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from albumen.kernel.actor import Scope
from albumen.kernel.errors import Conflict, Invalid, NotFound, TooLarge
from albumen.unit import Unit
from albumen.vault import room, vaults
from albumen.vault.models import Vault, VaultKey

MOST_BYTES = 64 << 10
MOST = 200
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


def get(unit: Unit, name: str, key: str) -> VaultKey:
    """A key file with its content.  Raises NotFound, Denied."""
    vault = vaults.require(unit, name, Scope.read)
    return _there(unit, vault, key)


def _there(unit: Unit, vault: Vault, key: str) -> VaultKey:
    found = None
    if _NAME.fullmatch(key):
        found = unit.db.get(VaultKey, (vault.id, key), options=[undefer(VaultKey.content)])
    if found is None:
        raise NotFound("There is no such key file.")
    return found


def listed(unit: Unit, name: str) -> Sequence[VaultKey]:
    """All key files, without what is in them.  Raises NotFound, Denied."""
    vault = vaults.require(unit, name, Scope.read)
    return unit.db.scalars(select(VaultKey).where(VaultKey.vault_id == vault.id).order_by(VaultKey.name)).all()


def put(unit: Unit, name: str, key: VaultKey, *, seen: str | None) -> VaultKey:
    """Write a key file in the place of the one whose SHA-256 (hex) is `seen`, or where `seen` is None and none is.

    `key` brings name and content.  The same content again is no error.  Raises NotFound, Denied, Invalid, TooLarge,
    OverQuota, and Conflict `key-moved` where another stands there.
    """
    vault = vaults.require(unit, name, Scope.write)
    if not _NAME.fullmatch(key.name):
        raise Invalid("A key file's name has letters, digits, dots and hyphens.", errors=[("name", "not a name")])
    if len(key.content) > MOST_BYTES:
        raise TooLarge(f"A key file has {MOST_BYTES} bytes at most.")
    digest = sha256(key.content).hexdigest()
    there = unit.db.get(VaultKey, (vault.id, key.name))
    if there is not None and there.sha256 == digest:
        return there
    if (there and there.sha256) != seen:
        raise Conflict("The key file is another by now.", code="key-moved")
    return _write(unit, vault, key, digest)


def _write(unit: Unit, vault: Vault, key: VaultKey, digest: str) -> VaultKey:
    there = unit.db.get(VaultKey, (vault.id, key.name))
    if there is None:
        count = select(func.count()).select_from(VaultKey).where(VaultKey.vault_id == vault.id)
        if (unit.db.scalar(count) or 0) >= MOST:
            raise Conflict(f"A vault has {MOST} key files at most.")
    else:
        room.give_back(unit, vault, there.size_bytes)
    room.reserve(unit, vault, len(key.content))
    written = there or VaultKey(vault_id=vault.id, name=key.name)
    written.content, written.size_bytes, written.sha256 = key.content, len(key.content), digest
    written.written_at = unit.now
    unit.db.add(written)
    unit.db.flush()
    return written


def drop(unit: Unit, name: str, key: str, *, seen: str) -> None:
    """Delete the key file whose SHA-256 (hex) is `seen`; the last one stays.  Raises NotFound, Denied, Conflict."""
    vault = vaults.require(unit, name, Scope.write)
    there = _there(unit, vault, key)
    if there.sha256 != seen:
        raise Conflict("The key file is another by now.", code="key-moved")
    if len(listed(unit, name)) == 1:
        raise Conflict("This is the last key file: without it, nobody could open the vault.", code="last-key")
    room.give_back(unit, vault, there.size_bytes)
    unit.db.delete(there)
