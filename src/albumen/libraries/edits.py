"""Correcting files: their names and facts, as their users know them better than the bytes do."""

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.kernel.errors import Conflict, Invalid, NotFound
from albumen.libraries import access, dates, moves, names, rows, tally
from albumen.libraries.models import File, Folder, Role
from albumen.media import places
from albumen.unit import Unit

MOST_TAGS = 200
LONGEST_TAG = 100
MOST_PROPERTIES = 100
MOST_PROPERTY_BYTES = 10_000
_LARGEST = 1 << 63

_FACTS = frozenset(
    (
        "taken_at",
        "rating",
        "title",
        "comments",
        "camera_make",
        "camera_model",
        "latitude",
        "longitude",
        "altitude",
        "tags",
    )
)
"""What the bytes of a file may tell, too: once a user has said it, they no longer do."""
_PLACED = frozenset(("folder_id", "sorted_at"))
"""What decides in which counts a file is."""


def edit(unit: Unit, file: File, told: Mapping[str, Any]) -> File:
    """Change what is told of a file: its columns, with `taken_on` as text and `folder_id` of another folder.

    None clears what may be unknown.  Raises NotFound, Denied, Conflict, Invalid.
    """
    access.require_file(unit, file, Role.contributor)
    tally.reserve(unit, file.library_id, 0)
    unit.db.refresh(file)
    if file.deleted_at is not None:
        raise NotFound("There is no such file.")
    target = moves.target(unit, file, told["folder_id"]) if "folder_id" in told else None
    wanted = {**_columns(unit, file, told), **_named(unit, file, told.get("name"), target)}
    changed = {column: value for column, value in wanted.items() if getattr(file, column) != value}
    corrected = sorted({*file.corrected, *(_FACTS & wanted.keys())})
    if changed or corrected != sorted(file.corrected):
        _write(unit, file, {**changed, "corrected": corrected, "modified_at": unit.now})
    return file


def redate(unit: Unit, file: File, dates: Mapping[str, Any]) -> None:
    """Give a file these columns of its date, which the caller worked out.  Raises NotFound, Denied."""
    access.require_file(unit, file, Role.contributor)
    tally.reserve(unit, file.library_id, 0)
    unit.db.refresh(file)
    _write(unit, file, {**dates, "modified_at": unit.now})


def _write(unit: Unit, file: File, changed: Mapping[str, Any]) -> None:
    before = unit.db.get_one(Folder, file.folder_id).lineage
    weight = tally.weight(unit, file) if changed.keys() & _PLACED else None
    if weight:
        tally.place(unit, file, weight, sign=-1)
    for column, value in changed.items():
        setattr(file, column, value)
    unit.db.flush()
    if weight:
        tally.place(unit, file, weight)
    lineage = unit.db.get_one(Folder, file.folder_id).lineage
    happening = Happening(Thing.file, lineage=lineage, before=before if before != lineage else None)
    feed.record(unit, file.library_id, happening, [file.part_of or file.id])
    if "folder_id" in changed:
        moves.bring_parts(unit, file)


def _named(unit: Unit, file: File, wanted: str | None, target: Folder | None) -> dict[str, Any]:
    """The columns of its name and folder; where it only moves, a name that is free there."""
    folder_id = target.id if target else file.folder_id
    if wanted is None:
        if folder_id == file.folder_id:
            return {}
        name = rows.free_name(unit, folder_id, file.name)
    else:
        name = _renamed(unit, file, wanted, folder_id)
    return {"name": name, "folded": names.fold(name), "folder_id": folder_id}


def _renamed(unit: Unit, file: File, wanted: str, folder_id: int) -> str:
    name = names.plain(wanted)
    if names.fold(names.split(name)[1]) != names.fold(names.split(file.name)[1]):
        raise Invalid("A new name keeps the extension.", errors=[("name", "another extension")])
    if rows.named(unit, folder_id, name) not in (None, file):
        raise Conflict("There is a file with this name already.")
    return name


def _columns(unit: Unit, file: File, told: Mapping[str, Any]) -> dict[str, Any]:
    """What is told, as it is kept, without names and folders.  Raises Invalid."""
    kept = {name: _CLEANED[name](told[name]) for name in _CLEANED.keys() & told.keys()}
    place = ("latitude", "longitude")
    given = [told.get(name) is not None for name in place if name in told]
    if given and (len(given) != len(place) or any(given) != all(given)):
        raise Invalid("Latitude and longitude come together.", errors=[("latitude", "without the other")])
    if given:
        kept |= places.columns(kept["latitude"], kept["longitude"])
    if "taken_on" in told:
        where = (kept.get("latitude", file.latitude), kept.get("longitude", file.longitude))
        kept |= dates.columns(unit, file, told["taken_on"], where)
    return kept


def line(text: str | None) -> str | None:
    """A text of one line as it is kept; None where nothing is left."""
    return names.clean(" ".join((text or "").split())) or None


def lines(text: str | None) -> str | None:
    """A text of several lines as it is kept: NFC, without control signs other than ends of lines and tabs."""
    normal = unicodedata.normalize("NFC", (text or "").replace("\r\n", "\n"))
    kept = (c for c in normal if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Cn"))
    return "".join(kept).strip() or None


def tags(told: Sequence[str]) -> list[str]:
    """Tags as they are kept: cleaned, each once whatever its case, the first spelling.  Raises Invalid."""
    kept: dict[str, str] = {}
    for each in told:
        tag = names.clean(each)
        if not 0 < len(tag) <= LONGEST_TAG:
            raise Invalid(f"A tag has 1 to {LONGEST_TAG} letters.", errors=[("tags", "too short or too long")])
        kept.setdefault(names.fold(tag), tag)
    if len(kept) > MOST_TAGS:
        raise Invalid(f"A file has {MOST_TAGS} tags at most.", errors=[("tags", "too many")])
    return list(kept.values())


def properties(told: Mapping[str, Any]) -> dict[str, Any]:
    """Properties as they are kept.  Raises Invalid where they are too many or too large."""
    kept = {names.clean(name): lines(value) or "" if isinstance(value, str) else value for name, value in told.items()}
    if len(kept) > MOST_PROPERTIES or "" in kept or len(kept) != len(told):
        fault = f"1 to {MOST_PROPERTIES} names, each once and not empty"
        raise Invalid(f"Properties have {fault}.", errors=[("properties", fault)])
    if any(isinstance(value, int) and not -_LARGEST <= value < _LARGEST for value in kept.values()):
        raise Invalid("A whole number has 64 bits at most.", errors=[("properties", "too large a number")])
    if len(json.dumps(kept, ensure_ascii=False).encode()) > MOST_PROPERTY_BYTES:
        raise Invalid(f"Properties have {MOST_PROPERTY_BYTES} bytes at most.", errors=[("properties", "too large")])
    return kept


def _as_told(value: Any) -> Any:
    return value


_CLEANED: Mapping[str, Callable[[Any], Any]] = {
    "title": line,
    "camera_make": line,
    "camera_model": line,
    "comments": lines,
    "tags": tags,
    "properties": properties,
    **dict.fromkeys(("rating", "favorite", "archived", "latitude", "longitude", "altitude"), _as_told),
}
