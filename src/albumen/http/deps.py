"""What endpoints are handed: the app, who is calling, and a unit of work that ends before the answer is sent.

What neither waits nor computes is `async`: it runs where the request is, and the way to a thread and back costs more.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field

from albumen.app import App
from albumen.http.auth import credentials
from albumen.kernel import ids
from albumen.kernel.actor import Actor
from albumen.kernel.pages import DEFAULT_LIMIT, MAX_LIMIT
from albumen.unit import Unit


async def the_app(request: Request) -> App:
    """The app that this server was made of."""
    app: App = request.app.state.albumen
    return app


def identify(request: Request) -> Actor:
    """Who is calling.  Raises SignIn, Denied, Invalid."""
    actor: Actor = request.app.state.identify(request, credentials(request))
    request.state.is_keeper = actor.is_keeper  # pages show keepers the way to theirs
    return actor


TheApp = Annotated[App, Depends(the_app)]
Caller = Annotated[Actor, Depends(identify)]


async def _turn_to_read(request: Request) -> AsyncIterator[None]:
    async with request.app.state.turns.reading.turn():
        yield


async def _turn_to_write(request: Request) -> AsyncIterator[None]:
    async with request.app.state.turns.writing.turn():
        yield


TurnToRead = Annotated[None, Depends(_turn_to_read, scope="function")]
"""What whoever opens a reading unit for an endpoint asks for first."""
TurnToWrite = Annotated[None, Depends(_turn_to_write, scope="function")]
"""The same for a writing unit."""


def _reading(app: TheApp, actor: Caller, _: TurnToRead) -> Iterator[Unit]:
    with app.reading(actor) as unit:
        yield unit


def _writing(app: TheApp, actor: Caller, _: TurnToWrite) -> Iterator[Unit]:
    with app.writing(actor) as unit:
        yield unit


Reading = Annotated[Unit, Depends(_reading, scope="function")]
Writing = Annotated[Unit, Depends(_writing, scope="function")]


class PageOf(BaseModel):
    """Which page of a list."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="How many at most.")
    cursor: str | None = Field(None, max_length=2000, description="`next` of the page before.")


Paging = Annotated[PageOf, Query()]


async def _next_link(request: Request, response: Response) -> Callable[[str | None], None]:
    def link(cursor: str | None) -> None:
        if cursor is not None:
            url = request.url.include_query_params(cursor=cursor)
            response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'

    return link


NextLink = Annotated[Callable[[str | None], None], Depends(_next_link)]


@dataclass(frozen=True)
class InFolder:
    """A folder, as its path names it."""

    library_id: str
    folder_id: str


async def _in_folder(library_id: str, folder_id: str) -> InFolder:
    return InFolder(library_id, folder_id)


OfFolder = Annotated[InFolder, Depends(_in_folder)]


def public_id(word: str) -> int:
    """The id in a path or query.  Raises NotFound where no id looks like that."""
    return ids.decode(word)
