"""The routes of exports."""

from albumen.assets.api.files import served
from albumen.assets.exports import exports, views
from albumen.assets.exports.views import ExportBegunView, ExportForm, ExportsView, ExportView
from albumen.http.bytes import BlobResponse
from albumen.http.deps import Caller, Paging, Reading, TheApp, public_id
from albumen.http.views import Routes
from albumen.kernel import ids

routes = Routes(tags=["Exports"])


@routes.post("/libraries/{library_id}/exportjobs", summary="Have a ZIP made of files")
def begin_export(app: TheApp, actor: Caller, library_id: str, form: ExportForm) -> ExportBegunView:
    """With `metadata`: the originals as they are; with XMP sidecars beside them; or with corrections written in."""
    export = exports.begin(app, actor, public_id(library_id), form.wanted())
    return ExportBegunView(job_id=ids.encode(export.id))


@routes.get("/libraries/{library_id}/exportjobs", summary="The exports the caller asked for")
def list_exports(unit: Reading, library_id: str, page: Paging) -> ExportsView:
    """The newest first."""
    return views.of_page(unit, exports.mine(unit, public_id(library_id), limit=page.limit, cursor=page.cursor))


@routes.get("/libraries/{library_id}/exportjobs/{job_id}", summary="How far an export is")
def get_export(unit: Reading, library_id: str, job_id: str) -> ExportView:
    """One export, for whoever asked for it."""
    return views.of_export(unit, exports.get(unit, public_id(library_id), public_id(job_id)))


@routes.delete("/libraries/{library_id}/exportjobs/{job_id}", summary="Cancel or delete an export", status_code=204)
def drop_export(app: TheApp, actor: Caller, library_id: str, job_id: str) -> None:
    """One that is being made is cancelled; one that has ended is deleted."""
    exports.drop(app, actor, public_id(library_id), public_id(job_id))


@routes.serve_bytes("/libraries/{library_id}/exports/{job_id}", "A finished export")
def get_export_bytes(unit: Reading, library_id: str, job_id: str, *, attachment: bool = False) -> BlobResponse:
    """The ZIP, whole or in ranges, for whoever asked for it; `?attachment=true` as a download."""
    found = exports.delivered(unit, public_id(library_id), public_id(job_id))
    return served(unit, found, download=attachment)
