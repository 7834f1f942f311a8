"""The tables of downloads, exports, duplicates, and timelines as they were handed out."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, and_
from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base, RandomId
from albumen.db.statements import table_of
from albumen.libraries.models import File

_files = table_of(File).c
_located = and_(_files.latitude.is_not(None), _files.deleted_at.is_(None))
_named = and_(_files.country_code.is_not(None), _files.deleted_at.is_(None))
Index(
    "ix_files_map",
    *(_files.library_id, _files.latitude, _files.longitude, _files.sorted_at, _files.part_of),
    sqlite_where=_located,
    postgresql_where=_located,
)
Index(
    "ix_files_places",
    *(_files.library_id, _files.country_code, _files.country, _files.region, _files.city, _files.part_of),
    sqlite_where=_named,
    postgresql_where=_named,
)


class Download(Base):
    """A selection that may be fetched as one ZIP until it expires; `manifest` says what is in it, to the byte."""

    __tablename__ = "downloads"
    id: Mapped[RandomId]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    filename: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    manifest: Mapped[bytes] = mapped_column(LargeBinary)


class Dismissal(Base):
    """Files (their ids as text) that somebody said are no duplicates of each other."""

    __tablename__ = "dismissals"
    id: Mapped[RandomId]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), index=True)
    file_ids: Mapped[list[str]]
    dismissed_by: Mapped[int | None]
    created_at: Mapped[datetime]


class Resolution(Base):
    """Duplicates of which one was kept; `undo` is what taking it back needs."""

    __tablename__ = "resolutions"
    id: Mapped[RandomId]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None]
    kept_id: Mapped[int]
    dropped_ids: Mapped[list[str]]
    undo: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(index=True)


class Export(Base):
    """A ZIP that a job makes of some files and keeps under `key` until it expires.  Its id is the public job id."""

    __tablename__ = "exports"
    id: Mapped[RandomId]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int | None]
    created_by: Mapped[int | None]
    updated_by: Mapped[int | None]
    filename: Mapped[str]
    metadata_mode: Mapped[str]
    file_ids: Mapped[list[str]]
    state: Mapped[str]
    error: Mapped[str | None]
    key: Mapped[str | None] = mapped_column(unique=True)
    size_bytes: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)


class Pin(Base):
    """A listing as it stood at a number of its library's feed: enough to find a stretch of it again.

    `listing` names what is listed and for whose eyes.  `starts` has of every chunk its first file's time and id, and
    what its files' ids come to (`assets.pins`).
    """

    __tablename__ = "pins"
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), primary_key=True)
    listing: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    starts: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(index=True)


class LookalikeGroup(Base):
    """Photos of a large library that look alike (their ids as text), as a job found them; `first_id` is the first."""

    __tablename__ = "lookalike_groups"
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), primary_key=True)
    first_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    file_ids: Mapped[list[str]]


class LookalikeState(Base):
    """As of which number of its library's feed all the look-alikes were found, and when."""

    __tablename__ = "lookalike_states"
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int]
    found_at: Mapped[datetime]
