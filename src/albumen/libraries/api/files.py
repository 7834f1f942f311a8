"""The routes of files."""

from albumen.http.deps import Caller, NextLink, OfFolder, Paging, Reading, TheApp, Writing, public_id
from albumen.http.views import Routes, multipart
from albumen.libraries import files, folders, queries, receive, views
from albumen.libraries.api.arriving import Arriving
from albumen.libraries.receive import Target
from albumen.libraries.views import FileView

routes = Routes(tags=["Files"])


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
async def add_files(app: TheApp, actor: Caller, where: OfFolder, body: Arriving) -> list[FileView]:
    """Parts `files`, and optionally `metadata`: JSON of tags as ExifTool names them, which win over the file's."""
    target = Target(public_id(where.library_id), public_id(where.folder_id))
    return await receive.into_folder(app, actor, target, body)


@routes.get("/libraries/{library_id}/files/{file_id}", summary="A file")
def get_file(unit: Reading, library_id: str, file_id: str) -> FileView:
    """One photo or video."""
    return views.of_file(unit, files.get(unit, public_id(file_id), library_id=public_id(library_id)))


@routes.delete("/libraries/{library_id}/files/{file_id}", summary="Put a file into the trash", status_code=204)
def delete_file(unit: Writing, library_id: str, file_id: str) -> None:
    """It can be restored until it is purged."""
    files.delete(unit, files.get(unit, public_id(file_id), library_id=public_id(library_id)))
