"""Photos that are archived: kept, found, and not in the timeline."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and put it into the index that answers timelines alone."""
    op.add_column("files", sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_files_timeline", "files")
    columns = ["library_id", "sorted_at", "id", "part_of", "shape", "archived"]
    op.create_index("ix_files_timeline", "files", columns, sqlite_where=sa.text("deleted_at IS NULL"))
