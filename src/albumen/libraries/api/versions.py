"""The routes of versions."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path

from albumen.http.bytes import BlobResponse, Shown
from albumen.http.deps import Caller, NextLink, Paging, Reading, TheApp, Writing, public_id
from albumen.http.disposition import attachment as as_attachment
from albumen.http.disposition import inline
from albumen.http.views import Routes, multipart
from albumen.libraries import files, receive, versions, views
from albumen.libraries.api.arriving import Arriving
from albumen.libraries.models import File
from albumen.libraries.receive import TargetFile
from albumen.libraries.versions_views import VersionView, of_version
from albumen.libraries.views import FileView
from albumen.unit import Unit

routes = Routes(tags=["Versions"])

PATH = "/libraries/{library_id}/files/{file_id}/versions"
Number = Annotated[int, Path(ge=1, lt=1 << 31, description="Counted from 1.")]


@dataclass(frozen=True)
class OfFile:
    """A file, as its path names it."""

    library_id: str
    file_id: str

    def found(self, unit: Unit) -> File:
        """The file.  Raises NotFound, Denied."""
        return files.get(unit, public_id(self.file_id), library_id=public_id(self.library_id))


Where = Annotated[OfFile, Depends()]


@routes.get(PATH, summary="The versions of a file")
def list_versions(unit: Reading, where: Where, page: Paging, link: NextLink) -> list[VersionView]:
    """A bare list, the newest first; more pages by `Link: <…>; rel="next"`."""
    file = where.found(unit)
    found = versions.of_file(unit, file, limit=page.limit, cursor=page.cursor)
    link(found.next)
    return [of_version(file, each) for each in found.items]


@routes.post(PATH, summary="Add a version", openapi_extra=multipart("file"))
async def add_version(app: TheApp, actor: Caller, where: Where, body: Arriving) -> FileView:
    """Part `file`.  A photo stays a photo, a video a video; the bytes that it shows already change nothing."""
    target = TargetFile(public_id(where.library_id), public_id(where.file_id))
    return await receive.into_file(app, actor, target, body)


@routes.serve_bytes(PATH + "/{number}/contents", "The bytes of a version")
def get_version(unit: Reading, where: Where, number: Number, *, attachment: bool = False) -> BlobResponse:
    """As they came, byte for byte; `?attachment=true` as a download."""
    file = where.found(unit)
    content = versions.stored(unit, file, number)
    name = versions.filename(file, number, content.kind)
    disposition = as_attachment(name) if attachment else inline(name)
    return BlobResponse(unit.blobs, content.key, Shown(content.signature, content.mime, disposition=disposition))


@routes.post(PATH + "/{number}/restore", summary="Make a version current again")
def restore_version(unit: Writing, where: Where, number: Number) -> FileView:
    """Its content becomes a new version; none is lost."""
    return views.of_file(unit, versions.restore(unit, where.found(unit), number))
