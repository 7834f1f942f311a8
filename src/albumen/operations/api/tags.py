"""The routes of a library's tags."""

from albumen.http.deps import Reading, Writing, public_id
from albumen.http.views import Routes
from albumen.operations import tagging, tags
from albumen.operations.bulk_views import OperationView, RenameForm, TagsView, of_operation, of_tags

routes = Routes(tags=["Tags"])


@routes.get("/libraries/{library_id}/tags", summary="The tags of a library")
def list_tags(unit: Reading, library_id: str) -> TagsView:
    """Of the files that the caller sees; a `/` parts the levels of their tree."""
    return of_tags(tags.seen(unit, public_id(library_id)))


@routes.post("/libraries/{library_id}/tags/rename", summary="Rename a tag")
def rename_tag(unit: Writing, library_id: str, form: RenameForm) -> OperationView:
    """With all below it, on all files that the caller may change; a few hundred at once, more as a job."""
    return of_operation(tagging.rename(unit, public_id(library_id), form.from_, form.to))


@routes.delete("/libraries/{library_id}/tags/{tag:path}", summary="Delete a tag")
def delete_tag(unit: Writing, library_id: str, tag: str) -> OperationView:
    """With all below it, from all files that the caller may change; the files stay."""
    return of_operation(tagging.remove(unit, public_id(library_id), tag))
