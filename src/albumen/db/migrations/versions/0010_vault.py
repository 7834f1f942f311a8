"""What a host keeps of vaults: sealed bytes and a log of sealed records."""

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new."""
