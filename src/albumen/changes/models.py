"""The tables of the change feed."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base


class ChangeHead(Base):
    """The newest change of a library."""

    __tablename__ = "change_heads"
    library_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class Change(Base):
    """One change: what it happened to, and whether that is gone."""

    __tablename__ = "changes"
    library_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    thing: Mapped[str]
    thing_id: Mapped[int]
    is_tombstone: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(index=True)
