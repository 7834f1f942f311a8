"""The commands of the client, as the server's program offers them, too."""

from albumen_client.cli import mirroring

__all__ = ["mirroring"]
