"""What guests do, counted by the day."""

from datetime import UTC, datetime
from enum import StrEnum

from albumen.db.statements import insert_for, table_of
from albumen.events.guest_models import Doing
from albumen.events.visits import Visit
from albumen.unit import Unit

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Did(StrEnum):
    """What a guest can have done."""

    visit = "visit"
    view = "view"
    download = "download"
    upload = "upload"
    favorite = "favorite"


def note(unit: Unit, visit: Visit, kind: Did, file_id: int = 0, count: int = 1) -> None:
    """Count what a guest did, with one photo or (0) with none in particular."""
    key = {
        "event_id": visit.event.id,
        "accessor_id": visit.accessor.id,
        "guest_id": visit.guest.id,
        "kind": kind,
        "file_id": file_id,
        "day": (unit.now - _EPOCH).days,
    }
    made = insert_for(unit.db)(table_of(Doing)).values(**key, count=count, last_at=unit.now)
    summed = {"count": Doing.count + made.excluded["count"], "last_at": made.excluded["last_at"]}
    unit.db.execute(made.on_conflict_do_update(index_elements=list(key), set_=summed))
