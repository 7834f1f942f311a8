"""Resumable uploads into vaults: the same as of photos, but nobody looks at what has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex

from sqlalchemy import ColumnElement, func, select

from albumen.app import App
from albumen.blobs.port import Spool
from albumen.kernel.actor import Actor, Scope
from albumen.kernel.errors import Conflict, Invalid, Locked
from albumen.libraries.models import Resumable
from albumen.libraries.senders import Announced, Brought, Sender
from albumen.unit import Unit
from albumen.vault import blobs, room, vaults
from albumen.vault.blobs import Name, Stored
from albumen.vault.models import Vault

VAULT, SIGNATURE, SHA256 = "vault", "signature", "sha256"
"""The words by which `Upload-Metadata` names a vault and a blob, and tells the hash of its bytes in hex."""
_NAME = "vault:"


@dataclass(frozen=True)
class VaultSender(Sender):
    """A user, or a device of the user's, who sends blobs into a vault."""

    vault: str = ""

    def announce(self, unit: Unit, new: Announced) -> Resumable:
        """Make ready for a blob; it counts once it is whole.  Raises NotFound, Denied, Invalid, Conflict, OverQuota."""
        vault = vaults.require(unit, self.vault, Scope.write)
        name = blobs.signature(new.pairs.get(SIGNATURE, ""))
        digest = blobs.sha256(new.pairs.get(SHA256, ""))
        there = blobs.find(unit, vault, name)
        if there is not None and blobs.missing(unit, vault, [Stored(name, new.size_bytes, digest)]):
            raise Conflict("Other bytes have this name.", code="blob-taken")
        here, elsewhere = _coming(unit, vault, name)
        room.check(unit, vault, new.size_bytes, here=here, elsewhere=elsewhere)
        row = Resumable(
            user_id=vault.user_id,
            filename="",
            told={SIGNATURE: name, SHA256: digest},
            described=new.described,
            sender=self.name,
            size_bytes=new.size_bytes,
            offset_bytes=0,
            spool=token_hex(16),
            created_at=unit.now,
            expires_at=unit.now + self.life,
        )
        unit.db.add(row)
        unit.db.flush()
        return row

    def keep(self, row: Resumable, spool: Spool) -> Brought:
        """Store the blob with its row, if it is the one that was announced.  Raises Invalid, OverQuota, NotFound."""
        if spool.digest.hex() != row.told[SHA256]:
            raise Invalid("These are not the bytes that were announced.", code="digest-mismatch")
        try:
            blob, _ = blobs.keep(self.app, self.actor, Name(self.vault, str(row.told[SIGNATURE])), spool)
        except Locked:
            raise
        except Conflict as conflict:  # which no second attempt with the same bytes would change
            raise Invalid(conflict.detail, code=conflict.specific) from None
        return lambda unit, filed: blob.id


def _coming(unit: Unit, vault: Vault, name: str) -> tuple[int, int]:
    """How many bytes are announced and not there yet: for this vault, and for the others of its user.

    A blob counts once, however often devices that were broken off announce it; the one of this name not at all.
    """
    signature = Resumable.told[SIGNATURE].as_string()
    mine = (Resumable.user_id == vault.user_id, Resumable.sender.startswith(_NAME), signature != name)
    one = func.max(Resumable.size_bytes).label("size")
    each = select(Resumable.sender, one).where(*mine, *_going(unit)).group_by(Resumable.sender, signature).subquery()
    found = unit.db.execute(select(each.c.sender, func.sum(each.c.size)).group_by(each.c.sender))
    sizes = {sender: int(size) for sender, size in found}
    here = sizes.pop(f"{_NAME}{vault.name}", 0)
    return here, sum(sizes.values())


def _going(unit: Unit) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """What uploads are like that can be gone on with."""
    return Resumable.file_id.is_(None), Resumable.expires_at > unit.now


def announcing(app: App, actor: Actor, told: Mapping[str, str]) -> VaultSender:
    """Who announces a blob for the vault in its metadata."""
    return VaultSender(app, actor, f"{_NAME}{told[VAULT]}", told[VAULT])


def begun(unit: Unit, name: str, signature: str | None) -> Sequence[Resumable]:
    """The uploads into a vault that can be gone on with; those of one blob, or all.  Raises NotFound, Denied."""
    vault = vaults.require(unit, name, Scope.write)
    mine = (Resumable.user_id == vault.user_id, Resumable.sender == f"{_NAME}{name}")
    going = select(Resumable).where(*mine, *_going(unit))
    found = unit.db.scalars(going.order_by(Resumable.created_at, Resumable.id)).all()
    return [each for each in found if signature in (None, each.told[SIGNATURE])]


def is_for_vault(row: Resumable) -> bool:
    """Whether it brings a blob."""
    return row.sender is not None and row.sender.startswith(_NAME)


def going_on(app: App, actor: Actor, row: Resumable) -> VaultSender:
    """Who goes on with the upload of a blob.  Raises NotFound, Denied."""
    vault = (row.sender or "").removeprefix(_NAME)
    with app.reading(actor) as unit:
        vaults.require(unit, vault, Scope.write)
    return VaultSender(app, actor, row.sender, vault)
