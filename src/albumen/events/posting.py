"""Posting to addresses that users give: never to this machine or its neighbours, never further than asked."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, urlsplit

from albumen.http import outgoing
from albumen.http.outgoing import Asked, Limits, Target, is_public
from albumen.kernel.errors import Denied, Invalid, Unavailable

__all__ = ["SECONDS", "Target", "check_url", "is_public", "post", "target"]

SECONDS: Final = 10.0
"""How long each step may take, and three of them the whole."""
_MOST_CHARACTERS: Final = 2000


def check_url(url: str) -> SplitResult:
    """The parts of an address that could be posted to.  Raises Invalid."""
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in outgoing.PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or len(url) > _MOST_CHARACTERS or not url.isascii() or any(c <= " " for c in url):
        told = "A webhook goes to an address that begins with https:// or http://."
        raise Invalid(told, errors=[("url", "not an address")])
    if parts.username is not None or parts.password is not None:
        raise Invalid("A webhook's address holds no user or password.", errors=[("url", "holds a user")])
    return parts


def target(url: str, *, allows_private: bool) -> Target:
    """The machine that an address stands for now.

    Raises Invalid where any of its machines is private, loopback or otherwise not of the open network, and Unavailable
    where its name cannot be found.
    """
    try:
        return outgoing.target(check_url(url), allows_private=allows_private)
    except Denied:
        told = "A webhook may not go to a private address."
        raise Invalid(told, errors=[("url", "a private address")]) from None
    except Unavailable as error:
        raise Unavailable("The webhook's machine cannot be found.") from error


def post(to: Target, body: bytes, headers: Mapping[str, str]) -> int:
    """Post once and return the status; what is answered is not read, and no redirect is followed.

    Raises Unavailable where nothing answers in time.
    """
    try:
        status, _ = outgoing.exchange(to, Asked("POST", headers, body), Limits(SECONDS, 3 * SECONDS))
    except Unavailable as error:
        raise Unavailable("The webhook's machine does not answer.") from error
    return status
