"""What uses up a user's quota, and what the stored bytes of the whole installation are."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select

from albumen.accounts import users
from albumen.libraries.models import File, Rendition, Resumable, Version
from albumen.unit import Unit


@dataclass(frozen=True)
class Uses:
    """A user's bytes by what they are for; `others` is what else counts, such as vaults."""

    originals: int
    versions: int
    renditions: int
    trash: int
    sending: int
    others: int
    used: int
    quota: int | None

    @property
    def share(self) -> float:
        """How much of the quota is used, 0 to 1; 0 without a quota."""
        return min(1.0, self.used / self.quota) if self.quota else 0.0


def of_user(unit: Unit) -> Uses:
    """What the acting user's bytes are.  Raises SignIn."""
    user = users.acting(unit)
    alive, newest = File.deleted_at.is_(None), Version.number == File.version
    sizes = select(func.coalesce(func.sum(Version.size_bytes), 0)).join(File, File.id == Version.file_id)
    mine = sizes.where(Version.added_by == user.id)
    made = select(func.coalesce(func.sum(Rendition.size_bytes), 0)).join(File, File.signature == Rendition.signature)
    own = made.where(File.added_by == user.id)
    sent = select(func.coalesce(func.sum(Resumable.size_bytes), 0))
    found = {
        "originals": _sum(unit, mine, alive, newest),
        "versions": _sum(unit, mine, alive, ~newest),
        "renditions": _sum(unit, own, alive),
        "trash": _sum(unit, mine, ~alive) + _sum(unit, own, ~alive),
        "sending": _sum(unit, sent, Resumable.user_id == user.id, Resumable.reserved_in.is_not(None)),
    }
    others = max(0, user.used_bytes - sum(found.values()))
    return Uses(**found, others=others, used=user.used_bytes, quota=users.quota_of(unit, user.quota_bytes))


def _sum(unit: Unit, sizes: Select[int], *which: ColumnElement[bool]) -> int:
    return int(unit.db.scalar(sizes.where(*which)) or 0)
