"""Which library the pages show: the one chosen in this browser, else the visitor's own, else the first there is."""

from fastapi import Request, Response

from albumen.kernel import ids
from albumen.kernel.errors import NotFound
from albumen.libraries import library
from albumen.libraries.models import Library
from albumen.unit import Unit

COOKIE = "library"
_YEAR = 365 * 24 * 3600


def find(unit: Unit, request: Request) -> Library | None:
    """The library shown; None while there is none at all."""
    chosen = request.cookies.get(COOKIE)
    if chosen:
        try:
            return library.get(unit, ids.decode(chosen))
        except NotFound:
            pass
    return library.find_default(unit) or next(iter(library.seen(unit)), None)


def get(unit: Unit, request: Request) -> Library:
    """The library shown.  Raises NotFound while there is none."""
    found = find(unit, request)
    if found is None:
        raise NotFound("There is no library yet.")
    return found


def keep(request: Request, answer: Response, library_id: int) -> Response:
    """Show this library in this browser from here on."""
    secure = request.url.scheme == "https"
    word = ids.encode(library_id)
    answer.set_cookie(COOKIE, word, max_age=_YEAR, path="/", secure=secure, httponly=True, samesite="lax")
    return answer
