"""The routes of the trash."""

from albumen.http.deps import Caller, Paging, Reading, TheApp, Writing, public_id
from albumen.http.views import Routes
from albumen.libraries import purge, trash, trash_views, views
from albumen.libraries.trash_views import PurgedView, RestoreForm, TrashView
from albumen.libraries.views import FileView

routes = Routes(tags=["Trash"])


@routes.get("/libraries/{library_id}/trash", summary="The trash")
def list_trash(app: TheApp, unit: Reading, library_id: str, page: Paging) -> TrashView:
    """What the caller may restore, the last deleted first, with the time when it is purged."""
    found = trash.page(unit, public_id(library_id), limit=page.limit, cursor=page.cursor)
    return trash_views.of_page(unit, found, days=app.settings.libraries.trash_days)


@routes.post("/libraries/{library_id}/trash/restore", summary="Restore files")
def restore_files(unit: Writing, library_id: str, form: RestoreForm) -> list[FileView]:
    """To where they lay, with their folders; all of them or none.  A taken name gets a number."""
    chosen = [public_id(each) for each in form.file_ids]
    return views.of_files(unit, trash.restore(unit, public_id(library_id), chosen))


@routes.post("/libraries/{library_id}/trash/delete", summary="Delete files in the trash now")
def delete_files(app: TheApp, actor: Caller, library_id: str, form: RestoreForm) -> PurgedView:
    """For good, instead of when their days are over; all of them or none.  Takes an owner."""
    chosen = [public_id(each) for each in form.file_ids]
    return PurgedView(purged=purge.chosen(app, actor, public_id(library_id), chosen))


@routes.post("/libraries/{library_id}/trash/empty", summary="Empty the trash")
def empty_trash(app: TheApp, actor: Caller, library_id: str) -> PurgedView:
    """For good.  Takes an owner."""
    return PurgedView(purged=purge.empty(app, actor, public_id(library_id)))
