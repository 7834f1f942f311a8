"""Deleted vaults: once they are kept no longer, their rows go for good, and then their bytes."""

from datetime import timedelta

from sqlalchemy import delete, select

from albumen.app import App
from albumen.changes import audit
from albumen.db import locks
from albumen.kernel.actor import SYSTEM
from albumen.vault import room
from albumen.vault.models import Vault, VaultBlob, VaultLink

_BATCH = 500


def after_grace(app: App) -> int:
    """Purge the vaults that were deleted long enough ago; returns how many.  Repeating it does no harm."""
    before = app.clock() - timedelta(days=app.settings.libraries.trash_days)
    with app.reading(SYSTEM) as unit:
        over = unit.db.scalars(select(Vault.id).where(Vault.deleted_at <= before)).all()
    for vault_id in over:
        while _purge_some(app, vault_id):
            pass
    return len(over)


def _purge_some(app: App, vault_id: int) -> bool:
    """Purge a batch of blobs, or the rest of the vault where none is left; False once all is gone."""
    before = app.clock() - timedelta(days=app.settings.libraries.trash_days)
    with app.writing(SYSTEM) as unit:
        locks.hold(unit.db, Vault.id, [vault_id])
        vault = unit.db.get(Vault, vault_id)
        if vault is None or vault.deleted_at is None or vault.deleted_at > before:
            return False
        some = unit.db.scalars(select(VaultBlob).where(VaultBlob.vault_id == vault_id).limit(_BATCH)).all()
        room.give_back(unit, vault, sum(each.size_bytes for each in some) if some else vault.used_bytes)
        chosen = [each.id for each in some]
        unit.db.execute(delete(VaultBlob).where(VaultBlob.id.in_(chosen)).execution_options(synchronize_session=False))
        if not some:
            audit.note(unit, "purge", ("vault", vault_id), events=vault.head)
            unit.db.delete(vault)
    for each in some:
        app.blobs.delete(each.key)
    return bool(some)


def expire_links(app: App) -> None:
    """Forget the links whose time is over."""
    with app.reading(SYSTEM) as unit:
        over = unit.db.scalars(select(VaultLink).where(VaultLink.expires_at <= unit.now).limit(_BATCH)).all()
    for link in over:
        with app.writing(SYSTEM) as unit:
            locks.hold(unit.db, Vault.id, [link.vault_id])
            there = unit.db.get(VaultLink, link.id)
            if there is not None and there.expires_at is not None and there.expires_at <= unit.now:
                room.give_back(unit, unit.db.get_one(Vault, link.vault_id), there.size_bytes)
                unit.db.delete(there)
