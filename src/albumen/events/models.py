"""The tables of events: their addresses and parts, and the access codes to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base, RandomId


class GuestUpload(StrEnum):
    """Whether guests add photos: not at all, to a queue that somebody approves, or at once."""

    no = "no"
    moderated = "moderated"
    yes = "yes"


class GuestName(StrEnum):
    """Whether a guest is asked for a name."""

    off = "off"
    optional = "optional"
    required = "required"


class Event(Base):
    """An album that its owner published.  What is in it, and in which order, is the album's.

    `word` is its part of the address `userName/event_name`.  `expires_at` follows from `seconds_to_live` and
    `created_at`; None is no end.  `folder_id` is where photos go that are added to the event itself.  Guests see
    nothing before `reveal_at`.  `receipt` says what was removed at `purged_at`.
    """

    __tablename__ = "events"
    id: Mapped[RandomId]
    album_id: Mapped[int] = mapped_column(ForeignKey("albums.id", ondelete="CASCADE"), unique=True)
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    word: Mapped[str]
    folder_id: Mapped[int | None]
    held_on: Mapped[str | None]
    created_at: Mapped[datetime]
    seconds_to_live: Mapped[int | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    reveal_at: Mapped[datetime | None]
    is_locked: Mapped[bool] = mapped_column(default=False)
    guest_upload: Mapped[str] = mapped_column(default=GuestUpload.no)
    guest_name: Mapped[str] = mapped_column(default=GuestName.optional)
    strip_location: Mapped[bool] = mapped_column(default=True)
    has_comments: Mapped[bool] = mapped_column(default=False)
    reminded_days: Mapped[int | None]
    ended_told_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    modified_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("user_id", "word"),)


class Address(Base):
    """An address that an event has or had (`word` below its owner's); old ones lead to the new one."""

    __tablename__ = "event_addresses"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class EventSet(Base):
    """A named part of an event, such as "Ceremony"."""

    __tablename__ = "event_sets"
    id: Mapped[RandomId]
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    name: Mapped[str]
    folded: Mapped[str]
    position: Mapped[int]
    __table_args__ = (UniqueConstraint("event_id", "folded"),)


class Placement(Base):
    """In which set of an event a file lies; most lie in none."""

    __tablename__ = "event_placements"
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True, index=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("event_sets.id", ondelete="CASCADE"), index=True)


class Shows(StrEnum):
    """Which of an event's photos a code shows."""

    all = "all"
    files = "files"
    sets = "sets"
    query = "query"


class Accessor(Base):
    """An access code: whose it is, what it shows, what it allows, and until when.

    `permissions` are of view, download, upload, favorite; `sizes` are of original, web.  What it shows: all, the files
    of `AccessorFile`, those in the sets `set_ids`, or what `query` (criteria) finds in the event.  The code and the
    token of its QR link are looked up by `code_mac` and `token_mac` and kept sealed, to be shown to the owner.  A
    replaced code has a higher `generation`, by which what was opened with the one before is refused.  `sent_to` is the
    e-mail address that it was last sent to.
    """

    __tablename__ = "accessors"
    id: Mapped[RandomId]
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    label: Mapped[str | None]
    permissions: Mapped[list[str]]
    sizes: Mapped[list[str]]
    shows: Mapped[str] = mapped_column(default=Shows.all)
    set_ids: Mapped[list[str]] = mapped_column(default=list)
    query: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    code_mac: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    token_mac: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    generation: Mapped[int] = mapped_column(default=1)
    expires_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    most_files: Mapped[int | None]
    most_bytes: Mapped[int | None]
    sent_files: Mapped[int] = mapped_column(default=0)
    sent_bytes: Mapped[int] = mapped_column(default=0)
    use_count: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime | None]
    sent_to: Mapped[str | None]
    created_at: Mapped[datetime]


class AccessorFile(Base):
    """A file that a code shows because somebody picked it, or (`is_by_card`) because its card was photographed.

    What a card gave and somebody took out again stays, as `is_withheld`, so that the card does not bring it back.
    """

    __tablename__ = "accessor_files"
    accessor_id: Mapped[int] = mapped_column(ForeignKey("accessors.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True, index=True)
    is_by_card: Mapped[bool] = mapped_column(default=False)
    is_withheld: Mapped[bool] = mapped_column(default=False)


class Subscription(Base):
    """Another user's event that a user keeps at hand, by the code that opened it; `seen_at` is the last visit."""

    __tablename__ = "subscriptions"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True, index=True)
    accessor_id: Mapped[int] = mapped_column(ForeignKey("accessors.id", ondelete="CASCADE"), index=True)
    generation: Mapped[int]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class FrameKind(StrEnum):
    """What a photographer's frame shows: a subject's card, one that cannot be read, another's, a clock, or no card.

    `ignored`: somebody said that it is none.
    """

    code = "code"
    unread = "unread"
    foreign = "foreign"
    clock = "clock"
    plain = "plain"
    ignored = "ignored"


class CardFrame(Base):
    """A photographer's frame that was looked at: a subject's card (`accessor_id`), a clock (`clock_at`), or neither.

    `body` tells camera bodies apart; empty where the frame does not say.  `offset_seconds` is how far that body's clock
    was behind, on the frame that showed it.  `is_settled`: somebody said what it is.  `before` has the date as the
    camera wrote it, where the clock was corrected, and what it became.
    """

    __tablename__ = "card_frames"
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[str]
    body: Mapped[str]
    accessor_id: Mapped[int | None] = mapped_column(ForeignKey("accessors.id", ondelete="CASCADE"), index=True)
    clock_at: Mapped[datetime | None]
    offset_seconds: Mapped[float | None]
    is_settled: Mapped[bool] = mapped_column(default=False)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    read_at: Mapped[datetime]


class Webhook(Base):
    """An address that is told what happens in an owner's events; `event_id` None: in all of them."""

    __tablename__ = "webhooks"
    id: Mapped[RandomId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    url: Mapped[str]
    kinds: Mapped[list[str]]
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
