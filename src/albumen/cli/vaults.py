"""The commands of a vault, as the server's program offers them, too."""

from albumen_client.vault.cli import vault

__all__ = ["vault"]
