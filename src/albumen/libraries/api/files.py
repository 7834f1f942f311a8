"""The routes of files."""

from typing import Annotated

from anyio import to_thread
from fastapi import Query

from albumen.http.deps import Caller, NextLink, OfFolder, Paging, Reading, TheApp, Writing, public_id
from albumen.http.views import Routes, multipart
from albumen.libraries import edits, files, folders, moves, queries, receive, views
from albumen.libraries.api.arriving import Arriving
from albumen.libraries.edit_views import FilePatch
from albumen.libraries.receive import Target
from albumen.libraries.views import FileView

routes = Routes(tags=["Files"])

SourceId = Annotated[str | None, Query(description="A file to copy, of any library that the caller may read.")]


@routes.get("/libraries/{library_id}/folders/{folder_id}/files", summary="The files in a folder")
def list_files(unit: Reading, where: OfFolder, page: Paging, link: NextLink) -> list[FileView]:
    """A bare list, by name; more pages by `Link: <…>; rel="next"`."""
    folder = folders.get(unit, public_id(where.library_id), public_id(where.folder_id))
    found = queries.in_folder(unit, folder, limit=page.limit, cursor=page.cursor)
    link(found.next)
    return views.of_files(unit, found.items)


@routes.post(
    "/libraries/{library_id}/folders/{folder_id}/files",
    summary="Add files to a folder",
    openapi_extra=multipart("files", many=True),
)
async def add_files(
    app: TheApp, actor: Caller, where: OfFolder, body: Arriving, source: SourceId = None
) -> list[FileView] | FileView:
    """Parts `files`, and optionally `metadata`: JSON of tags as ExifTool names them, which win over the file's.

    With `source` nothing is sent, and that file is copied with what is said of it; the answer is that one file.
    """
    target = Target(public_id(where.library_id), public_id(where.folder_id))
    if source is not None:
        return await to_thread.run_sync(moves.copy_into, app, actor, target, public_id(source))
    return await receive.into_folder(app, actor, target, body)


@routes.get("/libraries/{library_id}/files/{file_id}", summary="A file")
def get_file(unit: Reading, library_id: str, file_id: str) -> FileView:
    """One photo or video."""
    return views.of_file(unit, files.get(unit, public_id(file_id), library_id=public_id(library_id)))


@routes.patch("/libraries/{library_id}/files/{file_id}", summary="Change a file")
def change_file(unit: Writing, library_id: str, file_id: str, form: FilePatch) -> FileView:
    """Its name, its folder, and what is said of it; what a user said stays, whatever its bytes say."""
    file = files.get(unit, public_id(file_id), library_id=public_id(library_id))
    return views.of_file(unit, edits.edit(unit, file, form.told()))


@routes.delete("/libraries/{library_id}/files/{file_id}", summary="Put a file into the trash", status_code=204)
def delete_file(unit: Writing, library_id: str, file_id: str) -> None:
    """It can be restored until it is purged."""
    files.delete(unit, files.get(unit, public_id(file_id), library_id=public_id(library_id)))
