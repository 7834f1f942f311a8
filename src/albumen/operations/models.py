"""The tables of operations on many files with what undoing them takes, and of checks and backups."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base, RandomId


class Stage(StrEnum):
    """Where an operation stands."""

    pending = "pending"
    done = "done"
    cancelled = "cancelled"
    failed = "failed"
    undoing = "undoing"
    undone = "undone"


class Operation(Base):
    """Something done to many files at a user's word.  `skipped` counts files that were gone, or not the user's."""

    __tablename__ = "operations"
    id: Mapped[RandomId]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    verb: Mapped[str]
    args: Mapped[dict[str, Any]]
    stage: Mapped[str]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    restored: Mapped[int] = mapped_column(default=0)
    job_id: Mapped[int | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    __table_args__ = (Index("ix_operations_user", "user_id", "created_at"),)


class Batch(Base):
    """Some files of an operation, done in one transaction.  `before` is what undoing it takes, once it is done."""

    __tablename__ = "operation_batches"
    operation_id: Mapped[int] = mapped_column(ForeignKey("operations.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    file_ids: Mapped[bytes] = mapped_column(LargeBinary)
    before: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_done: Mapped[bool] = mapped_column(default=False)


class Check(Base):
    """One comparison of rows with bytes.  `position` is the key it came to; None before the first and after the last.

    `defects` has the first few thousand of `defect_count`.  `percent` of the bytes were read, sizes of all.
    """

    __tablename__ = "checks"
    id: Mapped[RandomId]
    is_scrub: Mapped[bool]
    percent: Mapped[float]
    position: Mapped[str | None]
    blob_count: Mapped[int] = mapped_column(default=0)
    read_bytes: Mapped[int] = mapped_column(default=0)
    defect_count: Mapped[int] = mapped_column(default=0)
    defects: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    started_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]


class Outcome(StrEnum):
    """How a backup or a drill stands."""

    running = "running"
    done = "done"
    failed = "failed"


class Backup(Base):
    """A backup that was made, or a drill that read one back (`deed`).

    While one runs, `name` is the machine and process that makes it, and `alive_at` moves on: the sweep takes nothing
    then that may still have to be copied.
    """

    __tablename__ = "backups"
    id: Mapped[RandomId]
    deed: Mapped[str]
    target: Mapped[str]
    name: Mapped[str | None]
    outcome: Mapped[str]
    blob_count: Mapped[int] = mapped_column(default=0)
    size_bytes: Mapped[int] = mapped_column(default=0)
    copied_bytes: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(index=True)
    alive_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Sidecar(Base):
    """What is known of a file or a library (`subject`), as it lies in the store beside the photos."""

    __tablename__ = "sidecars"
    subject: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    size_bytes: Mapped[int]
    crc32: Mapped[int]


class SidecarHead(Base):
    """Up to which number of its feed the sidecars of a library are written."""

    __tablename__ = "sidecar_heads"
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int]
