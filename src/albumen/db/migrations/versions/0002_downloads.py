"""Selections that may be fetched as one ZIP for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of downloads."""
    op.create_table(
        "downloads",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_downloads_library_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_downloads_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_downloads")),
    )
    op.create_index(op.f("ix_downloads_library_id"), "downloads", ["library_id"], unique=False)
    op.create_index(op.f("ix_downloads_user_id"), "downloads", ["user_id"], unique=False)
    op.create_index(op.f("ix_downloads_expires_at"), "downloads", ["expires_at"], unique=False)
