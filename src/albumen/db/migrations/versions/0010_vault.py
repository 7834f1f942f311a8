"""What a host keeps of vaults: sealed bytes and a log of sealed records."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new."""
    _vaults()
    _vault_blobs()
    _vault_events()
    _vault_states()
    _vault_keys()
    _vault_devices()
    _vault_links()
    _vault_link_blobs()


def _vaults() -> None:
    op.create_table(
        "vaults",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("quota_bytes", sa.BigInteger(), nullable=True),
        sa.Column("used_bytes", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("head_sha256", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_vaults_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vaults")),
    )
    op.create_index(op.f("ix_vaults_deleted_at"), "vaults", ["deleted_at"], unique=False)
    op.create_index(op.f("ix_vaults_name"), "vaults", ["name"], unique=True)
    op.create_index(op.f("ix_vaults_user_id"), "vaults", ["user_id"], unique=False)


def _vault_blobs() -> None:
    op.create_table(
        "vault_blobs",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("vault_id", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("named_in", sa.BigInteger(), nullable=True),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["vault_id"], ["vaults.id"], name=op.f("fk_vault_blobs_vault_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault_blobs")),
        sa.UniqueConstraint("key", name=op.f("uq_vault_blobs_key")),
        sa.UniqueConstraint("vault_id", "signature", name=op.f("uq_vault_blobs_vault_id_signature")),
    )


def _vault_events() -> None:
    op.create_table(
        "vault_events",
        sa.Column("vault_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=True),
        sa.Column("rev", sa.BigInteger(), nullable=True),
        sa.Column("record", sa.String(), nullable=True),
        sa.Column("proof", sa.String(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("committed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["vault_id"], ["vaults.id"], name=op.f("fk_vault_events_vault_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("vault_id", "number", name=op.f("pk_vault_events")),
    )


def _vault_states() -> None:
    op.create_table(
        "vault_states",
        sa.Column("vault_id", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["vault_id"], ["vaults.id"], name=op.f("fk_vault_states_vault_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("vault_id", "signature", name=op.f("pk_vault_states")),
    )


def _vault_keys() -> None:
    op.create_table(
        "vault_keys",
        sa.Column("vault_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["vault_id"], ["vaults.id"], name=op.f("fk_vault_keys_vault_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("vault_id", "name", name=op.f("pk_vault_keys")),
    )


def _vault_devices() -> None:
    op.create_table(
        "vault_devices",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("vault_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["vault_id"], ["vaults.id"], name=op.f("fk_vault_devices_vault_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault_devices")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_vault_devices_token_hash")),
    )
    op.create_index(op.f("ix_vault_devices_vault_id"), "vault_devices", ["vault_id"], unique=False)


def _vault_links() -> None:
    op.create_table(
        "vault_links",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("vault_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("most_views", sa.BigInteger(), nullable=True),
        sa.Column("view_count", sa.BigInteger(), nullable=False),
        sa.Column("viewed_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["vault_id"], ["vaults.id"], name=op.f("fk_vault_links_vault_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault_links")),
        sa.UniqueConstraint("name", name=op.f("uq_vault_links_name")),
    )
    op.create_index(op.f("ix_vault_links_expires_at"), "vault_links", ["expires_at"], unique=False)
    op.create_index(op.f("ix_vault_links_vault_id"), "vault_links", ["vault_id"], unique=False)


def _vault_link_blobs() -> None:
    op.create_table(
        "vault_link_blobs",
        sa.Column("link_id", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["vault_links.id"], name=op.f("fk_vault_link_blobs_link_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("link_id", "signature", name=op.f("pk_vault_link_blobs")),
    )
