"""The cataloguing door: into the caller's own library, filed by the date taken, each photo once."""

from datetime import date

from albumen.libraries import files, folders, library, tally
from albumen.libraries.models import File
from albumen.libraries.uploads import Arrival
from albumen.unit import Unit

ROOT = "Catalog"
UNDATED = date(2000, 1, 1)


def file_away(unit: Unit, arrival: Arrival, *, time_zone: str) -> tuple[File, bool]:
    """File an arrival under `Catalog/YYYY/MM/DD`; returns the file, and whether it is new.

    Bytes that the library holds already give the file that has them.  Raises Denied, OverQuota, SignIn.
    """
    own = library.default(unit, time_zone=time_zone)
    tally.reserve(unit, own.id, 0)
    found = files.with_content(unit, own.id, arrival.signature)
    if found is not None:
        return found, False
    moment = files.moment_of(arrival.facts, own.time_zone)
    day = moment.local if moment else UNDATED
    folder = folders.ensure(unit, own.id, (ROOT, f"{day:%Y}", f"{day:%m}", f"{day:%d}"))
    return files.add(unit, folder, arrival), True
