"""The names that gifts came with, and what was taken out of what a card gave."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("contributions", sa.Column("sent_as", sa.String(), nullable=True))
    op.add_column("accessor_files", sa.Column("is_withheld", sa.Boolean(), nullable=False, server_default=sa.false()))
