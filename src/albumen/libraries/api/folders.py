"""The routes of folders."""

from typing import Annotated

from fastapi import Query

from albumen.http.deps import Reading, Writing, public_id
from albumen.http.views import Routes
from albumen.libraries import folders, views
from albumen.libraries.views import FolderForm, FolderView

routes = Routes(tags=["Folders"])

ParentId = Annotated[str, Query(alias="parent", description="A folder, or empty for the roots.")]


@routes.get("/libraries/{library_id}/folders", summary="The folders below a folder, or the roots")
def list_folders(unit: Reading, library_id: str, parent: ParentId) -> list[FolderView]:
    """All of them, by name."""
    above = folders.get(unit, public_id(library_id), public_id(parent)) if parent else None
    return views.of_folders(unit, folders.below(unit, public_id(library_id), above))


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


@routes.get("/libraries/{library_id}/folders/{folder_id}/subfolders", summary="The folders directly below")
def list_subfolders(unit: Reading, library_id: str, folder_id: str) -> list[FolderView]:
    """All of them, by name."""
    folder = folders.get(unit, public_id(library_id), public_id(folder_id))
    return views.of_folders(unit, folders.below(unit, folder.library_id, folder))
