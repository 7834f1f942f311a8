"""What the row of a file says: a name that is free, the facts its content tells, and its newest version."""

from collections.abc import Collection
from datetime import UTC

from sqlalchemy import bindparam, insert, select

from albumen.db.statements import table_of
from albumen.libraries import names
from albumen.libraries.models import File, Version
from albumen.media import places, times
from albumen.media.facts import Facts
from albumen.media.times import Moment
from albumen.unit import Unit

_add_version = insert(table_of(Version))
_named = select(File).where(
    File.folder_id == bindparam("folder"), File.folded == bindparam("folded"), File.deleted_at.is_(None)
)
_named_id = _named.with_only_columns(File.id)

_ALIKE = 40
"""Letters that a name shares with all its numbered forms, whose stem may have been cut to make room."""

_PLAIN = {
    "rating": "rating",
    "title": "title",
    "comments": "description",
    "camera_make": "make",
    "camera_model": "model",
    "lens": "lens",
}
"""Columns, and the facts they are read from."""
_HEADS = {
    **dict.fromkeys(("taken_local", "taken_source", "sorted_at"), "taken_at"),
    **dict.fromkeys(("longitude", "altitude", "city", "region", "country", "country_code"), "latitude"),
}
"""Columns that say when or where together with another one: corrected with it, they stay with it."""


def named(unit: Unit, folder_id: int, name: str) -> File | None:
    """The file with this name in a folder (compared without case); None when there is none."""
    return unit.db.scalar(_named, {"folder": folder_id, "folded": names.fold(name)})


def free_name(unit: Unit, folder_id: int, name: str) -> str:
    """The name, or the first numbered one that is free in the folder."""
    folded = names.fold(name)
    if unit.db.scalar(_named_id, {"folder": folder_id, "folded": folded}) is None:
        return name
    here = (File.folder_id == folder_id, File.deleted_at.is_(None))
    stem = names.split(folded)[0][:_ALIKE]
    alike = File.folded.between(stem, stem + "\U0010ffff")
    taken = set(unit.db.scalars(select(File.folded).where(*here, alike)))
    return next(each for each in names.numbered(name) if names.fold(each) not in taken | {folded})


def moment_of(facts: Facts, time_zone: str) -> Moment | None:
    """When a photo was taken, by its own offset, the zone of its place, or the library's; None when it does not say."""
    return times.resolve(facts.taken, facts.latitude, facts.longitude, time_zone) if facts.taken else None


def told(facts: Facts, time_zone: str) -> dict[str, object]:
    """The columns that a content has something to say about."""
    said = {column: getattr(facts, fact) for column, fact in _PLAIN.items()}
    known = {column: value for column, value in said.items() if value is not None}
    moment = moment_of(facts, time_zone)
    if moment is not None and facts.taken is not None:
        local = moment.local.replace(tzinfo=UTC)
        known |= {"taken_at": moment.utc, "taken_local": local, "sorted_at": local, "taken_source": facts.taken.source}
    if facts.latitude is not None:
        known |= {"latitude": facts.latitude, "longitude": facts.longitude, "altitude": facts.altitude}
        known |= places.columns(facts.latitude, facts.longitude)
    if facts.keywords:
        known["tags"] = list(facts.keywords)
    return known


def uncorrected(columns: dict[str, object], corrected: Collection[str]) -> dict[str, object]:
    """Those of the columns that a user has not set."""
    return {
        column: value
        for column, value in columns.items()
        if column not in corrected and _HEADS.get(column) not in corrected
    }


def note_version(unit: Unit, file: File) -> None:
    """Write down what a file holds now as its newest version."""
    row = {
        "file_id": file.id,
        "number": file.version,
        "signature": file.signature,
        "size_bytes": file.size_bytes,
        "added_by": unit.actor.user_id,
        "added_at": unit.now,
    }
    unit.db.execute(_add_version, row)
