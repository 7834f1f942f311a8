"""What can go wrong with a vault, beyond what can go wrong with any server."""

from albumen_client.errors import ClientError


class Untrusted(ClientError):
    """What the host gave cannot be right.  `code` is stable; the sentence is a warning for a person."""

    def __init__(self, code: str, warning: str) -> None:
        super().__init__(f"Warning: {warning}")
        self.code = code


class NotEncrypted(Untrusted):
    """Bytes that are no age file, or one that was changed, cut, or is not meant for these keys."""


class WrongKey(ClientError):
    """The passphrase or the words do not open this vault."""


class Absent(ClientError):
    """The vault holds no such photo, or no longer."""


class Stuck(ClientError):
    """Others are always faster, or the host refuses without end."""
