"""The tables of vaults: sealed bytes, a log of sealed events, key files, links, and the devices that may come."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from albumen.db.base import Base, RandomId

NO_EVENT = "0" * 64
"""What stands for the hash of the event before the first."""


class Vault(Base):
    """A library whose host cannot read it; `name` is the UUID that its devices know it by.

    `head` is the number of the newest event in its log, and `head_sha256` the SHA-256 of that event's text, in hex.
    `used_bytes` are its blobs, its log and its key files, which count for its user, too.
    """

    __tablename__ = "vaults"
    id: Mapped[RandomId]
    name: Mapped[str] = mapped_column(unique=True, index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    quota_bytes: Mapped[int | None]
    used_bytes: Mapped[int] = mapped_column(default=0)
    head: Mapped[int] = mapped_column(default=0)
    head_sha256: Mapped[str] = mapped_column(default=NO_EVENT)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None] = mapped_column(index=True)


class VaultBlob(Base):
    """Sealed bytes that are durably stored under `key`; `sha256` is that of the sealed bytes.

    `named_in` is the newest event that needs it; None where none did yet.
    """

    __tablename__ = "vault_blobs"
    id: Mapped[RandomId]
    vault_id: Mapped[int] = mapped_column(ForeignKey("vaults.id", ondelete="CASCADE"))
    signature: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    size_bytes: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    named_in: Mapped[int | None]
    stored_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("vault_id", "signature"),)


class VaultEvent(Base):
    """One event of a vault's log, as a device sealed it, with the state of an asset that it set (`signature`, `rev`).

    A tombstone has a proof and no record.
    """

    __tablename__ = "vault_events"
    vault_id: Mapped[int] = mapped_column(ForeignKey("vaults.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event: Mapped[str]
    signature: Mapped[str | None]
    rev: Mapped[int | None]
    record: Mapped[str | None]
    proof: Mapped[str | None]
    size_bytes: Mapped[int]
    committed_at: Mapped[datetime]


class VaultState(Base):
    """Which event set the current state of an asset, and the asset's revision by that."""

    __tablename__ = "vault_states"
    vault_id: Mapped[int] = mapped_column(ForeignKey("vaults.id", ondelete="CASCADE"), primary_key=True)
    signature: Mapped[str] = mapped_column(primary_key=True)
    rev: Mapped[int]
    number: Mapped[int]


class VaultKey(Base):
    """A small sealed file that opens the vault for whoever knows a secret, such as `pass.age`."""

    __tablename__ = "vault_keys"
    vault_id: Mapped[int] = mapped_column(ForeignKey("vaults.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    written_at: Mapped[datetime]


class VaultDevice(Base):
    """A device that may come for one vault; only a hash of its token is kept.  `label` is whatever its owner wrote."""

    __tablename__ = "vault_devices"
    id: Mapped[RandomId]
    vault_id: Mapped[int] = mapped_column(ForeignKey("vaults.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    label: Mapped[str | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class VaultLink(Base):
    """A link for visitors: a sealed manifest, and until when and how often it may be opened."""

    __tablename__ = "vault_links"
    id: Mapped[RandomId]
    vault_id: Mapped[int] = mapped_column(ForeignKey("vaults.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    manifest: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    size_bytes: Mapped[int]
    most_views: Mapped[int | None]
    view_count: Mapped[int] = mapped_column(default=0)
    viewed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)


class VaultLinkBlob(Base):
    """A blob that the visitors of a link may fetch."""

    __tablename__ = "vault_link_blobs"
    link_id: Mapped[int] = mapped_column(ForeignKey("vault_links.id", ondelete="CASCADE"), primary_key=True)
    signature: Mapped[str] = mapped_column(primary_key=True)
