"""Rows as JSON, and back: one document for a file, and one for a library, each enough by itself.

A document has a `format` and, by table, rows as their columns.  Columns that a release does not know are passed over,
and those that are missing get their defaults, so that older documents stay legible.
"""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import LargeBinary, Table, select
from sqlalchemy.orm import Session, undefer

from albumen.accounts.models import User
from albumen.db.base import Base, Moment
from albumen.db.statements import table_of
from albumen.libraries.models import Album, AlbumItem, Assignment, File, Folder, Library, Original, Version

FORMAT: Final = 1
_COUNTED: Final = frozenset(
    {"used_bytes", "file_count", "file_bytes", "sm_bytes", "md_bytes", "lg_bytes", "cnv_bytes", "password_hash"}
)
"""Not written: counted anew; and what would let somebody in."""
_ANEW: Final = frozenset({"developed_at", "failure", "converted_at", "unplayable"})
"""Not read back of an original: its renditions are made again."""

Rows = Mapping[str, list[Mapping[str, Any]]]


class Document(msgspec.Struct, frozen=True):
    """What a sidecar says."""

    format: int
    rows: dict[str, list[dict[str, Any]]]


def of_file(db: Session, file: File) -> bytes:
    """All that stands on its own about a file: where it lies, its versions, what is known of their content."""
    versions = db.scalars(select(Version).where(Version.file_id == file.id).order_by(Version.number)).all()
    signatures = {each.signature for each in versions}
    held = select(Original).where(Original.signature.in_(signatures)).order_by(Original.signature)
    originals = db.scalars(held.options(undefer(Original.facts))).all()
    folder = db.get_one(Folder, file.folder_id)
    above = [int(word, 36) for word in folder.lineage.strip("/").split("/")]
    folders = db.scalars(select(Folder).where(Folder.id.in_(above)).order_by(Folder.lineage)).all()
    adders = {file.added_by, *(each.added_by for each in versions)}
    library = db.get_one(Library, file.library_id)
    return _encoded(db, {*adders, library.default_of}, [library, *folders, *originals, file, *versions])


def of_library(db: Session, library: Library) -> bytes:
    """A library with its folders, its roles, and its albums."""
    found: list[Base] = [library]
    users: set[int | None] = {library.default_of}
    for table in (Folder, Assignment, Album):
        rows = db.scalars(select(table).where(table.library_id == library.id)).all()
        found += sorted(rows, key=_key)
        users |= {each.user_id for each in rows if isinstance(each, Assignment)}
    albums = select(Album.id).where(Album.library_id == library.id)
    items = select(AlbumItem).where(AlbumItem.album_id.in_(albums))
    found += db.scalars(items.order_by(AlbumItem.album_id, AlbumItem.position, AlbumItem.file_id))
    return _encoded(db, users, found)


def _key(row: Base) -> tuple[Any, ...]:
    return (
        (row.lineage,)
        if isinstance(row, Folder)
        else tuple(getattr(row, each.key) for each in table_of(type(row)).primary_key)
    )


def _encoded(db: Session, user_ids: set[int | None], found: list[Base]) -> bytes:
    known = {each for each in user_ids if each is not None}
    users = db.scalars(select(User).where(User.id.in_(known)).order_by(User.id)).all()
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in (*users, *found):
        rows.setdefault(row.__tablename__, []).append(_told(row))
    return msgspec.json.format(msgspec.json.encode(Document(FORMAT, rows)), indent=1)


def _told(row: Base) -> dict[str, Any]:
    columns = (each.key for each in table_of(type(row)).columns if each.key not in _COUNTED)
    return {name: value for name in columns if (value := getattr(row, name)) is not None}


def decoded(content: bytes) -> Document | None:
    """A document; None where it is damaged, or of a newer release."""
    try:
        found = msgspec.json.decode(content, type=Document)
    except msgspec.DecodeError:
        return None
    return found if found.format == FORMAT else None


def row_of(table: Table, told: Mapping[str, Any]) -> dict[str, Any]:
    """A row to insert.  Raises ValueError where a value cannot be one of its column."""
    passed = _ANEW if table is table_of(Original) else frozenset()
    row = {}
    for column in table.columns:
        value = None if column.key in passed else told.get(column.key)
        if isinstance(column.type, Moment) and value is not None:
            value = datetime.fromisoformat(value)
        elif isinstance(column.type, LargeBinary) and value is not None:
            value = base64.b64decode(value)
        if value is not None or column.nullable:
            row[column.key] = value
    return row
