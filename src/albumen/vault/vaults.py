"""Vaults: made by a user, opened by that user and by the devices that the user let in, and by nobody else."""

import re
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from albumen.changes import audit
from albumen.db import locks
from albumen.kernel import ids
from albumen.kernel.actor import Scope
from albumen.kernel.errors import Conflict, Denied, Invalid, NotFound, SignIn
from albumen.unit import Unit
from albumen.vault.models import Vault

MOST = 100
"""Vaults of one user."""
_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def create(unit: Unit, *, name: str | None = None, quota_bytes: int | None = None) -> Vault:
    """Make an empty vault of the acting user's own.  Raises SignIn, Denied, Invalid, Conflict."""
    check(unit, Scope.write)
    check_whole(unit)
    if unit.actor.user_id is None:
        raise SignIn
    chosen = name or str(uuid4())
    if not _NAME.fullmatch(chosen):
        raise Invalid("A vault's id is a UUID in lower case.", errors=[("vaultId", "not a UUID")])
    if unit.db.scalar(select(Vault.id).where(Vault.name == chosen)) is not None:
        raise Conflict("There is a vault with this id already.")
    if len(mine(unit)) >= MOST:
        raise Conflict(f"A user has {MOST} vaults at most.")
    user_id = unit.actor.user_id
    vault = Vault(id=ids.new_id(), name=chosen, user_id=user_id, quota_bytes=quota_bytes, created_at=unit.now)
    unit.db.add(vault)
    unit.db.flush()
    audit.note(unit, "create", ("vault", vault.id))
    return vault


def mine(unit: Unit) -> list[Vault]:
    """The vaults that the actor may open, the oldest first.  Raises Denied."""
    check(unit, Scope.read)
    own = select(Vault).where(Vault.user_id == unit.actor.user_id, Vault.deleted_at.is_(None))
    if unit.actor.libraries is not None:
        own = own.where(Vault.id.in_(unit.actor.libraries))
    return list(unit.db.scalars(own.order_by(Vault.created_at, Vault.id)))


def require(unit: Unit, name: str, needed: Scope) -> Vault:
    """A vault that the actor may open; a unit that writes has it to itself from here on.

    Raises NotFound where the actor may not know of it, Denied where the credential was not made for this.
    """
    vault = _find(unit, name)
    if vault is None or vault.deleted_at is not None:
        raise NotFound("There is no such vault.")
    check(unit, needed)
    return vault


def _find(unit: Unit, name: str) -> Vault | None:
    actor = unit.actor
    if not _NAME.fullmatch(name):
        return None
    vault = unit.db.scalar(select(Vault).where(Vault.name == name, Vault.user_id == actor.user_id))
    if vault is None or (actor.libraries is not None and vault.id not in actor.libraries):
        return None
    locks.hold(unit.db, Vault.id, [vault.id])
    return vault


def check(unit: Unit, needed: Scope) -> None:
    """Raises Denied where the credential was not made for this."""
    if needed not in unit.actor.scopes:
        raise Denied(f"This key lacks the scope {needed}.")


def check_whole(unit: Unit) -> None:
    """Raises Denied where the credential opens some things only, as that of a device does."""
    if unit.actor.libraries is not None:
        raise Denied("This takes the user's own credentials, not those of a device.")


def owned(unit: Unit, name: str) -> Vault:
    """A vault, for what its user alone decides.  Raises NotFound, Denied."""
    vault = require(unit, name, Scope.write)
    check_whole(unit)
    return vault


def delete(unit: Unit, vault: Vault) -> None:
    """Close a vault; its user can have it back for as long as the trash is kept."""
    vault.deleted_at = unit.now
    audit.note(unit, "delete", ("vault", vault.id))


def restore(unit: Unit, name: str, *, kept: timedelta) -> Vault:
    """Open a deleted vault again, within the time that such things are kept.  Raises NotFound, Denied."""
    vault = _find(unit, name)
    if vault is None or (vault.deleted_at is not None and vault.deleted_at + kept <= unit.now):
        raise NotFound("There is no such vault.")
    check_whole(unit)
    check(unit, Scope.write)
    if vault.deleted_at is not None:
        vault.deleted_at = None
        audit.note(unit, "restore", ("vault", vault.id))
    return vault
