"""The routes of duplicates."""

from datetime import timedelta

from albumen.app import App
from albumen.assets.duplicates import duplicates, resolving, views
from albumen.assets.duplicates.duplicates import Asked, Kind
from albumen.assets.duplicates.views import DismissForm, GroupsView, ResolvedView, ResolveForm, UndoForm
from albumen.http.deps import Caller, Paging, TheApp, Writing, public_id
from albumen.http.views import Routes
from albumen.libraries.views import FileView, of_file

routes = Routes(tags=["Duplicates"])


@routes.get("/libraries/{library_id}/duplicates", summary="Groups of duplicates")
def list_duplicates(app: TheApp, actor: Caller, library_id: str, page: Paging, kind: Kind = Kind.near) -> GroupsView:
    """The same bytes (`exact`), the same pixels with other metadata (`pixels`), or nearly the same look (`near`)."""
    asked = Asked(kind, page.limit, page.cursor)
    return views.of_page(*duplicates.offer(app, actor, public_id(library_id), asked))


@routes.post("/libraries/{library_id}/duplicates/resolve", summary="Keep one of several files")
def resolve_duplicates(app: TheApp, unit: Writing, library_id: str, form: ResolveForm) -> ResolvedView:
    """It takes over tags, comments, albums, the best rating and the heart; the others go to the trash."""
    dropped = [public_id(each) for each in form.drop]
    made = resolving.resolve(unit, public_id(library_id), public_id(form.keep), dropped)
    return views.of_resolution(unit, made, _lasts(app))


@routes.post("/libraries/{library_id}/duplicates/undo", summary="Take it back")
def undo_duplicates(app: TheApp, unit: Writing, library_id: str, form: UndoForm) -> FileView:
    """The dropped files come back, and the kept one says what it said before, within a day."""
    kept = resolving.undo(unit, public_id(library_id), public_id(form.undo_id), _lasts(app))
    return of_file(unit, kept)


@routes.post("/libraries/{library_id}/duplicates/dismiss", summary="Say that files are no duplicates", status_code=204)
def dismiss_duplicates(unit: Writing, library_id: str, form: DismissForm) -> None:
    """They are not offered together again."""
    resolving.dismiss(unit, public_id(library_id), [public_id(each) for each in form.file_ids])


def _lasts(app: App) -> timedelta:
    return timedelta(hours=app.settings.libraries.undo_hours)
