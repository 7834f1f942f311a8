"""Where photos were taken, and what their decoded pixels are."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen what is there."""
    _places()
    _pixels()


def _places() -> None:
    for name in ("city", "region", "country", "country_code"):
        op.add_column("files", sa.Column(name, sa.String(), nullable=True))


def _pixels() -> None:
    op.add_column("originals", sa.Column("pixel_hash", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_originals_pixel_hash"), "originals", ["pixel_hash"], unique=False)
