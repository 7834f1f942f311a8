"""What keeps libraries of a million files quick: look-alikes that were found already, and tags in order."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new."""
    _lookalikes()
    _same()
    if op.get_bind().dialect.name == "sqlite":
        _tags()


def _lookalikes() -> None:
    op.create_table(
        "lookalike_groups",
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("first_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_ids", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_lookalike_groups_library_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("library_id", "first_id", name=op.f("pk_lookalike_groups")),
    )
    op.create_table(
        "lookalike_states",
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_lookalike_states_library_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("library_id", name=op.f("pk_lookalike_states")),
    )


def _same() -> None:
    """Files with the same bytes are found in the index alone, which knows what lists show."""
    op.drop_index("ix_files_library_signature", "files")
    op.create_index("ix_files_library_signature", "files", ["library_id", "signature", "deleted_at", "part_of"])


def _tags() -> None:
    """Counting tags reads them from here; PostgreSQL, which bounds what an index holds, reads the table with several
    processes instead."""
    op.execute(
        "CREATE INDEX ix_files_tags ON files (library_id, CAST(tags AS VARCHAR)) "
        "WHERE deleted_at IS NULL AND part_of IS NULL AND CAST(tags AS VARCHAR) != '[]'"
    )
