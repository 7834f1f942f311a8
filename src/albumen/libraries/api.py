"""The routes of libraries, folders and files, and the cataloguing door."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from albumen.http.deps import Caller, NextLink, OfFolder, Paging, Reading, TheApp, Writing, public_id
from albumen.http.views import Routes, multipart
from albumen.libraries import files, folders, library, queries, receive, views
from albumen.libraries.incoming import Body
from albumen.libraries.library import NewLibrary
from albumen.libraries.receive import Target
from albumen.libraries.views import FileView, FolderForm, FolderView, LibraryForm, LibraryView

routes = Routes(tags=["Libraries"])
door = Routes(tags=["Cataloguing"])

ParentId = Annotated[str, Query(alias="parent", description="A folder, or empty for the roots.")]


def body_of(
    request: Request,
    name: Annotated[str, Query(max_length=1000, description="Its name, where a photo comes without a form.")] = "",
) -> Body:
    """The body of a request, as it streams in."""
    return Body(request.stream(), request.headers, name)


Arriving = Annotated[Body, Depends(body_of)]


@routes.get("/libraries", summary="The libraries the caller may see")
def list_libraries(unit: Reading) -> list[LibraryView]:
    """All of them, by name."""
    return [views.of_library(unit, each) for each in library.seen(unit)]


@routes.post("/libraries", summary="Make a library")
def create_library(unit: Writing, form: LibraryForm) -> LibraryView:
    """The caller owns it; it has one root folder, "All Pictures"."""
    new = NewLibrary(form.name, form.time_zone, form.description, form.quota_bytes)
    return views.of_library(unit, library.create(unit, new))


@routes.get("/libraries/{library_id}", summary="A library")
def get_library(unit: Reading, library_id: str) -> LibraryView:
    """One library."""
    return views.of_library(unit, library.get(unit, public_id(library_id)))


@routes.get("/libraries/{library_id}/folders", summary="The folders below a folder, or the roots")
def list_folders(unit: Reading, library_id: str, parent: ParentId) -> list[FolderView]:
    """All of them, by name."""
    above = folders.get(unit, public_id(library_id), public_id(parent)) if parent else None
    return views.of_folders(unit, folders.below(unit, public_id(library_id), above))


@routes.post("/libraries/{library_id}/folders", summary="Make a folder")
def create_folder(unit: Writing, library_id: str, form: FolderForm) -> FolderView:
    """Names are unique within a parent, compared without case."""
    parent = folders.get(unit, public_id(library_id), public_id(form.parent_id)) if form.parent_id else None
    return views.of_folders(unit, [folders.create(unit, public_id(library_id), parent, form.name)])[0]


@routes.get("/libraries/{library_id}/folders/{folder_id}", summary="A folder")
def get_folder(unit: Reading, library_id: str, folder_id: str) -> FolderView:
    """One folder."""
    return views.of_folders(unit, [folders.get(unit, public_id(library_id), public_id(folder_id))])[0]


@routes.get("/libraries/{library_id}/folders/{folder_id}/breadcrumbs", summary="The ancestors of a folder")
def get_breadcrumbs(unit: Reading, library_id: str, folder_id: str) -> list[FolderView]:
    """Root first, the folder itself not included."""
    folder = folders.get(unit, public_id(library_id), public_id(folder_id))
    return views.of_folders(unit, folders.above(unit, folder))


@routes.get("/libraries/{library_id}/folders/{folder_id}/subfolders", summary="The folders directly below")
def list_subfolders(unit: Reading, library_id: str, folder_id: str) -> list[FolderView]:
    """All of them, by name."""
    folder = folders.get(unit, public_id(library_id), public_id(folder_id))
    return views.of_folders(unit, folders.below(unit, folder.library_id, folder))


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


@door.post("/upload/", summary="Catalogue a photo or video", status_code=201, openapi_extra=multipart("file"))
@door.post("/upload", include_in_schema=False, status_code=201)
async def catalogue(app: TheApp, actor: Caller, body: Arriving, response: Response) -> FileView:
    """Filed in the caller's own library under `Catalog/YYYY/MM/DD`.  200 and `duplicate` when it is there already."""
    view = await receive.into_catalog(app, actor, body)
    response.status_code = 200 if view.duplicate else 201
    return view
