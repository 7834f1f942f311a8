"""Healing from a backup: originals that a check found lost or damaged are put back where a backup has them whole."""

from sqlalchemy import delete, select

from albumen.app import App
from albumen.blobs.port import Blobs, Corrupt
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, NotFound
from albumen.libraries import uploads
from albumen.libraries.damage_models import Damage
from albumen.libraries.models import Original
from albumen.operations.backups import manifests
from albumen.operations.holdings import Holding


def heal(app: App, backup: Blobs) -> tuple[int, int]:
    """Put back what can be; returns how many originals are whole again, and how many are in no backup here."""
    with app.reading(SYSTEM) as unit:
        noted = select(Original.signature, Original.key, Original.size_bytes).join(
            Damage, Damage.signature == Original.signature
        )
        damaged = unit.db.execute(noted).all()
    healed = 0
    for row in damaged:
        at = manifests.entry_of(Holding("original", row.key, None, None, row.signature, row.signature, "")).at
        healed += _put_back(app, backup, at, (row.signature, row.key))
    return healed, len(damaged) - healed


def _put_back(app: App, backup: Blobs, at: str, original: tuple[str, str]) -> bool:
    signature, key = original
    try:
        with app.blobs.spool() as spool:
            for block in backup.read(at):
                spool.write(block)
            if spool.signature != signature:
                return False
            uploads.replace_lost(app.blobs, key, spool)
    except (NotFound, Conflict, Corrupt):
        return False
    with app.writing(SYSTEM) as unit:
        unit.db.execute(delete(Damage).where(Damage.signature == signature))
    return True
