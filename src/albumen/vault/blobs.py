"""Blobs of vaults: sealed bytes under the names that devices gave them, stored for good before a row says so."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from secrets import token_hex

from sqlalchemy import select

from albumen.app import App
from albumen.blobs.layout import spread
from albumen.blobs.port import Spool
from albumen.kernel import ids
from albumen.kernel.actor import Actor, Scope
from albumen.kernel.errors import Conflict, Invalid, NotFound
from albumen.libraries import uploads
from albumen.unit import Unit
from albumen.vault import room, vaults
from albumen.vault.models import Vault, VaultBlob

PREFIX = "vault"
"""What the keys of all blobs of vaults begin with."""
_SIGNATURE = re.compile(r"[A-Za-z0-9+_-]{43}=")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Name:
    """A blob by its vault's id and its own signature."""

    vault: str
    signature: str


@dataclass(frozen=True)
class Stored:
    """A blob of a vault as a device speaks of it: its name, size, and the SHA-256 of its bytes in hex."""

    signature: str
    size_bytes: int
    sha256: str


def signature(told: str) -> str:
    """A signature as it is kept, `-` read as `+`.  Raises NotFound where it is none."""
    if not _SIGNATURE.fullmatch(told):
        raise NotFound("There is no such blob.")
    return told.replace("-", "+")


def sha256(told: str) -> str:
    """A hash in hex, as it is kept.  Raises Invalid where it is none."""
    if not _SHA256.fullmatch(told.lower()):
        raise Invalid("A hash has 64 hexadecimal digits.", errors=[("sha256", "not a SHA-256")])
    return told.lower()


def find(unit: Unit, vault: Vault, name: str) -> VaultBlob | None:
    """The blob with this name, if it is there."""
    here = VaultBlob.vault_id == vault.id
    return unit.db.scalar(select(VaultBlob).where(here, VaultBlob.signature == name))


def get(unit: Unit, name: Name) -> VaultBlob:
    """A blob to be read.  Raises NotFound, Denied."""
    vault = vaults.require(unit, name.vault, Scope.read)
    blob = find(unit, vault, signature(name.signature))
    if blob is None:
        raise NotFound("There is no such blob.")
    return blob


def listed(unit: Unit, vault: Vault, *, after: str, limit: int) -> Sequence[VaultBlob]:
    """Blobs whose names sort behind `after`, by name."""
    here = select(VaultBlob).where(VaultBlob.vault_id == vault.id, VaultBlob.signature > after)
    return unit.db.scalars(here.order_by(VaultBlob.signature).limit(limit)).all()


def missing(unit: Unit, vault: Vault, wanted: Iterable[Stored]) -> list[str]:
    """The names of those that are not there with this size and this hash."""
    return [each.signature for each in wanted if not _is(find(unit, vault, each.signature), each)]


def _is(blob: VaultBlob | None, wanted: Stored) -> bool:
    return blob is not None and (blob.size_bytes, blob.sha256.hex()) == (wanted.size_bytes, wanted.sha256)


def check_size(size_bytes: int) -> None:
    """Refuse an empty blob, which would cost a row and weigh nothing.  Raises Invalid."""
    if size_bytes == 0:
        raise Invalid("A blob is not empty.")


def admit(app: App, actor: Actor, name: Name, size_bytes: int) -> None:
    """Refuse a blob that need not come, before it does.  Raises NotFound, Denied, TooLarge, OverQuota."""
    uploads.check_room(app, size_bytes)
    signature(name.signature)
    with app.reading(actor) as unit:
        vault = vaults.require(unit, name.vault, Scope.write)
        room.check(unit, vault, size_bytes)


def keep(app: App, actor: Actor, name: Name, spool: Spool) -> tuple[VaultBlob, bool]:
    """Store what has come whole, then its row; says whether it is new.

    The same bytes again are no error.  Raises NotFound, Denied, Conflict where others have it, Invalid, OverQuota.
    """
    check_size(spool.size_bytes)
    stored = Stored(signature(name.signature), spool.size_bytes, spool.digest.hex())
    with app.reading(actor) as unit:
        there = _standing(unit, name, stored)
    if there is not None:
        return there, False
    key = _key(name)
    app.blobs.put(key, spool)
    blob = None
    try:
        with app.writing(actor) as unit:
            blob = _standing(unit, name, stored) or _add(unit, name, stored, key)
    finally:
        if blob is None or blob.key != key:
            app.blobs.delete(key)
    return blob, blob.key == key


def _standing(unit: Unit, name: Name, stored: Stored) -> VaultBlob | None:
    """The same blob, if it is there.  Raises Conflict where another one is."""
    blob = find(unit, vaults.require(unit, name.vault, Scope.write), stored.signature)
    if blob is not None and not _is(blob, stored):
        raise Conflict("Other bytes have this name.", code="blob-taken")
    return blob


def _add(unit: Unit, name: Name, stored: Stored, key: str) -> VaultBlob:
    vault = vaults.require(unit, name.vault, Scope.write)
    room.reserve(unit, vault, stored.size_bytes)
    blob = VaultBlob(
        id=ids.new_id(),
        vault_id=vault.id,
        signature=stored.signature,
        key=key,
        size_bytes=stored.size_bytes,
        sha256=bytes.fromhex(stored.sha256),
        stored_at=unit.now,
    )
    unit.db.add(blob)
    unit.db.flush()
    return blob


def _key(name: Name) -> str:
    """A key that no other upload has, so that taking one away never takes another's bytes."""
    plain = signature(name.signature)
    return f"{PREFIX}/{name.vault}/{spread(plain)}/{plain}-{token_hex(8)}"


def drop(app: App, actor: Actor, name: Name, digest: str) -> bool:
    """Delete the blob, if it still has this hash: first its row, then its bytes.  Raises NotFound, Denied, Invalid.

    Where it is gone, or other bytes have its name, nothing happens and the answer is False.
    """
    wanted, wanted_sha256 = signature(name.signature), sha256(digest)
    with app.writing(actor) as unit:
        vault = vaults.require(unit, name.vault, Scope.write)
        blob = find(unit, vault, wanted)
        if blob is None or blob.sha256.hex() != wanted_sha256:
            return False
        room.give_back(unit, vault, blob.size_bytes)
        unit.db.delete(blob)
    app.blobs.delete(blob.key)
    return True
