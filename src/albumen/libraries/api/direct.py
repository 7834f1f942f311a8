"""The routes of uploads whose bytes go straight into the store."""

from itertools import islice

from fastapi import Response
from pydantic import Field

from albumen.app import App
from albumen.http.deps import Caller, TheApp, public_id
from albumen.http.views import Form, Routes, Time, View
from albumen.kernel import ids
from albumen.libraries import direct, names
from albumen.libraries.direct import Upload
from albumen.libraries.senders import Announced
from albumen.media.sidecars import metadata_overlay

routes = Routes(tags=["Direct uploads"], prefix="/direct-uploads")

PARTS = 100
"""So many addresses are given at once."""
SECONDS = 3600
"""For how long an address works."""


class DirectForm(Form):
    """A file that is to come: into a folder, or through the cataloguing door; `metadata` are tags as ExifTool says."""

    filename: str = Field(max_length=1024)
    size: int = Field(ge=0, lt=1 << 53)
    folder_id: str | None = None
    metadata: dict[str, object] = Field(default_factory=dict)


class CompleteForm(Form):
    """What the whole file is."""

    sha256: str = Field(pattern="^[0-9a-fA-F]{64}$")


class PartView(View):
    """A part that is to be PUT at `url`: `size` bytes of the file from `offset` on, without other headers."""

    number: int
    offset: int
    size: int
    url: str


class FailureView(View):
    """Why it was not filed."""

    code: str
    detail: str


class DirectView(View):
    """How an upload stands: `open` (parts are missing, up to 100 of which are told), `checking`, `done` or `failed`."""

    upload_id: str
    state: str
    size: int
    part_size: int
    missing: int | None
    parts: list[PartView] | None
    file_id: str | None
    failure: FailureView | None
    expires_on: Time


@routes.post("", summary="Announce a file that goes straight into the store", status_code=201)
def announce_direct(app: TheApp, actor: Caller, form: DirectForm) -> DirectView:
    """Answers 409 `not-direct` where the store does not do that: then the file goes through the server."""
    metadata_overlay(form.metadata)
    folder_id = public_id(form.folder_id) if form.folder_id else None
    new = Announced(names.clean(form.filename), form.size, folder_id, form.metadata)
    return _view(app, direct.announce(direct.sender(app, actor), new))


@routes.get("/{direct_id}", summary="How it stands, and where its next parts go")
def get_direct(app: TheApp, actor: Caller, direct_id: str) -> DirectView:
    """Parts that came are told no more.  Addresses work for an hour; ask again for new ones."""
    return _view(app, direct.look(direct.sender(app, actor), public_id(direct_id)))


@routes.post("/{direct_id}/complete", summary="Have what came checked and filed", status_code=202)
def complete_direct(app: TheApp, actor: Caller, direct_id: str, form: CompleteForm) -> DirectView:
    """409 `incomplete` while parts are missing.  Ask how it stands until it is `done`, with `fileId`, or `failed`."""
    upload = direct.complete(direct.sender(app, actor), public_id(direct_id), form.sha256.lower())
    return _view(app, upload)


@routes.delete("/{direct_id}", summary="Give it up", status_code=204, response_class=Response)
def give_up_direct(app: TheApp, actor: Caller, direct_id: str) -> None:
    """What has come is forgotten; what was filed stays."""
    direct.give_up(direct.sender(app, actor), public_id(direct_id))


def _view(app: App, upload: Upload) -> DirectView:
    row, more = upload.row, upload.more
    missing = direct.door(app).missing(upload.landing) if upload.is_open else None
    return DirectView(
        upload_id=ids.encode(row.id),
        state=_state(upload),
        size=row.size_bytes,
        part_size=more.part_bytes,
        missing=None if missing is None else len(missing),
        parts=None if missing is None else _parts(app, upload, missing),
        file_id=ids.encode(row.file_id) if row.file_id else None,
        failure=FailureView(code=more.failure_code, detail=more.failure or "") if more.failure_code else None,
        expires_on=row.expires_at,
    )


def _state(upload: Upload) -> str:
    if upload.row.file_id is not None:
        return "done"
    if upload.more.failure_code is not None:
        return "failed"
    return "open" if upload.is_open else "checking"


def _parts(app: App, upload: Upload, missing: list[int]) -> list[PartView]:
    door, landing = direct.door(app), upload.landing
    return [
        PartView(
            number=number,
            offset=landing.offset_of(number),
            size=landing.size_of(number),
            url=door.address(landing, number, SECONDS),
        )
        for number in islice(missing, PARTS)
    ]
