"""The description of the API: what FastAPI finds out by itself, and how every operation can fail."""

import asyncio
from functools import partial
from typing import Any

from anyio import to_thread
from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse
from starlette.routing import Route

from albumen.http import problems

_ABOUT = (
    "Callers show a key or a token in `Authorization`; errors are `application/problem+json`; lists take `limit` and "
    "`cursor`; a POST that is sent again with its `Idempotency-Key` is done once. "
    "The page `docs/using-the-api.md` of the source tells these conventions, with examples for curl and Python."
)
_SCHEMA = {
    "title": "Problem",
    "description": "A problem as RFC 9457 tells it.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["loc", "msg"],
                "properties": {"loc": {"type": "string"}, "msg": {"type": "string"}},
            },
        },
    },
}
_WORDS = {
    "400": "The request is not right",
    "401": "No credentials, or invalid ones",
    "403": "The caller may not do this",
    "404": "No such thing, or the caller may not know of it",
    "408": "The body came too slowly",
    "409": "A clash with what is there",
    "410": "The event, or the code, has ended",
    "413": "Too large",
    "415": "Not a photo or video that can be read here",
    "429": "Too many requests",
    "503": "A part does not answer",
    "507": "No room left",
}
_ANYWHERE = ("429", "503")
_CHANGING = ("403", "413")
_UPLOADING = ("408", "413", "415", "507")
_GUESTS = "/v1/access"
_OPEN = ("/healthz", "/readyz")


def describe(app: FastAPI) -> None:
    """Let this app describe itself so."""
    found, app.description = app.openapi, _ABOUT

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(found())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way of extending it
    told = Route(str(app.openapi_url), partial(_tell, app), include_in_schema=False)
    app.router.routes[:] = [told if getattr(each, "path", "") == told.path else each for each in app.router.routes]


async def _tell(app: FastAPI, _: Request) -> Response:
    """The description.  Making it takes a second, in which others are answered, too."""
    if app.openapi_schema is None:
        for route in list(app.routes):
            getattr(route, "dependant", None)  # routes are analysed here, one at a time, where requests look for them
            await asyncio.sleep(0)
        await to_thread.run_sync(app.openapi)
    return JSONResponse(app.openapi())


def _completed(schema: dict[str, Any]) -> dict[str, Any]:
    parts = schema.setdefault("components", {})
    schemas = {name: each for name, each in parts.get("schemas", {}).items() if "ValidationError" not in name}
    parts["schemas"] = {**schemas, "Problem": _SCHEMA}
    parts["securitySchemes"] = {
        "key": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`ApiKey KEY`"},
        "bearer": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "albumen"},
    }
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _tell_failures(operation, path, method)
    return schema


def _tell_failures(operation: dict[str, Any], path: str, method: str) -> None:
    answers = operation["responses"]
    answers.pop("422", None)
    for status, answer in answers.items():
        if status >= "400" and "content" not in answer:
            answers[status] = _problem(answer["description"])
    for status in _failures(operation, path, method):
        answers.setdefault(status, _problem(_WORDS[status]))
    if path not in _OPEN:
        operation["security"] = [{"key": []}, {"bearer": []}, {"session": []}]


def _failures(operation: dict[str, Any], path: str, method: str) -> list[str]:
    takes_files = "multipart/form-data" in operation.get("requestBody", {}).get("content", {})
    told = list(_ANYWHERE)
    rules: list[tuple[bool, tuple[str, ...]]] = [
        (path not in _OPEN, ("401",)),
        ("parameters" in operation or "requestBody" in operation, ("400",)),
        ("{" in path, ("403", "404")),
        (path.startswith(_GUESTS), ("404", "410")),
        (method != "get", _CHANGING),
        (method == "post" and not takes_files, ("409",)),
        (takes_files, _UPLOADING),
    ]
    for applies, statuses in rules:
        told += statuses if applies else ()
    return sorted(set(told))


def _problem(words: str) -> dict[str, Any]:
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": words, "content": content}
