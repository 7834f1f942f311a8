"""The routes of the image server's operations."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

from fastapi import Depends, Request, Response, status
from pydantic import Field

from albumen.accounts.identify import is_for_all
from albumen.assets.views import IdsView, of_ids
from albumen.http import deps
from albumen.http.auth import credentials
from albumen.http.deps import Paging, Reading, TheApp, Writing, public_id
from albumen.http.health import checks
from albumen.http.views import Form, Routes, View
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Invalid
from albumen.operations import generate, missing, stats
from albumen.unit import Unit

routes = Routes(tags=["Operations"], prefix="/operations")
service = Routes(tags=["Service"], prefix="/service")


class GenerateForm(Form):
    """Which images: one, some, or all that lack it."""

    id: str | None = None
    ids: list[str] | None = Field(None, max_length=10_000)
    all: bool = False


class QueuedView(View):
    """How many were put into the queue."""

    queued: int


@routes.get("/{group}", summary="The images that have a form")
def list_present(unit: Reading, group: str, page: Paging) -> IdsView:
    """`thumbnails` or `full-size`."""
    return of_ids(missing.page(unit, group, present=True, limit=page.limit, cursor=page.cursor))


@routes.get("/{group}/missing", summary="The images that lack a form")
def list_missing(unit: Reading, group: str, page: Paging) -> IdsView:
    """`thumbnails` or `full-size`."""
    return of_ids(missing.page(unit, group, present=False, limit=page.limit, cursor=page.cursor))


@routes.post("/{group}/generate", summary="Make what is missing", status_code=status.HTTP_202_ACCEPTED)
def generate_missing(unit: Writing, group: str, form: GenerateForm) -> QueuedView:
    """Any number of callers at once: each rendition is made once."""
    if form.all:
        return QueuedView(queued=generate.everything(unit, group))
    wanted = form.ids if form.ids is not None else [form.id] if form.id else None
    if wanted is None:
        raise Invalid("Give id, ids or all.", errors=[("id", "missing")])
    return QueuedView(queued=generate.some(unit, group, [public_id(each) for each in wanted]))


class StatsView(View):
    """The whole service in numbers."""

    library_count: int
    folder_count: int
    file_count: int
    album_count: int
    object_user_count: int
    queue_length: int
    processing_count: int


class HealthView(View):
    """Whether the service can work, and each of its parts in words."""

    status: str
    checks: dict[str, str]


def _overseeing(app: TheApp, request: Request) -> Iterator[Unit]:
    """A unit for whoever may be told of the whole: an application key, with or without a user, or a keeper.

    Raises SignIn, Denied.
    """
    key = credentials(request).key
    actor = SYSTEM if key is not None and is_for_all(app, key) else deps.identify(request)
    with app.reading(actor) as unit:
        stats.check_keeper(unit)
        yield unit


Overseeing = Annotated[Unit, Depends(_overseeing, scope="function")]


@service.get("/stats", summary="The whole service in numbers")
def get_stats(unit: Overseeing) -> StatsView:
    """For an application key (which needs no `API-User-ID` here) or a keeper's key with the scope `admin`."""
    return StatsView(**asdict(stats.of_service(unit)))


@service.get("/healthcheck", summary="Whether the service can work")
def get_health(app: TheApp, _: Overseeing, response: Response) -> HealthView:
    """As `/readyz`, for the same callers; 503 where a part does not answer."""
    found = checks(app)
    is_well = all(words == "ok" for words in found.values())
    if not is_well:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = "5"
    return HealthView(status="ok" if is_well else "not ready", checks=found)
