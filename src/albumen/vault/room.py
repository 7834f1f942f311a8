"""How much room a vault takes: its own quota, and that of its user."""

from albumen.kernel.errors import OverQuota, Quota
from albumen.libraries import tally
from albumen.unit import Unit
from albumen.vault.models import Vault


def check(unit: Unit, vault: Vault, size_bytes: int, *, here: int = 0, elsewhere: int = 0) -> None:
    """Refuse bytes that do not fit, without counting them yet: before they are received.  Raises OverQuota.

    `here` and `elsewhere` are bytes that were announced before, for this vault and for others of its user.
    """
    _refuse_over(vault, size_bytes + here)
    tally.check_user_quota(unit, size_bytes + here + elsewhere)


def reserve(unit: Unit, vault: Vault, size_bytes: int) -> None:
    """Count bytes against both quotas; the caller holds the vault.  Raises OverQuota, telling what is used and free."""
    _refuse_over(vault, size_bytes)
    vault.used_bytes += size_bytes
    unit.db.flush()
    tally.reserve_own(unit, size_bytes)


def give_back(unit: Unit, vault: Vault, size_bytes: int) -> None:
    """Count bytes no more; the caller holds the vault."""
    vault.used_bytes -= size_bytes
    unit.db.flush()
    tally.settle_own(unit, vault.user_id, -size_bytes)


def _refuse_over(vault: Vault, size_bytes: int) -> None:
    if vault.quota_bytes is None or vault.used_bytes + size_bytes <= vault.quota_bytes:
        return
    quota = Quota("vault", vault.used_bytes, vault.quota_bytes)
    told = f"{vault.used_bytes} bytes used, {quota.free_bytes} free, {size_bytes} more wanted."
    raise OverQuota(f"The vault's quota is used up: {told}", quota=quota)
