"""The cataloguing door: into the caller's own library, filed by the date taken, each photo once."""

from collections.abc import Sequence
from datetime import date

from albumen.blobs.port import Spool
from albumen.libraries import files, folders, library, rows, tally
from albumen.libraries.models import File, Library
from albumen.libraries.uploads import Arrival
from albumen.unit import Unit

ROOT = "Catalog"
UNDATED = date(2000, 1, 1)


def check_quota(unit: Unit, spool: Spool) -> None:
    """Refuse new bytes that do not fit into the caller's library, before they are stored.  Raises OverQuota."""
    own = library.find_default(unit)
    if own is None:
        tally.check_user_quota(unit, spool.size_bytes)
    elif files.with_content(unit, own.id, spool.signature) is None:
        tally.check_quota(unit, own.id, spool.size_bytes)


def file_away(unit: Unit, arrival: Arrival, *, time_zone: str) -> tuple[File, bool]:
    """File an arrival in the actor's own library, as `file_once` does.  Raises Denied, OverQuota, SignIn."""
    return file_once(unit, library.default(unit, time_zone=time_zone), arrival)


def file_once(unit: Unit, into: Library, arrival: Arrival, path: Sequence[str] = ()) -> tuple[File, bool]:
    """File an arrival under `path`, or under `Catalog/YYYY/MM/DD`; returns the file, and whether it is new.

    Bytes that the library holds already give the file that has them.  Raises NotFound, Denied, OverQuota.
    """
    tally.reserve(unit, into.id, 0)
    found = files.with_content(unit, into.id, arrival.signature)
    if found is not None:
        return found, False
    folder = folders.ensure(unit, into.id, path or _by_date(into, arrival))
    return files.add(unit, folder, arrival), True


def _by_date(into: Library, arrival: Arrival) -> tuple[str, ...]:
    moment = rows.moment_of(arrival.facts, into.time_zone)
    day = moment.local if moment else UNDATED
    return ROOT, f"{day:%Y}", f"{day:%m}", f"{day:%d}"
