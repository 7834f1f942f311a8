"""The tables of operations on many files, and of what undoing them takes."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
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
