"""The routes of libraries."""

from albumen.http.deps import Reading, Writing, public_id
from albumen.http.views import Routes
from albumen.libraries import library, views
from albumen.libraries.library import NewLibrary
from albumen.libraries.views import LibraryForm, LibraryView

routes = Routes(tags=["Libraries"])


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
