"""The tables of guests: who came with which code, and what they sent, liked, said, fetched and did."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base, RandomId


class Guest(Base):
    """A browser that opened an event with a code; only a hash of its token is kept.

    It is good for as long as its code is, in the same `generation`.
    """

    __tablename__ = "guests"
    id: Mapped[RandomId]
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    accessor_id: Mapped[int] = mapped_column(ForeignKey("accessors.id", ondelete="CASCADE"), index=True)
    generation: Mapped[int]
    name: Mapped[str | None]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Contribution(Base):
    """A file that a guest gave to an event, for a set of it or none; `state` is waiting, shown or declined.

    `sent_as` is its name as the guest sent it, where it is kept under another.
    """

    __tablename__ = "contributions"
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True, index=True)
    accessor_id: Mapped[int | None] = mapped_column(ForeignKey("accessors.id", ondelete="SET NULL"), index=True)
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("guests.id", ondelete="SET NULL"), index=True)
    guest_name: Mapped[str | None]
    sent_as: Mapped[str | None]
    set_id: Mapped[int | None]
    state: Mapped[str]
    size_bytes: Mapped[int]
    sent_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]
    __table_args__ = (Index("ix_contributions_state", "event_id", "state", "sent_at", "file_id"),)


class GuestUpload(Base):
    """A resumable upload of a guest; its bytes count against the code's quota from when it was announced."""

    __tablename__ = "guest_uploads"
    upload_id: Mapped[int] = mapped_column(ForeignKey("resumables.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    accessor_id: Mapped[int] = mapped_column(ForeignKey("accessors.id", ondelete="CASCADE"), index=True)
    guest_id: Mapped[int] = mapped_column(ForeignKey("guests.id", ondelete="CASCADE"), index=True)
    reserved_bytes: Mapped[int]
    set_id: Mapped[int | None]


class Heart(Base):
    """A photo that a guest marked as a favourite."""

    __tablename__ = "hearts"
    guest_id: Mapped[int] = mapped_column(ForeignKey("guests.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True, index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    accessor_id: Mapped[int] = mapped_column(ForeignKey("accessors.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class Remark(Base):
    """What a guest wrote about a photo."""

    __tablename__ = "remarks"
    id: Mapped[RandomId]
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), index=True)
    accessor_id: Mapped[int] = mapped_column(ForeignKey("accessors.id", ondelete="CASCADE"), index=True)
    guest_id: Mapped[int] = mapped_column(ForeignKey("guests.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    created_at: Mapped[datetime]


class Doing(Base):
    """How often a guest did something (visit, view, download, upload, favorite) on a day.

    `file_id` 0: with no one photo.  `day` is the number of days since 1970, in UTC.
    """

    __tablename__ = "doings"
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    accessor_id: Mapped[int] = mapped_column(
        ForeignKey("accessors.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    guest_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    last_at: Mapped[datetime]


class GuestDownload(Base):
    """A ZIP that a guest may fetch until it expires; `manifest` says what is in it, to the byte."""

    __tablename__ = "guest_downloads"
    id: Mapped[RandomId]
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    accessor_id: Mapped[int] = mapped_column(ForeignKey("accessors.id", ondelete="CASCADE"), index=True)
    guest_id: Mapped[int] = mapped_column(ForeignKey("guests.id", ondelete="CASCADE"), index=True)
    generation: Mapped[int]
    filename: Mapped[str]
    manifest: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Attempt(Base):
    """A code that was tried and is not one, by the network it came from; forgotten after some minutes.

    The row with the id 0 is what those who try take turns by.
    """

    __tablename__ = "attempts"
    id: Mapped[RandomId]
    network: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (Index("ix_attempts_network", "network", "at"),)
