"""The tables of the change feed."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base


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
