"""The routes of resumable uploads: tus 1.0, with core, creation, expiration, checksums and termination."""

from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request, Response

from albumen.http import tus
from albumen.http.deps import Caller, TheApp, public_id
from albumen.http.tus import Answer, Part, Stands
from albumen.http.views import Routes, Time, View
from albumen.kernel import ids
from albumen.kernel.errors import Invalid
from albumen.libraries import filing, names, resumable, resuming
from albumen.libraries.models import Resumable
from albumen.libraries.resumable import Announced
from albumen.media.sidecars import metadata_overlay

routes = Routes(tags=["Resumable uploads"])

_TUS: dict[str, Any] = {"response_class": Response, "response_model": None}
_BODY: dict[str, Any] = {"requestBody": {"content": {tus.BODY: {}}}}


class UploadView(View):
    """Where an upload stands; `fileId` once it was filed."""

    upload_id: str
    offset: int
    size: int
    file_id: str | None
    expires_on: Time


def _view(row: Resumable) -> UploadView:
    return UploadView(
        upload_id=ids.encode(row.id),
        offset=row.offset_bytes,
        size=row.size_bytes,
        file_id=ids.encode(row.file_id) if row.file_id else None,
        expires_on=row.expires_at,
    )


def _stands(row: Resumable) -> Stands:
    file_id = ids.encode(row.file_id) if row.file_id else None
    return Stands(row.offset_bytes, row.size_bytes, row.expires_at, file_id)


def _announced(request: Request) -> Announced:
    """What a creation says.  Raises Invalid, WrongVersion."""
    tus.check_version(request.headers)
    told = tus.metadata(request.headers.get("upload-metadata", ""))
    return Announced(
        filename=names.clean(told.get("filename") or told.get("name", "")),
        size_bytes=tus.number(request.headers, "upload-length"),
        folder_id=public_id(told["folderId"]) if told.get("folderId") else None,
        told=_tags(told.get("metadata", "{}")),
    )


def _tags(told: str) -> dict[str, object]:
    try:
        tags = msgspec.json.decode(told, type=dict[str, object])
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise Invalid("`metadata` is not a JSON object.", errors=[("metadata", "not JSON")]) from None
    metadata_overlay(tags)
    return tags


def _part(request: Request) -> Part:
    return tus.part_of(request.headers)


Coming = Annotated[Announced, Depends(_announced)]
Going = Annotated[Part, Depends(_part)]


@routes.options("/uploads", summary="What resumable uploads can do", status_code=204, **_TUS)
@routes.options("/uploads/{upload_id}", include_in_schema=False, status_code=204, **_TUS)
def get_abilities(app: TheApp) -> Answer:
    """Version, extensions, checksums and the largest file, in headers."""
    return tus.abilities(app.settings.upload.max_bytes)


@routes.post("/uploads", summary="Announce an upload", status_code=201, openapi_extra=_BODY, **_TUS)
async def create_upload(request: Request, app: TheApp, actor: Caller, new: Coming) -> Answer:
    """`Upload-Metadata`: filename, folderId (without: the cataloguing door), metadata (JSON of tags)."""
    row = await resuming.announce(app, actor, new)
    if tus.brings_bytes(request.headers):
        row = await resuming.go_on(app, actor, row.id, tus.part_of(request.headers, offset=0), request.stream())
    content = _view(row).model_dump_json(by_alias=True, exclude_none=True).encode()
    return Answer(201, _stands(row), content, Location=f"{request.url.path.rstrip('/')}/{ids.encode(row.id)}")


@routes.head("/uploads/{upload_id}", summary="Where an upload stands", **_TUS)
def head_upload(request: Request, app: TheApp, actor: Caller, upload_id: str) -> Answer:
    """In headers; what `Upload-Offset` says is durable."""
    tus.check_version(request.headers)
    return Answer(200, _stands(filing.finished(app, actor, public_id(upload_id))))


@routes.get("/uploads/{upload_id}", summary="Where an upload stands, and its file")
def get_upload(app: TheApp, actor: Caller, upload_id: str) -> UploadView:
    """`fileId` is there once all had come and was filed."""
    return _view(filing.finished(app, actor, public_id(upload_id)))


@routes.patch("/uploads/{upload_id}", summary="Go on with an upload", status_code=204, openapi_extra=_BODY, **_TUS)
async def go_on(request: Request, app: TheApp, actor: Caller, upload_id: str, part: Going) -> Answer:
    """From `Upload-Offset` on.  The last byte files it: the answer has `Albumen-File-Id`."""
    return Answer(204, _stands(await resuming.go_on(app, actor, public_id(upload_id), part, request.stream())))


@routes.delete("/uploads/{upload_id}", summary="Give an upload up", status_code=204, **_TUS)
def give_up(app: TheApp, actor: Caller, upload_id: str) -> Answer:
    """What has come is forgotten; what was filed stays."""
    resumable.give_up(app, actor, public_id(upload_id))
    return Answer(204)
