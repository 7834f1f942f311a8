"""The routes of a vault's log: events in one order, appended by whoever had read all before."""

import re
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response
from pydantic import BaseModel, Field

from albumen.http.deps import TheApp
from albumen.http.views import Routes
from albumen.kernel.actor import Scope
from albumen.kernel.errors import Invalid
from albumen.vault import following, log, vaults, views
from albumen.vault.api.blobs import After
from albumen.vault.api.holding import Holder, HolderReading, HolderWriting
from albumen.vault.following import Since
from albumen.vault.log import Head
from albumen.vault.views import CommitForm, HeadView, LogView, StatesView

routes = Routes(tags=["Vaults"])
_HEAD = re.compile(r'"?([0-9]{1,15})-([0-9a-f]{64})"?')
_MOVED: dict[int | str, dict[str, Any]] = {409: {"description": "The log ends elsewhere, or blobs are not here"}}


class Following(BaseModel):
    """Where a device stands, and how long it would wait."""

    after: int = Field(0, ge=0, lt=1 << 53, description="The number of the last event that it has.")
    limit: int = Field(500, ge=1, le=500, description="How many events at most.")
    wait: int = Field(0, ge=0, le=60, description="Seconds to wait for an event where there is none yet.")


def _head(
    if_match: Annotated[str, Header(max_length=100, description='Where the log is to end: `"n-sha256"` of its head.')],
) -> Head:
    found = _HEAD.fullmatch(if_match.strip())
    if found is None:
        raise Invalid("If-Match is the head's number and hash.", errors=[("If-Match", "not a head")])
    return Head(int(found[1]), found[2])


def _tag(response: Response, head: Head) -> None:
    response.headers["ETag"] = f'"{head.number}-{head.sha256}"'


@routes.post("/vaults/{vault_id}/log", summary="Append to a vault's log", responses=_MOVED)
def append_event(
    response: Response, unit: HolderWriting, vault_id: str, after: Annotated[Head, Depends(_head)], form: CommitForm
) -> HeadView:
    """Gives the event its number and sets the state that it brings; both or neither.  An empty log ends with 0 and 64
    zeros."""
    head = log.append(unit, vault_id, views.commit_of(form, after))
    _tag(response, head)
    return views.of_head(head)


@routes.get("/vaults/{vault_id}/log", summary="Follow a vault's log")
async def follow_log(
    request: Request, app: TheApp, actor: Holder, vault_id: str, asked: Annotated[Following, Query()]
) -> LogView:
    """Events in order without a gap, and where the log ends; a page may have fewer than were asked for."""
    since = Since(vault_id, asked.after, asked.limit)
    return views.of_log(await following.follow(app, actor, since, seconds=asked.wait, receive=request.receive))


@routes.get("/vaults/{vault_id}/states", summary="The current states of a vault's assets")
def list_states(
    unit: HolderReading, vault_id: str, after: After = "", limit: Annotated[int, Query(ge=1, le=500)] = 500
) -> StatesView:
    """By signature, each as the newest event about it set it, tombstones included."""
    vault = vaults.require(unit, vault_id, Scope.read)
    found, more = log.states(unit, vault, after=after, limit=limit)
    return views.of_states(found, more=more)
