"""Favourites: what guests mark, and what the photographer makes of it."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import delete, select

from albumen.db.statements import insert_for, table_of
from albumen.events import doings, queries, sight
from albumen.events.doings import Did
from albumen.events.guest_models import Guest, Heart
from albumen.events.models import Accessor, Event
from albumen.events.sight import Permission
from albumen.events.visits import Visit
from albumen.http.manifest import distinct
from albumen.kernel import ids
from albumen.libraries import access
from albumen.libraries.models import File, Role
from albumen.media import xmp_writing
from albumen.media.labels import Label
from albumen.unit import Unit

STARS = 5
"""The rating that a picked photo has in its sidecar."""
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Pick:
    """A photo that somebody marked."""

    file: File
    accessor: Accessor
    guest: Guest


def mark(unit: Unit, visit: Visit, file_id: int) -> None:
    """Mark a photo as this guest's favourite.  Raises NotFound, Denied."""
    sight.require(visit, Permission.favorite)
    file = sight.file(unit, visit, file_id)
    row = {
        "guest_id": visit.guest.id,
        "file_id": file.id,
        "event_id": visit.event.id,
        "accessor_id": visit.accessor.id,
        "created_at": unit.now,
    }
    table = table_of(Heart)
    made = insert_for(unit.db)(table).values(**row).on_conflict_do_nothing().returning(table.c.file_id)
    if unit.db.execute(made).first() is not None:
        doings.note(unit, visit, Did.favorite, file.id)


def unmark(unit: Unit, visit: Visit, file_id: int) -> None:
    """Take that back; what was not marked does no harm.  Raises NotFound, Denied."""
    sight.require(visit, Permission.favorite)
    file = sight.file(unit, visit, file_id)
    unit.db.execute(delete(Heart).where(Heart.guest_id == visit.guest.id, Heart.file_id == file.id))


def picks(unit: Unit, event: Event, accessor_id: int | None = None) -> list[Pick]:
    """What guests marked, of all codes or of one, by name of the photo; for whoever sees the event as its owner.

    Raises NotFound, Denied.
    """
    album = queries.album_of(unit, event)
    access.check(unit, access.role_on_album(unit, album), Role.contributor, "event")
    wanted = (
        select(File, Accessor, Guest)
        .join(Heart, Heart.file_id == File.id)
        .join(Accessor, Accessor.id == Heart.accessor_id)
        .join(Guest, Guest.id == Heart.guest_id)
        .where(Heart.event_id == event.id, access.in_album(album))
    )
    if accessor_id is not None:
        wanted = wanted.where(Heart.accessor_id == accessor_id)
    rows = unit.db.execute(wanted.order_by(File.folded, File.id, Heart.created_at, Guest.id))
    return [Pick(*row) for row in rows]


def names(chosen: Sequence[Pick]) -> str:
    """A list of file names, one a line, as photo programs take it."""
    return "".join(f"{each}\r\n" for each in dict.fromkeys(pick.file.name for pick in chosen))


def table(chosen: Sequence[Pick]) -> str:
    """The same as CSV, with who marked what."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["fileId", "name", "label", "guestName", "accessorId"])
    for each in chosen:
        told = (ids.encode(each.file.id), each.file.name, each.accessor.label or "", each.guest.name or "")
        rows.writerow([*map(_harmless, told), ids.encode(each.accessor.id)])
    return out.getvalue()


def _harmless(cell: str) -> str:
    """What a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def sidecars(chosen: Sequence[Pick]) -> bytes:
    """A ZIP of XMP files to be laid beside the originals, which give each picked photo its stars."""
    stems = dict.fromkeys(PurePath(pick.file.name).stem for pick in chosen)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in distinct(f"{stem}.xmp" for stem in stems):
            archive.writestr(name, xmp_writing.packet(Label(rating=STARS)))
    return out.getvalue()
