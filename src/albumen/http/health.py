"""Whether the process lives, and whether it can do its work."""

from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import text

from albumen.app import App
from albumen.http.views import Routes
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Problem

routes = Routes(tags=["Health"])
_STORE = "the store was there"


@routes.get("/healthz", summary="The process lives")
async def healthz() -> dict[str, str]:
    """Answers as long as the event loop runs."""
    return {"status": "ok"}


@routes.get("/readyz", summary="The service can work")
async def readyz(request: Request, response: Response) -> dict[str, Any]:
    """Database and store answer, and there is room; 503 and the part that fails in words otherwise."""
    found = await run_in_threadpool(checks, request.app.state.albumen)
    failing = {name: words for name, words in found.items() if words != "ok"}
    if failing:
        response.status_code = 503
        response.headers["Retry-After"] = "5"
    return {"status": "not ready" if failing else "ok", "checks": found}


def checks(app: App) -> dict[str, str]:
    """Each part, `ok` or what is wrong with it in words."""
    return {"database": _database(app), "store": _store(app)}


def _database(app: App) -> str:
    try:
        with app.reading(SYSTEM) as unit:
            unit.db.execute(text("SELECT 1"))
    except Problem as problem:
        return problem.detail
    return "ok"


def _store(app: App) -> str:
    """Whether it is there; believed for some seconds: proxies ask each second, and buckets charge for answers."""
    if app.recent.get(_STORE):
        return "ok"
    try:
        with app.blobs.spool():
            next(app.blobs.list("~"), None)  # a bucket answers this; nothing is kept under such a key
    except Problem as problem:
        return problem.detail
    app.recent.remember(_STORE, value=True)
    return "ok"
