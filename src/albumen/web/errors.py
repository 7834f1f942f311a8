"""Errors as pages, for browsers that asked for a page; everybody else gets problem details."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from albumen.http.problems import status_of
from albumen.kernel.errors import Busy, Gone, Invalid, NotFound, Problem, SignIn, Unavailable
from albumen.web import gates, render, texts
from albumen.web.texts import gettext as _
from albumen.web.words import N_

_API = ("/v1/", "/media/", "/static/", "/metrics", "/health")
_NEXT = {
    400: (N_("This did not work"), N_("Go back and try again.")),
    403: (
        N_("You may not see this"),
        N_("Ask the owner of the library, or whoever looks after this server, for access."),
    ),
    404: (N_("There is nothing here"), N_("The address may be mistyped, or the photo may have been deleted.")),
    409: (N_("Something changed meanwhile"), N_("Go back, load the page again, and repeat what you did.")),
    410: (N_("This is no longer available"), N_("Ask whoever sent you the link for a new one.")),
    413: (N_("This is too large"), N_("Nothing was stored. Choose a smaller file.")),
    429: (N_("Too many attempts"), N_("Nothing is lost. Wait a moment, then try again.")),
    500: (N_("Something went wrong"), N_("It has been noted, and nothing was half done. Try again in a moment.")),
    503: (N_("Not ready at the moment"), N_("Nothing is lost. This page tries again by itself.")),
    507: (
        N_("There is no room left"),
        N_("Nothing was stored. Free some space, or ask whoever looks after this server."),
    ),
}
_FALLBACK = _NEXT[400]


def install(app: FastAPI) -> None:
    """Let this app answer browsers so, and leave the rest to those who answered before."""
    for kind, as_page in _PAGES.items():
        app.add_exception_handler(kind, _either(as_page, app.exception_handlers[kind]))


def _either(as_page: Callable[[Request, Any], Response], otherwise: Callable[..., Any]) -> Callable[..., Response]:
    def answer(request: Request, error: Exception) -> Response:
        plain: Response = otherwise(request, error)  # it logs, too
        return as_page(request, error) if wants_page(request) else plain

    return answer


def wants_page(request: Request) -> bool:
    """Whether a person looks at the answer: the path is none of the API's, and HTML is asked for."""
    path = request.url.path
    is_api = path.startswith(_API) or (path.rstrip("/") == "/upload" and request.method == "POST")
    return not is_api and "text/html" in request.headers.get("accept", "")


def told(request: Request, status: int, detail: str = "", *, retry_seconds: int = 0) -> Response:
    """A page that says what happened and what to do next."""
    texts.use(texts.language_of(request))
    title, advice = map(_, _NEXT.get(status, _FALLBACK))
    values = {"title": title, "advice": advice, "detail": "" if detail.rstrip(".") == title else detail}
    request_id = getattr(request.state, "request_id", "")
    answer = render.page(
        request, "error.html", status=status, code=status, retry_seconds=retry_seconds, request_id=request_id, **values
    )
    if retry_seconds:
        answer.headers["Retry-After"] = str(retry_seconds)
    return answer


def _problem(request: Request, error: Problem) -> Response:
    if isinstance(error, SignIn):
        return _sign_in(request)
    if isinstance(error, Gone) and request.url.path.startswith("/e/"):
        return _ended(request)
    wait = error.retry_seconds if isinstance(error, Busy | Unavailable) else 0
    detail = "" if isinstance(error, NotFound) else error.detail
    return told(request, status_of(error), detail, retry_seconds=wait)


def _sign_in(request: Request) -> Response:
    if request.url.path.startswith("/e/"):  # a guest: the event's own first page asks for a code
        return render.go("/".join(request.url.path.split("/")[:4]))
    wanted = request.url.path if request.method == "GET" else "/"
    query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
    return render.go("/login" if wanted == "/" else f"/login?next={quote(wanted + query, safe='')}")


def _ended(request: Request) -> Response:
    """A guest's page of an event that is over, or of a code that is."""
    user, word = request.url.path.split("/")[2:4]
    told = gates.gate(request.app.state.albumen, request, f"{unquote(user)}/{unquote(word)}")
    return render.page(request, "guest/ended.html", status=410, gate=told)


def _invalid(request: Request, _error: RequestValidationError) -> Response:
    return told(request, status_of(Invalid()))


def _http(request: Request, error: HTTPException) -> Response:
    return told(request, error.status_code)


def _unexpected(request: Request, _error: Exception) -> Response:
    return told(request, 500)


_PAGES: dict[type[Exception], Callable[[Request, Any], Response]] = {
    Problem: _problem,
    RequestValidationError: _invalid,
    HTTPException: _http,
    Exception: _unexpected,
}
