"""What goes into an export: the files that its asker may still see, the moving parts beside them, and their names."""

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

from sqlalchemy import ColumnElement, select

from albumen.assets.models import Export
from albumen.http.manifest import Member, distinct
from albumen.kernel import ids
from albumen.libraries import access
from albumen.libraries.models import File, Original
from albumen.media.labels import Label
from albumen.unit import Unit

SUMS = "SHA256SUMS"
MANIFEST = "manifest.json"
_BATCH = 500
_FIELDS = {
    "title": "title",
    "comments": "description",
    "tags": "keywords",
    "rating": "rating",
    "taken_at": "taken",
    "latitude": "place",
    "longitude": "place",
    "altitude": "place",
    "camera_make": "make",
    "camera_model": "model",
}
"""Columns that users correct, and the fields of a label that say them."""


@dataclass(frozen=True)
class Piece:
    """A file to be packed.  `corrected` names the fields of its label that a user has set."""

    file_id: int
    part_of: int | None
    name: str
    key: str
    kind: str
    signature: str
    size_bytes: int
    crc32: int
    moment: datetime
    taken_at: datetime | None
    label: Label
    corrected: tuple[str, ...]


@dataclass(frozen=True)
class Copy:
    """A piece with its name in the ZIP, and the name of a sidecar for it."""

    piece: Piece
    name: str
    sidecar: str


@dataclass(frozen=True)
class Packing:
    """All that is to be packed, and the files that are gone or seen no longer."""

    copies: Sequence[Copy]
    missing: Sequence[int]

    @property
    def size_bytes(self) -> int:
        """Together, before anything is written into them."""
        return sum(copy.piece.size_bytes for copy in self.copies)


def settle(unit: Unit, export: Export) -> Packing:
    """What the actor may see now of what was asked for, in that order.  Raises NotFound, Denied."""
    wanted = [ids.decode(each) for each in export.file_ids]
    pieces: list[Piece] = []
    missing: list[int] = []
    seen = access.files_seen(unit, export.library_id)
    for batch in batched(wanted, _BATCH):
        photos = {piece.file_id: piece for piece in _found(unit, File.id.in_(batch) & seen)}
        films: dict[int | None, list[Piece]] = {}
        for film in _found(unit, File.part_of.in_(list(photos)) & File.deleted_at.is_(None)):
            films.setdefault(film.part_of, []).append(film)
        for file_id in batch:
            pieces += [photos[file_id], *films.get(file_id, ())] if file_id in photos else ()
        missing += [file_id for file_id in batch if file_id not in photos]
    return Packing(_named(pieces), missing)


def _named(pieces: Sequence[Piece]) -> list[Copy]:
    """No two names alike: neither of photos, nor of sidecars, nor of what is written for the export."""
    own = [piece.name for piece in pieces]
    given = list(distinct([SUMS, MANIFEST, *own]))[2:]
    beside = list(distinct([SUMS, MANIFEST, *given, *(f"{name}.xmp" for name in given)]))[2 + len(given) :]
    return [Copy(*each) for each in zip(pieces, given, beside, strict=True)]


def _found(unit: Unit, which: ColumnElement[bool]) -> Iterator[Piece]:
    content = (Original.key, Original.kind, Original.crc32)
    rows = select(File, *content).join(Original, Original.signature == File.signature).where(which)
    for row in unit.db.execute(rows.order_by(File.id)):
        yield _piece(row.File, row.key, row.kind, row.crc32)


def _piece(file: File, key: str, kind: str, crc32: int) -> Piece:
    fields = (_FIELDS[column] for column in file.corrected if column in _FIELDS)
    return Piece(
        file_id=file.id,
        part_of=file.part_of,
        name=file.name,
        key=key,
        kind=kind,
        signature=file.signature,
        size_bytes=file.size_bytes,
        crc32=crc32,
        moment=file.taken_at or file.imported_at,
        taken_at=file.taken_at,
        label=label_of(file),
        corrected=tuple(dict.fromkeys(fields)),
    )


def label_of(file: File) -> Label:
    """What a file's row says, as it is written into copies and beside them."""
    local, offset = file.taken_local or file.taken_at, None
    if file.taken_local is not None and file.taken_at is not None:
        offset = round((file.taken_local - file.taken_at) / timedelta(minutes=1))
    return Label(
        title=file.title,
        description=file.comments,
        keywords=tuple(file.tags),
        rating=file.rating,
        taken=None if local is None else _written(local),
        offset_minutes=offset,
        latitude=file.latitude,
        longitude=file.longitude,
        altitude=file.altitude,
        make=file.camera_make,
        model=file.camera_model,
    )


def _written(local: datetime) -> str:
    return local.replace(tzinfo=None).isoformat(timespec="milliseconds" if local.microsecond else "seconds")


def text_member(name: str, text: bytes, moment: datetime) -> tuple[Member, str]:
    """A member of the ZIP that holds a text, and the text's SHA-256."""
    return Member(name, "", len(text), zlib.crc32(text), moment), hashlib.sha256(text).hexdigest()
