"""A screen at an event: its photos one after the other, new ones first, and a code to join in."""

import hashlib
import json
from typing import Any

from fastapi import Request, Response

from albumen.http.deps import TheApp, public_id
from albumen.web import render, screens
from albumen.web.router import Pages

routes = Pages("/e/{user}/{word}/wall")
_FLEETING = {"Cache-Control": "private, no-cache"}


@routes.get("")
def screen(app: TheApp, request: Request, user: str, word: str) -> Response:
    """For a guest who may view, or somebody who sees the event."""
    with screens.opened(app, request, f"{user}/{word}") as shown:
        values: dict[str, Any] = {"name": shown.name, "qr": shown.qr(), "count": len(shown.photos())}
        return render.page(request, "event/screen.html", base=request.url.path, **values)


@routes.get("/photos")
def photos(app: TheApp, request: Request, user: str, word: str) -> Response:
    """The ids of what is to be shown; nothing where that is what the screen knows already."""
    with screens.opened(app, request, f"{user}/{word}") as shown:
        body = json.dumps({"photos": shown.photos()}).encode()
    mark = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = _FLEETING | {"ETag": mark}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


@routes.get("/photos/{file_id}")
def photo(app: TheApp, request: Request, user: str, word: str, file_id: str) -> Response:
    """A link to one photo, and who gave it."""
    with screens.opened(app, request, f"{user}/{word}") as shown:
        told = shown.photo(public_id(file_id))
    return Response(json.dumps(told).encode(), headers=_FLEETING, media_type="application/json")
