"""The tables of users and of the credentials that stand for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base, RandomId


class User(Base):
    """A person, or a user that an application speaks of by an id of its own (`name_key`).

    `handle` is the first part of the addresses of the user's events, once there is one.
    `language` is that of the user's letters and new browsers; None: as each browser says.
    `used_bytes` are the versions that the user added and the renditions of the files that the user added, those in the
    trash included, and the user's vaults.  `quota_bytes` None stands for the installation's setting, a negative one for
    no limit.
    """

    __tablename__ = "users"
    id: Mapped[RandomId]
    name_key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    handle: Mapped[str | None] = mapped_column(unique=True, index=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    is_keeper: Mapped[bool] = mapped_column(default=False)
    quota_bytes: Mapped[int | None]
    used_bytes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    language: Mapped[str | None]


class SignedIn(Base):
    """A browser's session; only a hash of its token is kept."""

    __tablename__ = "sessions"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    agent: Mapped[str | None]


class SignInLink(Base):
    """A link that signs in once."""

    __tablename__ = "sign_in_links"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Key(Base):
    """A personal key; only a hash of it is kept, and its first characters to tell it by.

    `libraries` are the only ones it opens; None opens all that its user may see.
    """

    __tablename__ = "keys"
    id: Mapped[RandomId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    start: Mapped[str]
    label: Mapped[str]
    scopes: Mapped[list[str]]
    libraries: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SecondFactor(Base):
    """What a user's authenticator app and this installation both know (RFC 6238), sealed.

    `last_step` is the newest step whose code was taken: it and those before are not taken again.  `failures` are those
    in a row, the last of them at `failed_at`.
    """

    __tablename__ = "second_factors"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class RecoveryCode(Base):
    """What stands in for a lost second factor, once; only a hash of it is kept."""

    __tablename__ = "recovery_codes"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class Passkey(Base):
    """A key that a user's device keeps, and signs in with; this is its public half."""

    __tablename__ = "passkeys"
    id: Mapped[RandomId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    label: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Ticket(Base):
    """A token that is good for one purpose, once, until it expires; only a hash of it is kept."""

    __tablename__ = "tickets"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    purpose: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Identity(Base):
    """Who a user is at a provider of sign-ins: its issuer, and its own name for the user, which never changes."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: Mapped[RandomId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    email: Mapped[str | None]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Departure(Base):
    """An account that is to be deleted, and what was deleted once it is; nothing in it then tells of whom.

    `key_hash` is of the key that shows it to whoever asked for it; `signature` proves the receipt.
    """

    __tablename__ = "departures"
    id: Mapped[RandomId]
    user_id: Mapped[int | None] = mapped_column(unique=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]]
    signature: Mapped[str | None]


class Takeaway(Base):
    """A ZIP of all that is kept of a user, in the making or made; `key` names its bytes until it expires."""

    __tablename__ = "takeaways"
    id: Mapped[RandomId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int | None]
    state: Mapped[str]
    error: Mapped[str | None]
    key: Mapped[str | None] = mapped_column(unique=True)
    size_bytes: Mapped[int | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
