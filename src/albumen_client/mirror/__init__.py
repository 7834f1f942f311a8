"""The mirror: a local copy of a library that follows it."""

from albumen_client.mirror.mirror import Mirror
from albumen_client.mirror.settle import Outcome

__all__ = ["Mirror", "Outcome"]
