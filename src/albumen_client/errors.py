"""What can go wrong between a program and a server, as words."""

from collections.abc import Sequence
from typing import ClassVar


class ClientError(Exception):
    """Anything that a call can end in."""


class Unreachable(ClientError):
    """No answer came, however often it was tried."""


class Damaged(ClientError):
    """What came is not what the server said it would be."""


class Refused(ClientError):
    """The server answered with a problem.  `code` is stable; `detail` is a sentence for a person."""

    statuses: ClassVar[tuple[int, ...]] = ()

    def __init__(self, status: int, code: str, detail: str, wrong: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(f"{detail} ({status})")
        self.status, self.code, self.detail, self.wrong = status, code, detail, tuple(wrong)


class Invalid(Refused):
    """The request is not right."""

    statuses = (400, 412, 413, 415, 416, 460)


class SignIn(Refused):
    """No credential, or one that does not hold."""

    statuses = (401,)


class Denied(Refused):
    """The thing may be seen, but this may not be done to it."""

    statuses = (403,)


class NotFound(Refused):
    """No such thing, or the caller may not know of it."""

    statuses = (404,)


class Conflict(Refused):
    """A name is taken, or the state has moved on."""

    statuses = (409, 423)


class Gone(Refused):
    """It is no longer there; for a feed: start over."""

    statuses = (410,)


class Unavailable(Refused):
    """The server cannot answer now, and could not however often it was asked."""

    statuses = (408, 429, 500, 502, 503, 504)


class OverQuota(Refused):
    """A quota is used up, or the disk is full."""

    statuses = (507,)


_WORDS = (Invalid, SignIn, Denied, NotFound, Conflict, Gone, Unavailable, OverQuota)
BY_STATUS: dict[int, type[Refused]] = {status: word for word in _WORDS for status in word.statuses}
