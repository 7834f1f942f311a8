"""What guards an account: a second factor, passkeys, and the sessions that are open."""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new."""
