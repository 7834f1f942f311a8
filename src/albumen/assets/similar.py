"""Near-duplicates: photos whose perceptual hashes differ in few bits."""

from sqlalchemy import select

from albumen.kernel import ids
from albumen.libraries import access
from albumen.libraries.models import File, Original
from albumen.unit import Unit

FARTHEST = 10
"""Bits of 64 that may differ: re-encoding moves 0 to 2, brightness up to 10, unrelated photos 24 and more."""


def similar(unit: Unit, file: File, *, most: int = 100) -> list[tuple[str, int]]:
    """The files of the same library that look alike, nearest first, with the distance in bits (0 to 64)."""
    import numpy as np  # noqa: PLC0415 - a quarter of a second that most processes never need

    mine = unit.db.scalar(select(Original.phash).where(Original.signature == file.signature))
    if mine is None:
        return []
    rows = unit.db.execute(
        select(File.id, Original.phash)
        .join(Original, Original.signature == File.signature)
        .where(access.files_seen(unit, file.library_id), Original.phash.is_not(None))
    ).all()
    hashes = np.array([row.phash for row in rows], dtype=np.int64).view(np.uint64)
    distances = np.bitwise_count(hashes ^ np.int64(mine).view(np.uint64))
    near = np.flatnonzero(distances <= FARTHEST)
    alike = ((int(distances[at]), rows[int(at)].id) for at in near)
    found = sorted((distance, file_id) for distance, file_id in alike if file_id != file.id)
    return [(ids.encode(file_id), distance) for distance, file_id in found[:most]]
