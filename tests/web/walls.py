"""Libraries of many photos for tests of walls: a few real ones, filed again and again over the years."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text
from tests.installation import Installation
from tests.web.live import jpeg

from albumen.accounts import sessions
from albumen.accounts.models import User
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Folder, MonthCount

NEWEST = datetime(2024, 6, 30, 20, 0, tzinfo=UTC)
SHAPES = ((900, 600), (600, 900), (800, 600), (600, 800), (960, 540), (700, 700))
TONES = ("#7a93a8", "#b08a6a", "#566b4a", "#c9a9a6", "#2b4a75", "#e0c080")
DAY = 86_400_000
_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search%'"
_OWN = ("id", "name", "folded", "taken_at", "taken_local", "sorted_at", "favorite")
_SAME = ", ".join(column.name for column in File.__table__.columns if column.name not in _OWN)
_COPY = (
    f"INSERT INTO files (id, name, folded, taken_at, taken_local, sorted_at, favorite, {_SAME}) "
    f"SELECT ?1, ?2, ?2, ?3, ?3, ?3, ?4, {_SAME} FROM files WHERE id = ?5"
)


@dataclass(frozen=True)
class Many:
    """Whose photos they are, a session of that user, and where they lie."""

    user_id: int
    token: str
    library_id: int
    folder_id: int

    @property
    def library(self) -> str:
        """The library's address in the API."""
        return f"/v1/libraries/{ids.encode(self.library_id)}"


def filled(installation: Installation, count: int, *, days: int = 4000) -> Many:
    """A user with a library of so many photos, spread unevenly over so many days."""
    caller = installation.caller("ada")
    for number, (size, tone) in enumerate(zip(SHAPES, TONES, strict=True)):
        caller.catalogue(jpeg(NEWEST + timedelta(days=1, minutes=number), tone, size), f"{number}.jpg")
    installation.work_off()
    user_id = installation.actor("ada").user_id
    assert user_id is not None
    with installation.app.writing(SYSTEM) as unit:
        user = unit.db.get_one(User, user_id)
        token = sessions.start(unit, user, days=1)
        for trigger in unit.db.scalars(text(_TRIGGERS)).all():
            unit.db.execute(text(f"DROP TRIGGER {trigger}"))  # nothing is searched for here, and it would take long
        rows = unit.db.execute(select(File.id, File.library_id, File.folder_id)).all()
        copies = _copies([row.id for row in rows], count - len(rows), days)
        unit.db.connection().exec_driver_sql("PRAGMA cache_size=-200000")
        unit.db.connection().exec_driver_sql(_COPY, sorted(copies))
        months = Counter(_month(each[2]) for each in copies)
        library_id, folder_id = rows[0].library_id, rows[0].folder_id
        unit.db.get_one(Folder, folder_id).file_count = count
        for month, many in months.items():
            unit.db.merge(MonthCount(library_id=library_id, month=month, count=many))
    return Many(user_id, token, library_id, folder_id)


def _copies(file_ids: Sequence[int], count: int, days: int) -> list[tuple[int, str, int, bool, int]]:
    """Id, name, milliseconds since 1970 and heart of each copy, and which photo it is of."""
    dice = random.Random(7)
    newest = int(NEWEST.timestamp()) * 1000
    moments = (newest - int(days * dice.random() ** 1.4) * DAY - dice.randrange(DAY // 2) for _ in range(count))
    return [
        (ids.new_id(), f"img_{number:07}.jpg", moment, number % 50 == 0, dice.choice(file_ids))
        for number, moment in enumerate(moments)
    ]


def _month(millis: int) -> int:
    moment = datetime.fromtimestamp(millis / 1000, UTC)
    return moment.year * 100 + moment.month
