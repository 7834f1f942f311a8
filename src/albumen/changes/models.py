"""The tables of the change feed, and of the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base, RandomId


class ChangeHead(Base):
    """The newest change of a library, and the newest that is forgotten."""

    __tablename__ = "change_heads"
    library_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    forgotten: Mapped[int] = mapped_column(default=0)


class Change(Base):
    """One change: what it happened to, and whether that is gone.

    `lineage` is the folder where it happened, and `before` the folder that a file or folder was moved out of.
    """

    __tablename__ = "changes"
    library_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    thing: Mapped[str]
    thing_id: Mapped[int]
    is_tombstone: Mapped[bool]
    lineage: Mapped[str | None]
    before: Mapped[str | None]
    changed_at: Mapped[datetime] = mapped_column(index=True)


class Regranted(Base):
    """Since when (a change's number) a user may see more or less of a library: what was read before is to be reread."""

    __tablename__ = "regranted"
    library_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class AuditEntry(Base):
    """One line of the log.  `actor_id` None is the house itself.  Holds no codes, tokens or file names."""

    __tablename__ = "audit_entries"
    id: Mapped[RandomId]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None]
    deed: Mapped[str]
    thing: Mapped[str]
    thing_id: Mapped[int]
    result: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
