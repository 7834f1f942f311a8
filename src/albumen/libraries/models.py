"""The tables of libraries: what a user filed where, and what is stored of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base, RandomId
from albumen.kernel import shapes

_ALIVE = text("deleted_at IS NULL")
_DELETED = text("deleted_at IS NOT NULL")
_REVISED = text("version > 1")
_PAIRED, _HALVES = ("library_id", "content_identifier"), text("content_identifier IS NOT NULL")
_TIMELINE = ("library_id", "sorted_at", "id", "part_of", "shape", "archived")


class Role(StrEnum):
    """What a user may do with a library, folder or album; each holds the ones after it."""

    owner = "owner"
    contributor = "contributor"
    reader = "reader"


class SameName(StrEnum):
    """What an upload becomes whose name is taken in its folder."""

    number = "number"
    version = "version"


class Library(Base):
    """A collection of folders with members, a time zone and a quota.

    `keep_versions` is how many versions of a file are kept, the current one included, and `keep_version_days` for how
    many days a version is kept after another replaced it; None: all, and for ever.
    """

    __tablename__ = "libraries"
    id: Mapped[RandomId]
    name: Mapped[str]
    description: Mapped[str | None]
    time_zone: Mapped[str]
    quota_bytes: Mapped[int | None]
    used_bytes: Mapped[int] = mapped_column(default=0)
    default_of: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), unique=True)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    same_name: Mapped[str] = mapped_column(default=SameName.number)
    keep_versions: Mapped[int | None]
    keep_version_days: Mapped[int | None]


class Place(StrEnum):
    """What a role can be given on."""

    library = "library"
    folder = "folder"
    album = "album"


class Assignment(Base):
    """A role that a user was given on a library, a folder or an album (`place_id`) of a library."""

    __tablename__ = "assignments"
    place_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), index=True)
    place: Mapped[str]
    role: Mapped[str]
    given_by: Mapped[int | None]
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_assignments_user", "user_id", "library_id"),)


class Folder(Base):
    """A folder.  `lineage` names it and all above it, `/a/b/`, so that a subtree is a prefix.

    A deleted folder stays as long as the trash holds files of it, so that they can be put back where they were.
    """

    __tablename__ = "folders"
    id: Mapped[RandomId]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"), index=True)
    name: Mapped[str]
    folded: Mapped[str]
    lineage: Mapped[str]
    file_count: Mapped[int] = mapped_column(default=0)
    file_bytes: Mapped[int] = mapped_column(default=0)
    sm_bytes: Mapped[int] = mapped_column(default=0)
    md_bytes: Mapped[int] = mapped_column(default=0)
    lg_bytes: Mapped[int] = mapped_column(default=0)
    cnv_bytes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_folders_name",
            "library_id",
            func.coalesce(text("parent_id"), 0),
            "folded",
            unique=True,
            sqlite_where=_ALIVE,
            postgresql_where=_ALIVE,
        ),
        Index("ix_folders_lineage", "library_id", "lineage"),
    )


class File(Base):
    """A photo or video as a user filed it.  Facts start as read from its bytes, and the user may correct them.

    `sorted_at` is the local time it was taken, read as if it were UTC, or the time of import: the timeline's order;
    `shape` is what it looks like there (`kernel.shapes`).
    `corrected` names the columns that a user has set (such as `taken_at`, `title`): what a new version brings does not
    change those.  `part_of` is the photo whose moving part this film is: such a film is listed and counted nowhere by
    itself.  `archived` keeps a file out of the timeline, and out of nothing else.
    """

    __tablename__ = "files"
    id: Mapped[RandomId]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"))
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"), index=True)
    added_by: Mapped[int | None]
    name: Mapped[str]
    folded: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    signature: Mapped[str] = mapped_column(ForeignKey("originals.signature"), index=True)
    size_bytes: Mapped[int]
    imported_at: Mapped[datetime]
    modified_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[int | None]
    part_of: Mapped[int | None] = mapped_column(index=True)
    content_identifier: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    taken_local: Mapped[datetime | None]
    taken_source: Mapped[str | None]
    sorted_at: Mapped[datetime]
    shape: Mapped[int] = mapped_column(default=shapes.SQUARE)
    rating: Mapped[int | None]
    title: Mapped[str | None]
    comments: Mapped[str | None]
    camera_make: Mapped[str | None]
    camera_model: Mapped[str | None]
    lens: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    altitude: Mapped[float | None]
    city: Mapped[str | None]
    region: Mapped[str | None]
    country: Mapped[str | None]
    country_code: Mapped[str | None]
    favorite: Mapped[bool] = mapped_column(default=False)
    archived: Mapped[bool] = mapped_column(default=False)
    tags: Mapped[list[str]] = mapped_column(default=list)
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict)
    corrected: Mapped[list[str]] = mapped_column(default=list)
    __table_args__ = (
        Index(
            "uq_files_name",
            "folder_id",
            "folded",
            unique=True,
            sqlite_where=_ALIVE,
            postgresql_where=_ALIVE,
        ),
        Index("ix_files_timeline", *_TIMELINE, sqlite_where=_ALIVE),
        Index("ix_files_library_signature", "library_id", "signature", "deleted_at", "part_of"),
        Index("ix_files_content_identifier", *_PAIRED, sqlite_where=_HALVES, postgresql_where=_HALVES),
        Index("ix_files_revised", "library_id", sqlite_where=_REVISED, postgresql_where=_REVISED),
        Index("ix_files_trash", "library_id", "deleted_at", sqlite_where=_DELETED, postgresql_where=_DELETED),
        Index("ix_files_deleted_at", "deleted_at", sqlite_where=_DELETED),
        *(
            Index(f"ix_files_{key}", "library_id", key, "id")
            for key in ("imported_at", "folded", "size_bytes", "rating")
        ),
    )


class Version(Base):
    """One content a file had; the newest is the file's own."""

    __tablename__ = "versions"
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    signature: Mapped[str] = mapped_column(ForeignKey("originals.signature"), index=True)
    size_bytes: Mapped[int]
    added_by: Mapped[int | None]
    added_at: Mapped[datetime]


class Original(Base):
    """Bytes as they came, stored once whoever holds them, and what was read from them.

    `developed_at` is set when its renditions were made; `failure` says in a sentence why they could not be.
    `converted_at` and `unplayable` say the same of what makes a film play everywhere.
    """

    __tablename__ = "originals"
    signature: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    size_bytes: Mapped[int]
    crc32: Mapped[int]
    kind: Mapped[str]
    mime: Mapped[str]
    is_video: Mapped[bool]
    width: Mapped[int]
    height: Mapped[int]
    duration_seconds: Mapped[float | None]
    facts: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    stored_at: Mapped[datetime]
    developed_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    converted_at: Mapped[datetime | None]
    unplayable: Mapped[str | None]
    thumbhash: Mapped[bytes | None] = mapped_column(LargeBinary)
    phash: Mapped[int | None]
    pixel_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)


class Rendition(Base):
    """A smaller or browser-ready form of an original, stored once like it."""

    __tablename__ = "renditions"
    signature: Mapped[str] = mapped_column(ForeignKey("originals.signature", ondelete="CASCADE"), primary_key=True)
    variant: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    mime: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size_bytes: Mapped[int]
    crc32: Mapped[int]
    made_at: Mapped[datetime]


class MonthCount(Base):
    """How many files of a library were taken in a month (year * 100 + month), kept by the write path."""

    __tablename__ = "month_counts"
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]


class Album(Base):
    """A selection inside a library: files put in by hand and in their order, or what a query finds now."""

    __tablename__ = "albums"
    id: Mapped[RandomId]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    description: Mapped[str | None]
    query: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    cover_file_id: Mapped[int | None]
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]
    modified_at: Mapped[datetime]


class AlbumItem(Base):
    """A file in an album made by hand."""

    __tablename__ = "album_items"
    album_id: Mapped[int] = mapped_column(ForeignKey("albums.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]
    added_by: Mapped[int | None]
    added_at: Mapped[datetime]
    __table_args__ = (Index("ix_album_items_position", "album_id", "position"),)


class Resumable(Base):
    """An upload that may be broken off and gone on with: `offset_bytes` of `size_bytes` are durable in the spool.

    `file_id` is set when all was filed; until then it counts in the library `reserved_in`.  `sender`: None is the user.
    """

    __tablename__ = "resumables"
    id: Mapped[RandomId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"))
    filename: Mapped[str]
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    described: Mapped[str | None]
    sender: Mapped[str | None]
    reserved_in: Mapped[int | None]
    size_bytes: Mapped[int]
    offset_bytes: Mapped[int] = mapped_column(default=0)
    spool: Mapped[str]
    file_id: Mapped[int | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
