"""The cataloguing door."""

from typing import Any

from fastapi import Response

from albumen.http.deps import Caller, TheApp
from albumen.http.views import Routes, multipart
from albumen.libraries import receive
from albumen.libraries.api.arriving import Arriving
from albumen.libraries.views import FileView

door = Routes(tags=["Cataloguing"])

_HERE: dict[int | str, dict[str, Any]] = {200: {"description": "It is there already", "model": FileView}}
_TOLD: dict[str, Any] = {"openapi_extra": multipart("file"), "responses": _HERE}


@door.post("/upload/", summary="Catalogue a photo or video", status_code=201, **_TOLD)
@door.post("/upload", include_in_schema=False, status_code=201)
async def catalogue(app: TheApp, actor: Caller, body: Arriving, response: Response) -> FileView:
    """Filed in the caller's own library under `Catalog/YYYY/MM/DD`.  200 and `duplicate` when it is there already."""
    view = await receive.into_catalog(app, actor, body)
    response.status_code = 200 if view.duplicate else 201
    return view
