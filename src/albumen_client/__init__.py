"""The client of Albumen: everything a program needs to talk to a server."""

from albumen_client.client import Client
from albumen_client.upload import Progress, Wanted

__all__ = ["Client", "Progress", "Wanted"]
