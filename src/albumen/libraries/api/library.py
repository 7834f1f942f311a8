"""The routes of libraries."""

from albumen.http.deps import NextLink, Paging, Reading, Writing, public_id
from albumen.http.views import Routes
from albumen.libraries import library, views
from albumen.libraries.library import NewLibrary
from albumen.libraries.views import LibraryForm, LibraryPatch, LibraryView

routes = Routes(tags=["Libraries"])


@routes.get("/libraries", summary="The libraries the caller may see")
def list_libraries(unit: Reading, page: Paging, link: NextLink) -> list[LibraryView]:
    """A bare list, by name; more pages by `Link: <…>; rel="next"`."""
    found = library.listed(unit, limit=page.limit, cursor=page.cursor)
    link(found.next)
    return [views.of_library(unit, each) for each in found.items]


@routes.post("/libraries", summary="Make a library")
def create_library(unit: Writing, form: LibraryForm) -> LibraryView:
    """The caller owns it; it has one root folder, "All Pictures"."""
    return views.of_library(unit, library.create(unit, NewLibrary(**form.model_dump())))


@routes.get("/libraries/{library_id}", summary="A library")
def get_library(unit: Reading, library_id: str) -> LibraryView:
    """One library."""
    return views.of_library(unit, library.get(unit, public_id(library_id)))


@routes.patch("/libraries/{library_id}", summary="Change a library")
def change_library(unit: Writing, library_id: str, form: LibraryPatch) -> LibraryView:
    """Name, description and time zone take a contributor; quota and versions an owner.

    A new time zone counts for photos that are added from then on.
    """
    columns = form.model_dump(exclude_unset=True)
    return views.of_library(unit, library.change(unit, public_id(library_id), columns))


@routes.delete("/libraries/{library_id}", summary="Delete a library", status_code=204)
def delete_library(unit: Writing, library_id: str) -> None:
    """It is hidden at once; a keeper can restore it until it is purged."""
    library.delete(unit, public_id(library_id))
