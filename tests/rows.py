"""Thousands of photos as rows only, every count kept, for tests of what is done to many."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from tests.installation import Installation

from albumen.accounts.models import User
from albumen.kernel import ids, shapes
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Folder, Library, MonthCount, Original, Version

FIRST = datetime(2010, 1, 1, tzinfo=UTC)
SIZE_BYTES = 1000
SIDES = ((4000, 3000), (3000, 4000), (1000, 1000), (6000, 2000))


def fill(installation: Installation, folder_id: str, count: int, *, name: str = "IMG", seed: int = 1) -> list[int]:
    """Put so many photos into a folder, an hour apart, the oldest first; their ids."""
    dice = random.Random(seed)
    with installation.app.writing(SYSTEM) as unit:
        folder = unit.db.get_one(Folder, ids.decode(folder_id))
        owner = unit.db.scalars(select(User)).first()
        assert owner is not None
        originals: list[dict[str, Any]] = []
        files: list[dict[str, Any]] = []
        versions: list[dict[str, Any]] = []
        for number in range(count):
            width, height = SIDES[number % len(SIDES)]
            signature, taken = ids.signature(dice.randbytes(32)), FIRST + timedelta(hours=number)
            original = {"signature": signature, "key": f"original/{signature}", "width": width, "height": height}
            originals.append(original | {"thumbhash": dice.randbytes(21), "is_video": number % 10 == 9})
            shape, file_name = shapes.byte(width, height), f"{name}_{number:06}.jpg"
            file = {"id": ids.new_id(), "signature": signature, "shape": shape, "name": file_name}
            files.append(file | {"folded": file_name.lower(), **dict.fromkeys(_TIMES, taken)})
            versions.append({"file_id": file["id"], "signature": signature})
        now = installation.clock()
        told = {"size_bytes": SIZE_BYTES, "crc32": 0, "kind": "jpeg", "mime": "image/jpeg", "facts": b"{}"}
        told |= {"stored_at": now, "developed_at": now, "duration_seconds": None}
        unit.db.execute(insert(Original), [{**told, **each} for each in originals])
        filed: dict[str, Any] = {
            "library_id": folder.library_id,
            "folder_id": folder.id,
            "added_by": owner.id,
            "version": 1,
        }
        filed |= {"imported_at": now, "size_bytes": SIZE_BYTES, "tags": [], "properties": {}, "corrected": []}
        filed |= {"taken_source": "exif:DateTimeOriginal"}
        unit.db.execute(insert(File), [{**filed, **each} for each in files])
        first = {"number": 1, "size_bytes": SIZE_BYTES, "added_by": owner.id, "added_at": now}
        unit.db.execute(insert(Version), [{**first, **each} for each in versions])
        total = count * SIZE_BYTES
        folder.file_count, folder.file_bytes = folder.file_count + count, folder.file_bytes + total
        for table, row_id in ((Library, folder.library_id), (User, owner.id)):
            unit.db.execute(update(table).where(table.id == row_id).values(used_bytes=table.used_bytes + total))
        months = Counter(each["sorted_at"].year * 100 + each["sorted_at"].month for each in files)
        rows = [{"library_id": folder.library_id, "month": month, "count": number} for month, number in months.items()]
        unit.db.execute(insert(MonthCount), rows)
        return [each["id"] for each in files]


_TIMES = ("taken_at", "taken_local", "sorted_at")
