"""Which credential a request carries.  What it stands for is decided by whom the server composed in."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request, Response

from albumen.app import App
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Denied, SignIn

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Credentials:
    """What a caller showed.  `key` from `Authorization`, `user_key` from `API-User-ID`, `session` from the cookie."""

    key: str | None = None
    user_key: str | None = None
    session: str | None = None


Identify = Callable[[App, Credentials], Actor]


def cookie_name(*, secure: bool) -> str:
    """The session cookie's name; over plain HTTP a browser refuses the `__Host-` prefix."""
    return "__Host-albumen" if secure else "albumen"


def credentials(request: Request) -> Credentials:
    """The credentials of a request.  Raises SignIn for an unknown scheme."""
    header = text_of(request, "authorization")
    session = request.cookies.get(cookie_name(secure=request.url.scheme == "https"))
    if header is None:
        return Credentials(session=session)
    scheme, _, key = header.partition(" ")
    if scheme.lower() not in ("apikey", "bearer") or not key.strip():
        raise SignIn("Authorization is `ApiKey KEY` or `Bearer KEY`.")
    return Credentials(key=key.strip(), user_key=text_of(request, "api-user-id"))


def text_of(request: Request, name: str) -> str | None:
    """A header's text: UTF-8, as programs send it today, or else Latin-1, as HTTP had it once.  None without it."""
    value = request.headers.get(name)
    try:
        return value and value.encode("latin-1").decode()
    except UnicodeDecodeError:
        return value


def set_session(request: Request, response: Response, token: str, *, days: int) -> None:
    """Give the browser its session."""
    secure = request.url.scheme == "https"
    name, seconds = cookie_name(secure=secure), days * 86400
    response.set_cookie(name, token, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")


def clear_session(request: Request, response: Response) -> None:
    """Take it away again, with what the browser kept."""
    secure = request.url.scheme == "https"
    response.delete_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def check_origin(request: Request) -> None:
    """Refuse what a page of another site sends.  Raises Denied."""
    origin = request.headers.get("origin")
    if origin and _host_of(origin) != request.headers.get("host"):
        raise Denied("The request comes from another site.", code="csrf")


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # no browser sends such a one
        return ""


def check_same_origin(request: Request, csrf_token: str) -> None:
    """Refuse a state-changing request of a session that another site could have made.  Raises Denied."""
    if request.method in SAFE_METHODS:
        return
    check_origin(request)
    shown = request.headers.get("x-csrf-token") or request.query_params.get("csrf", "")
    if not hmac.compare_digest(shown.encode(), csrf_token.encode()):
        raise Denied("The header X-CSRF-Token is missing or wrong.", code="csrf")
