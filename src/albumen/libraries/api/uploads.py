"""The routes of resumable uploads: tus 1.0, with core, creation, expiration, checksums and termination."""

from dataclasses import replace
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request, Response
from pydantic import Field

from albumen.http import tus
from albumen.http.deps import Reading, TheApp, identify, public_id
from albumen.http.tus import Answer, Part, Stands
from albumen.http.views import Form, Routes, Time, View
from albumen.kernel import ids
from albumen.kernel.errors import Invalid
from albumen.libraries import already, filing, names, resuming
from albumen.libraries.models import Resumable
from albumen.libraries.senders import Announced, Sender
from albumen.media.sidecars import metadata_overlay

routes = Routes(tags=["Resumable uploads"])


def _spoken(request: Request) -> None:
    tus.check_version(request.headers)


_TUS: dict[str, Any] = {"response_class": Response, "response_model": None}
_SPOKEN: dict[str, Any] = {**_TUS, "dependencies": [Depends(_spoken)]}
_BODY: dict[str, Any] = {"requestBody": {"content": {tus.BODY: {}}}}


class UploadView(View):
    """Where an upload stands; `fileId` once it was filed."""

    upload_id: str
    offset: int
    size: int
    file_id: str | None
    expires_on: Time


class MaybeHere(Form):
    """A file that somebody is about to send."""

    sha256: str = Field(pattern="^[0-9a-fA-F]{64}$")
    size: int | None = Field(None, ge=0)
    name: str | None = Field(None, max_length=1024)


class CheckForm(Form):
    """What to look for, in the caller's own library or another that it may read."""

    files: list[MaybeHere] = Field(max_length=500)
    library_id: str | None = None


class HereView(View):
    """Whether a file is there already, and which it is."""

    sha256: str
    name: str | None
    is_here: bool
    file_id: str | None


class CheckView(View):
    """The same for all that were asked for, in that order.

    `freeBytes` is what the quotas leave, if there are any; `mostBytes` the size of the largest file that is taken.
    """

    library_id: str | None
    free_bytes: int | None
    most_bytes: int
    files: list[HereView]


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
    """What a creation says.  Raises Invalid."""
    tus.check_plain(request.headers)
    described = request.headers.get("upload-metadata")
    told = tus.metadata(described or "")
    return Announced(
        filename=names.clean(told.get("filename") or told.get("name", "")),
        size_bytes=tus.number(request.headers, "upload-length"),
        folder_id=public_id(told["folderId"]) if told.get("folderId") else None,
        told=_tags(told.get("metadata", "{}")),
        pairs=told,
        described=described,
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


def id_in(address: str) -> int:
    """The id in what an upload's address ends with; after a point may stand what lets somebody go on with it."""
    return public_id(address.partition(".")[0])


def _sender(request: Request, app: TheApp) -> Sender:
    """Who sends: somebody whom another room knows, or a user.  Raises SignIn, Denied, Invalid."""
    known = (find(app, request) for find in request.app.state.senders)
    return next(filter(None, known), None) or Sender(app, identify(request))


New = Annotated[Announced, Depends(_announced)]
Going = Annotated[Part, Depends(_part)]
Sending = Annotated[Sender, Depends(_sender)]


@routes.options("/uploads", summary="What resumable uploads can do", status_code=204, **_TUS)
@routes.options("/uploads/{upload_id}", include_in_schema=False, status_code=204, **_TUS)
def get_abilities(app: TheApp) -> Answer:
    """Version, extensions, checksums and the largest file, in headers."""
    return tus.abilities(app.settings.upload.max_bytes)


@routes.post("/uploads", summary="Announce an upload", status_code=201, openapi_extra=_BODY, **_SPOKEN)
async def create_upload(request: Request, sender: Sending, new: New) -> Answer:
    """`Upload-Metadata`: filename, metadata (JSON of tags), folderId or eventId and set; else it is catalogued."""
    first = tus.part_of(request.headers, offset=0) if tus.brings_bytes(request.headers) else None
    row = await resuming.announce(sender, new)
    if first is not None:
        row = await resuming.begin(sender, row.id, first, request.stream())
    content = _view(row).model_dump_json(by_alias=True, exclude_none=True).encode()
    return Answer(201, _stands(row), content, Location=f"{request.url.path.rstrip('/')}/{sender.address(row)}")


@routes.post("/uploads/check", summary="Ask which files are there already")
def check_uploads(app: TheApp, unit: Reading, form: CheckForm) -> CheckView:
    """By their SHA-256, among the files that the caller may see in a library: its own where none is named."""
    library_id = already.library_of(unit, public_id(form.library_id) if form.library_id else None)
    found = already.held(unit, library_id, [(each.sha256, each.size) for each in form.files])
    return CheckView(
        library_id=library_id and ids.encode(library_id),
        free_bytes=already.room(unit, library_id),
        most_bytes=app.settings.upload.max_bytes,
        files=[_here(asked, file_id) for asked, file_id in zip(form.files, found, strict=True)],
    )


def _here(asked: MaybeHere, file_id: int | None) -> HereView:
    known = ids.encode(file_id) if file_id else None
    return HereView(sha256=asked.sha256, name=asked.name, is_here=bool(file_id), file_id=known)


@routes.head("/uploads/{upload_id}", summary="Where an upload stands", **_SPOKEN)
async def head_upload(sender: Sending, upload_id: str) -> Answer:
    """In headers; what `Upload-Offset` says is durable.  Ends a connection that still writes to it and hangs."""
    row = await resuming.stands(sender, id_in(upload_id))
    return Answer(200, replace(_stands(row), described=sender.described(row)))


@routes.get("/uploads/{upload_id}", summary="Where an upload stands, and its file")
def get_upload(sender: Sending, upload_id: str) -> UploadView:
    """`fileId` is there once all had come and was filed."""
    return _view(filing.finished(sender, id_in(upload_id)))


@routes.patch("/uploads/{upload_id}", summary="Go on with an upload", status_code=204, openapi_extra=_BODY, **_SPOKEN)
async def go_on(request: Request, sender: Sending, upload_id: str, part: Going) -> Answer:
    """From `Upload-Offset` on.  The last byte files it: the answer has `Albumen-File-Id`."""
    return Answer(204, _stands(await resuming.go_on(sender, id_in(upload_id), part, request.stream())))


@routes.delete("/uploads/{upload_id}", summary="Give an upload up", status_code=204, **_SPOKEN)
async def give_up(sender: Sending, upload_id: str) -> Answer:
    """What has come is forgotten; what was filed stays."""
    await resuming.give_up(sender, id_in(upload_id))
    return Answer(204)
