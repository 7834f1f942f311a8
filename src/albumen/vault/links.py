"""Links to parts of a vault: visitors fetch a sealed manifest and the blobs in it; the keys never come here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

from sqlalchemy import func, or_, select, update

from albumen.kernel import ids
from albumen.kernel.actor import Scope
from albumen.kernel.errors import Conflict, Gone, Invalid, NotFound, TooLarge
from albumen.unit import Unit
from albumen.vault import blobs, room, vaults
from albumen.vault.models import Vault, VaultBlob, VaultLink, VaultLinkBlob

MOST = 1000
MOST_BLOBS = 6000
MOST_BYTES = 512 << 10
LINGER = timedelta(hours=6)
"""For how long the last visitor of a link may go on fetching."""
_BATCH = 500
_NAME_BYTES = 64
"""What the name of a blob weighs in the quota, with its row."""
_NAME = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True)
class NewLink:
    """What a link is made of.  `name` is its part of the address, chosen at random by the device."""

    name: str
    manifest: bytes
    signatures: Sequence[str]
    expires_at: datetime | None = None
    most_views: int | None = None


def put(unit: Unit, vault_name: str, new: NewLink) -> VaultLink:
    """Publish a link, in the place of the one of that name, if there is one.

    Raises NotFound, Denied, Invalid, TooLarge, OverQuota, and Conflict where blobs are missing or the name is taken.
    """
    vault = vaults.require(unit, vault_name, Scope.write)
    if not _NAME.fullmatch(new.name):
        raise Invalid("A link's id has 16 to 64 letters and digits.", errors=[("linkId", "not an id")])
    if len(new.manifest) > MOST_BYTES or len(new.signatures) > MOST_BLOBS:
        raise TooLarge("This is more than a link can show.")
    signatures = {blobs.signature(each) for each in new.signatures}
    _check_there(unit, vault, signatures)
    _replace(unit, vault, new.name)
    count = select(func.count()).select_from(VaultLink).where(VaultLink.vault_id == vault.id)
    if (unit.db.scalar(count) or 0) >= MOST:
        raise Conflict(f"A vault has {MOST} links at most.")
    weight = len(new.manifest) + _NAME_BYTES * len(signatures)
    room.reserve(unit, vault, weight)
    return _write(unit, vault, new, signatures, weight)


def _check_there(unit: Unit, vault: Vault, signatures: set[str]) -> None:
    here = select(VaultBlob.signature).where(VaultBlob.vault_id == vault.id)
    there: set[str] = set()
    for batch in batched(sorted(signatures), _BATCH):
        there.update(unit.db.scalars(here.where(VaultBlob.signature.in_(batch))))
    if signatures - there:
        raise Conflict(f"{len(signatures - there)} of the blobs are not here.", code="blobs-missing")


def _replace(unit: Unit, vault: Vault, name: str) -> None:
    there = unit.db.scalar(select(VaultLink).where(VaultLink.name == name))
    if there is not None and there.vault_id != vault.id:
        raise Conflict("There is a link with this id already.")
    if there is not None:
        _drop(unit, vault, there)


def _write(unit: Unit, vault: Vault, new: NewLink, signatures: set[str], weight: int) -> VaultLink:
    link = VaultLink(
        id=ids.new_id(),
        vault_id=vault.id,
        name=new.name,
        manifest=new.manifest,
        size_bytes=weight,
        most_views=new.most_views,
        created_at=unit.now,
        expires_at=new.expires_at,
    )
    unit.db.add(link)
    unit.db.flush()
    unit.db.add_all(VaultLinkBlob(link_id=link.id, signature=each) for each in sorted(signatures))
    unit.db.flush()
    return link


def drop(unit: Unit, vault_name: str, name: str) -> None:
    """Take a link back.  Raises NotFound, Denied."""
    vault = vaults.require(unit, vault_name, Scope.write)
    which = (VaultLink.name == name, VaultLink.vault_id == vault.id)
    link = unit.db.scalar(select(VaultLink).where(*which)) if _NAME.fullmatch(name) else None
    if link is None:
        raise NotFound("There is no such link.")
    _drop(unit, vault, link)


def _drop(unit: Unit, vault: Vault, link: VaultLink) -> None:
    room.give_back(unit, vault, link.size_bytes)
    unit.db.delete(link)
    unit.db.flush()


def listed(unit: Unit, vault_name: str) -> Sequence[VaultLink]:
    """The links of a vault, the oldest first.  Raises NotFound, Denied."""
    vault = vaults.require(unit, vault_name, Scope.read)
    here = select(VaultLink).where(VaultLink.vault_id == vault.id)
    return unit.db.scalars(here.order_by(VaultLink.created_at, VaultLink.id)).all()


def view(unit: Unit, name: str) -> bytes:
    """The manifest of a link, for one more visitor.  Raises NotFound, and Gone where its time or its views are over."""
    link = _open(unit, name)
    left = or_(VaultLink.most_views.is_(None), VaultLink.view_count < VaultLink.most_views)
    seen = {"view_count": VaultLink.view_count + 1, "viewed_at": unit.now}
    counted = update(VaultLink).where(VaultLink.id == link.id, left).values(seen).returning(VaultLink.id)
    if unit.db.scalar(counted.execution_options(synchronize_session=False)) is None:
        raise Gone("This link has been opened as often as it may.")
    return unit.db.scalar(select(VaultLink.manifest).where(VaultLink.id == link.id)) or b""


def _open(unit: Unit, name: str) -> VaultLink:
    wanted = select(VaultLink, Vault).join(Vault, Vault.id == VaultLink.vault_id).where(VaultLink.name == name)
    found = unit.db.execute(wanted).first() if _NAME.fullmatch(name) else None
    if found is None or found.Vault.deleted_at is not None:
        raise NotFound("There is no such link.")
    link: VaultLink = found.VaultLink
    if link.expires_at is not None and link.expires_at <= unit.now:
        raise Gone("This link has expired.")
    return link


def blob_of(unit: Unit, name: str, signature: str) -> VaultBlob:
    """A blob that a link shows.  Raises NotFound, Gone."""
    link = _open(unit, name)
    is_spent = link.most_views is not None and link.view_count >= link.most_views
    if is_spent and (link.viewed_at is None or link.viewed_at + LINGER <= unit.now):
        raise Gone("This link has been opened as often as it may.")
    wanted = blobs.signature(signature)
    shown = select(VaultLinkBlob.signature).where(VaultLinkBlob.link_id == link.id, VaultLinkBlob.signature == wanted)
    here = select(VaultBlob).where(VaultBlob.vault_id == link.vault_id, VaultBlob.signature.in_(shown))
    blob = unit.db.scalar(here)
    if blob is None:
        raise NotFound("There is no such blob.")
    return blob
