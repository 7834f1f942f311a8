"""Near-duplicates: photos whose perceptual hashes differ in few bits."""

from itertools import batched

from sqlalchemy import bindparam, select

from albumen.assets.duplicates import lookalikes
from albumen.kernel import ids
from albumen.libraries import access
from albumen.libraries.models import File, Original
from albumen.unit import Unit

_BATCH = 500
_phash = select(Original.phash).where(Original.signature == bindparam("signature"))


def similar(unit: Unit, file: File, *, most: int = 100) -> list[tuple[str, int]]:
    """The files of the same library that look alike, nearest first, with the distance in bits (0 to 64)."""
    access.check_seen(unit, file.library_id)
    mine = unit.db.scalar(_phash, {"signature": file.signature})
    if mine is None:
        return []
    known = lookalikes.known(unit, file.library_id)
    at, distances = lookalikes.near(known.hashes, mine)
    alike = sorted((int(far), int(file_id)) for far, file_id in zip(distances, known.files[at], strict=True))
    found: list[tuple[str, int]] = []
    for some in batched(((far, file_id) for far, file_id in alike if file_id != file.id), _BATCH):
        seen = access.files_seen(unit, file.library_id)
        shown = set(unit.db.scalars(select(File.id).where(seen, File.id.in_([file_id for _, file_id in some]))))
        found += [(ids.encode(file_id), far) for far, file_id in some if file_id in shown]
        if len(found) >= most:
            break
    return found[:most]
