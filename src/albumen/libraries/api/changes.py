"""The route that devices follow."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import BaseModel, Field

from albumen.http.deps import Caller, TheApp, public_id
from albumen.http.views import Routes
from albumen.kernel.pages import DEFAULT_LIMIT, MAX_LIMIT
from albumen.libraries import feed_pages, following
from albumen.libraries.feed_views import ChangesView
from albumen.libraries.following import Since

routes = Routes(tags=["Changes"])


class Following(BaseModel):
    """Where a device stands, and how long it would wait."""

    since: str | None = Field(None, max_length=30, description="`cursor` of the answer before. Without: begin now.")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="How many changes at most.")
    wait: int = Field(0, ge=0, le=60, description="Seconds to wait for a change where there is none yet.")


@routes.get(
    "/libraries/{library_id}/changes",
    summary="What has changed in a library",
    responses={410: {"description": "The feed does not go back that far: start over"}},
)
async def follow_changes(
    request: Request, app: TheApp, actor: Caller, library_id: str, asked: Annotated[Following, Query()]
) -> ChangesView:
    """In order, deletions included.  To begin, ask without `since`, list everything, and follow from that cursor."""
    number = None if asked.since is None else feed_pages.number_in(asked.since)
    since = Since(public_id(library_id), number, asked.limit)
    return await following.follow(app, actor, since, seconds=asked.wait, receive=request.receive)
