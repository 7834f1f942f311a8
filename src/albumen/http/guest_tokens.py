"""The token that a guest is known by, as requests carry it: in a cookie, or as `Bearer`."""

import re

from fastapi import Request, Response

from albumen.http.auth import SAFE_METHODS, check_origin
from albumen.kernel.errors import Denied, SignIn

_TOKEN = re.compile(r"guest_[A-Za-z0-9_-]{43}")
_LONGEST_DAYS = 400
"""How long browsers keep a cookie at most; the token in it may end sooner."""
_OWN = ("same-origin", "none")


def is_token(told: str) -> bool:
    """Whether this looks like a guest's token."""
    return _TOKEN.fullmatch(told) is not None


def cookie_name(*, secure: bool) -> str:
    """The guest cookie's name; over plain HTTP a browser refuses the `__Host-` prefix."""
    return "__Host-albumen-guest" if secure else "albumen-guest"


def shown_token(request: Request) -> str:
    """The guest's token of a request, or nothing.  Raises Denied for a cookie that another site's page may have sent.

    A token in `Authorization` counts before the cookie, and any other credential there is none of a guest.
    """
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, told = header.partition(" ")
        return told.strip() if scheme.lower() == "bearer" and is_token(told.strip()) else ""
    token = request.cookies.get(cookie_name(secure=request.url.scheme == "https"), "")
    if token and request.method not in SAFE_METHODS:
        check_own_page(request)
    return token


def check_own_page(request: Request) -> None:
    """Refuse what a page of another site sends.  Raises Denied."""
    check_origin(request)
    if request.headers.get("sec-fetch-site", "none") not in _OWN:
        raise Denied("The request comes from another site.", code="csrf")


def guest_token(request: Request) -> str:
    """The guest's token of a request.  Raises SignIn where there is none, Denied."""
    token = shown_token(request)
    if not token:
        raise SignIn("Enter an access code first.")
    return token


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Give the browser its token."""
    secure = request.url.scheme == "https"
    name, seconds = cookie_name(secure=secure), _LONGEST_DAYS * 86400
    response.set_cookie(name, token, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")


def clear_cookie(request: Request, response: Response) -> None:
    """Take it away again."""
    secure = request.url.scheme == "https"
    response.delete_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax")
