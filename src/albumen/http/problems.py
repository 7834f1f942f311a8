"""How errors are told over HTTP: RFC 9457 problem details, from one table."""

import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from albumen.blobs.port import Corrupt
from albumen.http import tus
from albumen.kernel import errors
from albumen.kernel.errors import Problem
from albumen.media.guard import Broken

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
STATUS: dict[type[Problem], int] = {
    errors.TooLarge: 413,
    errors.Unsupported: 415,
    tus.WrongVersion: 412,
    tus.WrongChecksum: 460,
    errors.Invalid: 400,
    errors.SignIn: 401,
    errors.Denied: 403,
    errors.NotFound: 404,
    errors.Locked: 423,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.Busy: 429,
    errors.Unavailable: 503,
    errors.OverQuota: 507,
    Corrupt: 500,
    Broken: 415,
}
TITLES = {400: "Bad request", 404: "Not found", 405: "Method not allowed", 406: "Not acceptable"}


def status_of(problem: Problem) -> int:
    """The HTTP status that tells this problem."""
    return next((status for kind, status in STATUS.items() if isinstance(problem, kind)), 400)


def response(problem: Problem) -> Response:
    """The answer to a request that ended in a problem."""
    status = status_of(problem)
    body: dict[str, object] = {
        "type": f"urn:albumen:problem:{problem.specific}",
        "title": problem.title,
        "status": status,
        "detail": _sayable(problem.detail),
    }
    if isinstance(problem, errors.Invalid) and problem.errors:
        body["errors"] = [{"loc": _sayable(loc), "msg": _sayable(message)} for loc, message in problem.errors]
    if isinstance(problem, errors.OverQuota) and problem.quota:
        body |= _standing(problem.quota)
    headers = {}
    if isinstance(problem, errors.Busy | errors.Unavailable):
        headers["Retry-After"] = str(problem.retry_seconds)
    if isinstance(problem, tus.WrongVersion):
        headers["Tus-Version"] = tus.VERSION
    if status == 401:
        headers["WWW-Authenticate"] = 'ApiKey realm="albumen", Bearer realm="albumen"'
    return Response(msgspec.json.encode(body), status, headers, MEDIA_TYPE)


def _sayable(text: str) -> str:
    """A text as an answer can carry it: what was told may hold half a letter (an unpaired surrogate)."""
    return text.encode(errors="replace").decode()


def _standing(quota: errors.Quota) -> dict[str, object]:
    """Which quota, and how it stands."""
    sizes = {"usedBytes": quota.used_bytes, "freeBytes": quota.free_bytes, "quotaBytes": quota.quota_bytes}
    return {"quota": quota.of, **sizes}


def plain(status: int, title: str, detail: str = "") -> Response:
    """A problem that has a status and no word of its own."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail or title}
    return Response(msgspec.json.encode(body), status, media_type=MEDIA_TYPE)


async def only_get(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that this address knows no other methods."""
    answer = plain(405, "Method not allowed")
    answer.headers["Allow"] = "GET, HEAD"
    await answer(scope, receive, send)


def install(app: FastAPI) -> None:
    """Let this app answer every error so."""

    @app.exception_handler(Problem)
    def _problem(_: Request, error: Problem) -> Response:
        return response(error)

    @app.exception_handler(ClientDisconnect)
    def _gone(_: Request, _error: ClientDisconnect) -> Response:
        return response(errors.Invalid("The body ended early.", code="incomplete"))

    @app.exception_handler(RequestValidationError)
    def _invalid(_: Request, error: RequestValidationError) -> Response:
        wrong = [(".".join(map(str, each["loc"])), str(each["msg"])) for each in error.errors()]
        return response(errors.Invalid("The request is not right.", errors=wrong))

    @app.exception_handler(HTTPException)
    def _http(_: Request, error: HTTPException) -> Response:
        answer = plain(error.status_code, TITLES.get(error.status_code, "Error"))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    def _unexpected(request: Request, error: Exception) -> Response:
        route = getattr(request.scope.get("route"), "path", None) or "other"  # the path itself may hold a token
        log.error("request failed", route=route, exc_info=error)
        return plain(500, "Something went wrong", "It has been noted. Nothing was half done.")
