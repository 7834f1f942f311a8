"""The routes of folders."""

from typing import Annotated

from fastapi import Query

from albumen.http.deps import NextLink, OfFolder, Paging, Reading, Writing, public_id
from albumen.http.views import Routes
from albumen.libraries import folders, subtrees, views
from albumen.libraries.edit_views import FolderPatch
from albumen.libraries.views import FolderForm, FolderView

routes = Routes(tags=["Folders"])

ParentId = Annotated[str, Query(alias="parent", description="A folder, or empty for the roots.")]


@routes.get("/libraries/{library_id}/folders", summary="The folders below a folder, or the roots")
def list_folders(unit: Reading, library_id: str, parent: ParentId, page: Paging, link: NextLink) -> list[FolderView]:
    """A bare list, by name; more pages by `Link: <…>; rel="next"`."""
    above = folders.get(unit, public_id(library_id), public_id(parent)) if parent else None
    found = folders.below(unit, public_id(library_id), above, limit=page.limit, cursor=page.cursor)
    link(found.next)
    return views.of_folders(unit, found.items)


@routes.post("/libraries/{library_id}/folders", summary="Make a folder")
def create_folder(unit: Writing, library_id: str, form: FolderForm) -> FolderView:
    """Names are unique within a parent, compared without case."""
    parent = folders.get(unit, public_id(library_id), public_id(form.parent_id)) if form.parent_id else None
    return views.of_folders(unit, [folders.make(unit, public_id(library_id), parent, form.name)])[0]


@routes.get("/libraries/{library_id}/folders/{folder_id}", summary="A folder")
def get_folder(unit: Reading, library_id: str, folder_id: str) -> FolderView:
    """One folder."""
    return views.of_folders(unit, [folders.get(unit, public_id(library_id), public_id(folder_id))])[0]


@routes.get("/libraries/{library_id}/folders/{folder_id}/breadcrumbs", summary="The ancestors of a folder")
def get_breadcrumbs(unit: Reading, library_id: str, folder_id: str) -> list[FolderView]:
    """Root first, the folder itself not included."""
    folder = folders.get(unit, public_id(library_id), public_id(folder_id))
    return views.of_folders(unit, folders.above(unit, folder))


@routes.patch("/libraries/{library_id}/folders/{folder_id}", summary="Rename or move a folder")
def change_folder(unit: Writing, where: OfFolder, form: FolderPatch) -> FolderView:
    """Takes the role owner, and contributor on a new parent.  A folder moves with all that lies in it."""
    folder = folders.get(unit, public_id(where.library_id), public_id(where.folder_id))
    parent = subtrees.parent_of(unit, folder)
    if "parent_id" in form.model_fields_set:
        parent = folders.get(unit, folder.library_id, public_id(form.parent_id)) if form.parent_id else None
    subtrees.put(unit, folder, form.name if "name" in form.model_fields_set else folder.name, parent)
    return views.of_folders(unit, [folder])[0]


@routes.delete("/libraries/{library_id}/folders/{folder_id}", summary="Delete a folder", status_code=204)
def delete_folder(unit: Writing, where: OfFolder) -> None:
    """Takes the role owner.  The files in and below it go into the trash."""
    subtrees.delete(unit, folders.get(unit, public_id(where.library_id), public_id(where.folder_id)))


@routes.get("/libraries/{library_id}/folders/{folder_id}/subfolders", summary="The folders directly below")
def list_subfolders(unit: Reading, where: OfFolder, page: Paging, link: NextLink) -> list[FolderView]:
    """A bare list, by name; more pages by `Link: <…>; rel="next"`."""
    folder = folders.get(unit, public_id(where.library_id), public_id(where.folder_id))
    found = folders.below(unit, folder.library_id, folder, limit=page.limit, cursor=page.cursor)
    link(found.next)
    return views.of_folders(unit, found.items)
