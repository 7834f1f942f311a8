"""The routes of the image server's operations."""

from fastapi import status
from pydantic import Field

from albumen.assets.views import IdsView, of_ids
from albumen.http.deps import Paging, Reading, Writing, public_id
from albumen.http.views import Form, Routes, View
from albumen.kernel.errors import Invalid
from albumen.operations import generate, missing

routes = Routes(tags=["Operations"], prefix="/operations")


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
