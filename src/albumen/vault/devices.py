"""Devices: each has a token of its own for one vault, and can be shut out by itself."""

from collections.abc import Sequence
from datetime import timedelta
from secrets import token_urlsafe

from sqlalchemy import func, select, update

from albumen.accounts.models import User
from albumen.accounts.sessions import token_hash
from albumen.app import App
from albumen.changes import audit
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor, Scope
from albumen.kernel.errors import Conflict, NotFound, SignIn
from albumen.unit import Unit
from albumen.vault import vaults
from albumen.vault.models import Vault, VaultDevice

PREFIX = "vlt_"
"""What tokens of devices begin with."""
MOST = 200
_SCOPES = frozenset({Scope.read, Scope.write})
_TOUCH = timedelta(minutes=10)


def is_token(told: str) -> bool:
    """Whether this looks like a device's token."""
    return told.startswith(PREFIX)


def add(unit: Unit, name: str, *, label: str | None) -> tuple[VaultDevice, str]:
    """Let a device in; its row and its token, which is never shown again.  Raises NotFound, Denied, Conflict."""
    vault = vaults.owned(unit, name)
    for scope in _SCOPES:  # nobody gives away what they lack
        vaults.check(unit, scope)
    count = select(func.count()).select_from(VaultDevice).where(VaultDevice.vault_id == vault.id)
    if (unit.db.scalar(count.where(VaultDevice.revoked_at.is_(None))) or 0) >= MOST:
        raise Conflict(f"A vault has {MOST} devices at most.")
    token, seen = PREFIX + token_urlsafe(32), "".join(letter for letter in label or "" if letter.isprintable())
    device = VaultDevice(
        id=ids.new_id(), vault_id=vault.id, token_hash=token_hash(token), label=seen or None, created_at=unit.now
    )
    unit.db.add(device)
    unit.db.flush()
    audit.note(unit, "admit", ("vault-device", device.id), vault=ids.encode(vault.id))
    return device, token


def listed(unit: Unit, name: str) -> Sequence[VaultDevice]:
    """The devices of a vault, also those shut out, the oldest first.  Raises NotFound, Denied."""
    vault = vaults.owned(unit, name)
    here = select(VaultDevice).where(VaultDevice.vault_id == vault.id)
    return unit.db.scalars(here.order_by(VaultDevice.created_at, VaultDevice.id)).all()


def revoke(unit: Unit, name: str, device_id: int) -> None:
    """Shut a device out: its token is good for nothing from here on.  Raises NotFound, Denied."""
    vault = vaults.owned(unit, name)
    device = unit.db.get(VaultDevice, device_id)
    if device is None or device.vault_id != vault.id:
        raise NotFound("There is no such device.")
    if device.revoked_at is None:
        device.revoked_at = unit.now
        audit.note(unit, "revoke", ("vault-device", device.id))


def revoke_all(unit: Unit, user_id: int) -> None:
    """Shut all devices of a user's vaults out."""
    own = select(Vault.id).where(Vault.user_id == user_id)
    is_in = (VaultDevice.vault_id.in_(own), VaultDevice.revoked_at.is_(None))
    shut = update(VaultDevice).where(*is_in).values(revoked_at=unit.now)
    unit.db.execute(shut.execution_options(synchronize_session=False))


def resume(app: App, token: str) -> Actor:
    """Who a device's token stands for: its vault's user, for that vault alone.  Raises SignIn."""
    with app.reading(SYSTEM) as unit:
        found = unit.db.execute(
            select(VaultDevice, User)
            .join(Vault, Vault.id == VaultDevice.vault_id)
            .join(User, User.id == Vault.user_id)
            .where(VaultDevice.token_hash == token_hash(token))
        ).first()
        if found is None or found.VaultDevice.revoked_at is not None or found.User.disabled_at is not None:
            raise SignIn("This device may not come any more.")
        seen_at = found.VaultDevice.seen_at
        is_stale = seen_at is None or unit.now - seen_at > _TOUCH
    if is_stale:
        _touch(app, found.VaultDevice.id)
    return Actor(found.User.id, _SCOPES, libraries=frozenset({found.VaultDevice.vault_id}))


def _touch(app: App, device_id: int) -> None:
    with app.writing(SYSTEM) as unit:
        unit.db.execute(update(VaultDevice).where(VaultDevice.id == device_id).values(seen_at=unit.now))
