"""Who a guest is, as endpoints are handed it: the visit, checked in the transaction of the request itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from albumen.events import guests
from albumen.events.visits import Visit
from albumen.http.auth import SAFE_METHODS, check_origin
from albumen.http.deps import TheApp
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Denied, SignIn
from albumen.unit import Unit

_LONGEST_DAYS = 400
"""How long browsers keep a cookie at most; the token in it may end sooner."""
_OWN = ("same-origin", "none")


@dataclass(frozen=True)
class Visited:
    """A unit, and the visit that it is about."""

    unit: Unit
    visit: Visit


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
        return told.strip() if scheme.lower() == "bearer" and guests.is_token(told.strip()) else ""
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


GuestToken = Annotated[str, Depends(guest_token)]


def _reading(app: TheApp, token: GuestToken) -> Iterator[Visited]:
    with app.reading(SYSTEM) as unit:
        yield Visited(unit, guests.resume(unit, token))


def _writing(app: TheApp, token: GuestToken) -> Iterator[Visited]:
    with app.writing(SYSTEM) as unit:
        yield Visited(unit, guests.resume(unit, token))


GuestReading = Annotated[Visited, Depends(_reading, scope="function")]
GuestWriting = Annotated[Visited, Depends(_writing, scope="function")]


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Give the browser its token."""
    secure = request.url.scheme == "https"
    name, seconds = cookie_name(secure=secure), _LONGEST_DAYS * 86400
    response.set_cookie(name, token, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")


def clear_cookie(request: Request, response: Response) -> None:
    """Take it away again."""
    secure = request.url.scheme == "https"
    response.delete_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax")
