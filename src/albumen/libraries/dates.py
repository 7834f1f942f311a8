"""When a photo was taken, as its user says."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from albumen.kernel.errors import Invalid
from albumen.libraries.models import File, Library
from albumen.media import times
from albumen.media.facts import Taken
from albumen.unit import Unit

SOURCE = "user"
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)
type Position = tuple[float | None, float | None]


def columns(unit: Unit, file: File, told: str | None, at: Position) -> dict[str, Any]:
    """The columns of a date: RFC 3339, or the time on the wall without a zone; None where it is not known.

    The wall clock is the one of an offset that is told, else of the place, else of the library.  A moment in UTC tells
    no zone: where it is the one that is known, the clock stays as it is.  Raises Invalid.
    """
    if told is None:
        unknown = dict.fromkeys(("taken_at", "taken_local", "taken_source"))
        return {**unknown, "sorted_at": file.imported_at}
    text = told.strip().upper()
    found = _parsed(text)
    if found == file.taken_at:
        moment, local = file.taken_at, file.taken_local
    else:
        zone = unit.db.get_one(Library, file.library_id).time_zone
        moment, local = _resolved(found, text.endswith("Z"), at, zone)
    return {"taken_at": moment, "taken_local": local, "taken_source": SOURCE, "sorted_at": local or moment}


def _parsed(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text) if _TIME.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or times.sensible(Taken(found.replace(tzinfo=None), None, SOURCE)) is None:
        wanted = "not a time such as 2019-06-28T12:43:29Z, or without the zone, of a photo that can exist"
        raise Invalid(f"takenOn is {wanted}.", errors=[("takenOn", wanted)])
    return found.replace(microsecond=found.microsecond // 1000 * 1000)


def _resolved(found: datetime, is_utc: bool, at: Position, library_zone: str) -> tuple[datetime, datetime]:
    if is_utc:
        local = found.astimezone(times.zone_at(*at) or ZoneInfo(library_zone))
        return found, local.replace(tzinfo=UTC)
    offset = found.utcoffset()
    minutes = None if offset is None else int(offset.total_seconds() // 60)
    moment = times.resolve(Taken(found.replace(tzinfo=None), minutes, SOURCE), *at, library_zone)
    return moment.utc, moment.local.replace(tzinfo=UTC)
