"""What keepers run: checks, backups and drills."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of checks, of what they found damaged, of backups, and of what lies beside the photos."""
    op.create_table(
        "damages",
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signature"], ["originals.signature"], name=op.f("fk_damages_signature"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_damages")),
    )
    op.create_table(
        "checks",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_scrub", sa.Boolean(), nullable=False),
        sa.Column("percent", sa.Double(), nullable=False),
        sa.Column("position", sa.String(), nullable=True),
        sa.Column("blob_count", sa.BigInteger(), nullable=False),
        sa.Column("read_bytes", sa.BigInteger(), nullable=False),
        sa.Column("defect_count", sa.BigInteger(), nullable=False),
        sa.Column("defects", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
    )
    op.create_index(op.f("ix_checks_started_at"), "checks", ["started_at"], unique=False)
    _backups()


def _backups() -> None:
    op.create_table(
        "backups",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("blob_count", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("copied_bytes", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("alive_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backups")),
    )
    op.create_index(op.f("ix_backups_started_at"), "backups", ["started_at"], unique=False)
    _sidecars()


def _sidecars() -> None:
    op.create_table(
        "sidecars",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("crc32", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_sidecars")),
        sa.UniqueConstraint("key", name=op.f("uq_sidecars_key")),
    )
    op.create_table(
        "sidecar_heads",
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_sidecar_heads_library_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("library_id", name=op.f("pk_sidecar_heads")),
    )
