"""Errors are words: each says what happened, in a form every door (HTTP, page, worker, CLI) can translate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class Problem(Exception):
    """Something a caller can be told.  `code` is stable; `detail` is a sentence for a person.

    Raised by verbs, mapped by each door (`http.problems` for HTTP).  Never carries a server path or a secret.
    """

    code: ClassVar[str] = "problem"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str = "", *, code: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.specific = code or self.code


class NotFound(Problem):
    """No such thing, or the caller may not know of it."""

    code = "not-found"
    title = "There is nothing here"


class Denied(Problem):
    """The caller sees the thing but may not do this to it."""

    code = "denied"
    title = "You may not do this"


class SignIn(Problem):
    """No credential, or one that does not hold."""

    code = "sign-in"
    title = "Sign in first"


class Conflict(Problem):
    """The name is taken, or the state has moved on."""

    code = "conflict"
    title = "This clashes with what is there"


class Locked(Conflict):
    """Somebody else is at it just now; a moment later it may be free."""

    code = "locked"
    title = "Somebody else is at this just now"


class Invalid(Problem):
    """The input is wrong.  `errors` names each wrong place as `(path, message)`."""

    code = "invalid"
    title = "The request is not right"

    def __init__(self, detail: str = "", *, errors: Sequence[tuple[str, str]] = (), code: str = "") -> None:
        super().__init__(detail, code=code)
        self.errors = tuple(errors)


class TooLarge(Invalid):
    """More bytes, pixels or frames than the settings admit."""

    code = "too-large"
    title = "This is too large"


class Unsupported(Invalid):
    """Not a photo or video that we read."""

    code = "unsupported"
    title = "This is not a photo or video that can be read here"


@dataclass(frozen=True)
class Quota:
    """How a quota stands: whose it is (`library` or `user`), and its bytes."""

    of: str
    used_bytes: int
    quota_bytes: int

    @property
    def free_bytes(self) -> int:
        """What is left of it."""
        return max(0, self.quota_bytes - self.used_bytes)


class OverQuota(Problem):
    """A quota is used up (`quota` says which), or the disk is nearly full."""

    code = "over-quota"
    title = "There is no room left"

    def __init__(self, detail: str = "", *, quota: Quota | None = None) -> None:
        super().__init__(detail)
        self.quota = quota


class Gone(Problem):
    """It was here, and has expired or been purged."""

    code = "gone"
    title = "This is no longer available"


class Busy(Problem):
    """Too many attempts.  `retry_seconds` says when to come back."""

    code = "busy"
    title = "Too many requests"

    def __init__(self, detail: str = "", *, retry_seconds: int = 60) -> None:
        super().__init__(detail)
        self.retry_seconds = retry_seconds


class Unavailable(Problem):
    """A part we need does not answer.  `retry_seconds` says when to come back."""

    code = "unavailable"
    title = "The service is not ready"

    def __init__(self, detail: str = "", *, retry_seconds: int = 5) -> None:
        super().__init__(detail)
        self.retry_seconds = retry_seconds
