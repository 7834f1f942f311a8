"""Events, access codes, guests, and what they leave behind."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new."""
    _users()
    _resumables()
    _audit_entries()
    _stripped()
    _events()
    _accessors()
    _event_addresses()
    _event_sets()
    _webhooks()
    _accessor_files()
    _card_frames()
    _doings()
    _event_placements()
    _guests()
    _subscriptions()
    _contributions()
    _guest_downloads()
    _guest_uploads()
    _hearts()
    _remarks()
    _attempts()


def _users() -> None:
    op.add_column("users", sa.Column("handle", sa.String(), nullable=True))
    op.create_index(op.f("ix_users_handle"), "users", ["handle"], unique=True)


def _resumables() -> None:
    op.add_column("resumables", sa.Column("described", sa.String(), nullable=True))
    op.add_column("resumables", sa.Column("sender", sa.String(), nullable=True))
    op.add_column("resumables", sa.Column("reserved_in", sa.BigInteger(), nullable=True))


def _audit_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("thing_id", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_at"), "audit_entries", ["at"], unique=False)


def _stripped() -> None:
    op.create_table(
        "stripped",
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("recipe", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.LargeBinary(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("crc32", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signature"], ["originals.signature"], name=op.f("fk_stripped_signature"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_stripped")),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("album_id", sa.BigInteger(), nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("folder_id", sa.BigInteger(), nullable=True),
        sa.Column("held_on", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seconds_to_live", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("reveal_at", sa.BigInteger(), nullable=True),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("guest_upload", sa.String(), nullable=False),
        sa.Column("guest_name", sa.String(), nullable=False),
        sa.Column("strip_location", sa.Boolean(), nullable=False),
        sa.Column("has_comments", sa.Boolean(), nullable=False),
        sa.Column("reminded_days", sa.BigInteger(), nullable=True),
        sa.Column("ended_told_at", sa.BigInteger(), nullable=True),
        sa.Column("purged_at", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.JSON(), nullable=True),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["album_id"], ["albums.id"], name=op.f("fk_events_album_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_events_library_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_events_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("album_id", name=op.f("uq_events_album_id")),
        sa.UniqueConstraint("user_id", "word", name=op.f("uq_events_user_id_word")),
    )
    op.create_index(op.f("ix_events_expires_at"), "events", ["expires_at"], unique=False)
    op.create_index(op.f("ix_events_library_id"), "events", ["library_id"], unique=False)
    op.create_index(op.f("ix_events_user_id"), "events", ["user_id"], unique=False)


def _accessors() -> None:
    op.create_table(
        "accessors",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("shows", sa.String(), nullable=False),
        sa.Column("set_ids", sa.JSON(), nullable=False),
        sa.Column("query", sa.JSON(), nullable=True),
        sa.Column("code_mac", sa.LargeBinary(), nullable=False),
        sa.Column("token_mac", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("most_files", sa.BigInteger(), nullable=True),
        sa.Column("most_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sent_files", sa.BigInteger(), nullable=False),
        sa.Column("sent_bytes", sa.BigInteger(), nullable=False),
        sa.Column("use_count", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_to", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_accessors_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accessors")),
        sa.UniqueConstraint("code_mac", name=op.f("uq_accessors_code_mac")),
        sa.UniqueConstraint("token_mac", name=op.f("uq_accessors_token_mac")),
    )
    op.create_index(op.f("ix_accessors_event_id"), "accessors", ["event_id"], unique=False)


def _event_addresses() -> None:
    op.create_table(
        "event_addresses",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_addresses_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_event_addresses_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "word", name=op.f("pk_event_addresses")),
    )
    op.create_index(op.f("ix_event_addresses_event_id"), "event_addresses", ["event_id"], unique=False)


def _event_sets() -> None:
    op.create_table(
        "event_sets",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_sets_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_sets")),
        sa.UniqueConstraint("event_id", "folded", name=op.f("uq_event_sets_event_id_folded")),
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_webhooks_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_webhooks_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_event_id"), "webhooks", ["event_id"], unique=False)
    op.create_index(op.f("ix_webhooks_user_id"), "webhooks", ["user_id"], unique=False)


def _accessor_files() -> None:
    op.create_table(
        "accessor_files",
        sa.Column("accessor_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("is_by_card", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accessor_id"], ["accessors.id"], name=op.f("fk_accessor_files_accessor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_accessor_files_file_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("accessor_id", "file_id", name=op.f("pk_accessor_files")),
    )
    op.create_index(op.f("ix_accessor_files_file_id"), "accessor_files", ["file_id"], unique=False)


def _card_frames() -> None:
    op.create_table(
        "card_frames",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("accessor_id", sa.BigInteger(), nullable=True),
        sa.Column("clock_at", sa.BigInteger(), nullable=True),
        sa.Column("offset_seconds", sa.Double(), nullable=True),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accessor_id"], ["accessors.id"], name=op.f("fk_card_frames_accessor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_card_frames_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_card_frames_file_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", "file_id", name=op.f("pk_card_frames")),
    )
    op.create_index(op.f("ix_card_frames_accessor_id"), "card_frames", ["accessor_id"], unique=False)
    op.create_index(op.f("ix_card_frames_file_id"), "card_frames", ["file_id"], unique=False)


def _doings() -> None:
    op.create_table(
        "doings",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("accessor_id", sa.BigInteger(), nullable=False),
        sa.Column("guest_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accessor_id"], ["accessors.id"], name=op.f("fk_doings_accessor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_doings_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(
            "event_id", "accessor_id", "guest_id", "kind", "file_id", "day", name=op.f("pk_doings")
        ),
    )
    op.create_index(op.f("ix_doings_accessor_id"), "doings", ["accessor_id"], unique=False)


def _event_placements() -> None:
    op.create_table(
        "event_placements",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("set_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_placements_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_event_placements_file_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["event_sets.id"], name=op.f("fk_event_placements_set_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "file_id", name=op.f("pk_event_placements")),
    )
    op.create_index(op.f("ix_event_placements_file_id"), "event_placements", ["file_id"], unique=False)
    op.create_index(op.f("ix_event_placements_set_id"), "event_placements", ["set_id"], unique=False)


def _guests() -> None:
    op.create_table(
        "guests",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("accessor_id", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accessor_id"], ["accessors.id"], name=op.f("fk_guests_accessor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_guests_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guests")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_guests_token_hash")),
    )
    op.create_index(op.f("ix_guests_accessor_id"), "guests", ["accessor_id"], unique=False)
    op.create_index(op.f("ix_guests_event_id"), "guests", ["event_id"], unique=False)


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("accessor_id", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accessor_id"], ["accessors.id"], name=op.f("fk_subscriptions_accessor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_subscriptions_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_subscriptions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "event_id", name=op.f("pk_subscriptions")),
    )
    op.create_index(op.f("ix_subscriptions_accessor_id"), "subscriptions", ["accessor_id"], unique=False)
    op.create_index(op.f("ix_subscriptions_event_id"), "subscriptions", ["event_id"], unique=False)


def _contributions() -> None:
    op.create_table(
        "contributions",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("accessor_id", sa.BigInteger(), nullable=True),
        sa.Column("guest_id", sa.BigInteger(), nullable=True),
        sa.Column("guest_name", sa.String(), nullable=True),
        sa.Column("set_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["accessor_id"], ["accessors.id"], name=op.f("fk_contributions_accessor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_contributions_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_contributions_file_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["guest_id"], ["guests.id"], name=op.f("fk_contributions_guest_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("event_id", "file_id", name=op.f("pk_contributions")),
    )
    op.create_index(op.f("ix_contributions_accessor_id"), "contributions", ["accessor_id"], unique=False)
    op.create_index(op.f("ix_contributions_file_id"), "contributions", ["file_id"], unique=False)
    op.create_index(op.f("ix_contributions_guest_id"), "contributions", ["guest_id"], unique=False)
    op.create_index(
        "ix_contributions_state", "contributions", ["event_id", "state", "sent_at", "file_id"], unique=False
    )


def _guest_downloads() -> None:
    op.create_table(
        "guest_downloads",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("accessor_id", sa.BigInteger(), nullable=False),
        sa.Column("guest_id", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accessor_id"], ["accessors.id"], name=op.f("fk_guest_downloads_accessor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_guest_downloads_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["guest_id"], ["guests.id"], name=op.f("fk_guest_downloads_guest_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_downloads")),
    )
    op.create_index(op.f("ix_guest_downloads_accessor_id"), "guest_downloads", ["accessor_id"], unique=False)
    op.create_index(op.f("ix_guest_downloads_event_id"), "guest_downloads", ["event_id"], unique=False)
    op.create_index(op.f("ix_guest_downloads_expires_at"), "guest_downloads", ["expires_at"], unique=False)
    op.create_index(op.f("ix_guest_downloads_guest_id"), "guest_downloads", ["guest_id"], unique=False)


def _guest_uploads() -> None:
    op.create_table(
        "guest_uploads",
        sa.Column("upload_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("accessor_id", sa.BigInteger(), nullable=False),
        sa.Column("guest_id", sa.BigInteger(), nullable=False),
        sa.Column("reserved_bytes", sa.BigInteger(), nullable=False),
        sa.Column("set_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["accessor_id"], ["accessors.id"], name=op.f("fk_guest_uploads_accessor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_guest_uploads_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["guest_id"], ["guests.id"], name=op.f("fk_guest_uploads_guest_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["resumables.id"], name=op.f("fk_guest_uploads_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_guest_uploads")),
    )
    op.create_index(op.f("ix_guest_uploads_accessor_id"), "guest_uploads", ["accessor_id"], unique=False)
    op.create_index(op.f("ix_guest_uploads_event_id"), "guest_uploads", ["event_id"], unique=False)
    op.create_index(op.f("ix_guest_uploads_guest_id"), "guest_uploads", ["guest_id"], unique=False)


def _hearts() -> None:
    op.create_table(
        "hearts",
        sa.Column("guest_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("accessor_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accessor_id"], ["accessors.id"], name=op.f("fk_hearts_accessor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_hearts_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_hearts_file_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["guest_id"], ["guests.id"], name=op.f("fk_hearts_guest_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("guest_id", "file_id", name=op.f("pk_hearts")),
    )
    op.create_index(op.f("ix_hearts_accessor_id"), "hearts", ["accessor_id"], unique=False)
    op.create_index(op.f("ix_hearts_event_id"), "hearts", ["event_id"], unique=False)
    op.create_index(op.f("ix_hearts_file_id"), "hearts", ["file_id"], unique=False)


def _remarks() -> None:
    op.create_table(
        "remarks",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("accessor_id", sa.BigInteger(), nullable=False),
        sa.Column("guest_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accessor_id"], ["accessors.id"], name=op.f("fk_remarks_accessor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_remarks_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_remarks_file_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["guest_id"], ["guests.id"], name=op.f("fk_remarks_guest_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
    )
    op.create_index(op.f("ix_remarks_accessor_id"), "remarks", ["accessor_id"], unique=False)
    op.create_index(op.f("ix_remarks_event_id"), "remarks", ["event_id"], unique=False)
    op.create_index(op.f("ix_remarks_file_id"), "remarks", ["file_id"], unique=False)
    op.create_index(op.f("ix_remarks_guest_id"), "remarks", ["guest_id"], unique=False)


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_at"), "attempts", ["at"], unique=False)
    op.create_index("ix_attempts_network", "attempts", ["network", "at"], unique=False)
