"""Who comes for a vault, as endpoints are handed it: a user, or a device with a token of its own."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request

from albumen.app import App
from albumen.http import auth
from albumen.http.deps import TheApp, TurnToRead, TurnToWrite, identify
from albumen.kernel.actor import Actor
from albumen.unit import Unit
from albumen.vault import devices


def shown_token(request: Request) -> str:
    """The device's token of a request, or nothing."""
    if "authorization" not in request.headers:
        return ""
    key = auth.credentials(request).key or ""
    return key if devices.is_token(key) else ""


def holder(app: App, request: Request) -> Actor:
    """Who is calling.  Raises SignIn, Denied, Invalid."""
    token = shown_token(request)
    return devices.resume(app, token) if token else identify(request)


def _holder(request: Request, app: TheApp) -> Actor:
    return holder(app, request)


Holder = Annotated[Actor, Depends(_holder)]


def _reading(app: TheApp, actor: Holder, _: TurnToRead) -> Iterator[Unit]:
    with app.reading(actor) as unit:
        yield unit


def _writing(app: TheApp, actor: Holder, _: TurnToWrite) -> Iterator[Unit]:
    with app.writing(actor) as unit:
        yield unit


HolderReading = Annotated[Unit, Depends(_reading, scope="function")]
HolderWriting = Annotated[Unit, Depends(_writing, scope="function")]
