"""How exports look over the API."""

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import select

from albumen.accounts.models import User
from albumen.assets.exports import exports
from albumen.assets.exports.downloads import MOST_FILES
from albumen.assets.exports.exports import Metadata, Stage, Wanted
from albumen.assets.models import Export
from albumen.http.views import Form, Time, View
from albumen.kernel import ids
from albumen.kernel.pages import Page
from albumen.unit import Unit


class ExportForm(Form):
    """Files of one library, what the ZIP is called, and what becomes of what users say of their photos."""

    file_ids: list[str] = Field(min_length=1, max_length=MOST_FILES)
    filename: str | None = Field(None, max_length=255)
    metadata: Metadata = Metadata.original

    def wanted(self) -> Wanted:
        """What is to be exported.  Raises NotFound where an id can be none."""
        return Wanted([ids.decode(each) for each in self.file_ids], self.filename, self.metadata)


class ExportBegunView(View):
    """The job that makes an export."""

    job_id: str


class ExportView(View):
    """An export; lists leave out which files it is made of.  `progress` runs from 0 to 1."""

    job_id: str
    library_id: str
    file_ids: list[str] | None
    file_count: int
    metadata: Metadata
    status: Stage
    progress: float
    error: str | None
    filename: str
    file_size: int | None
    expires_on: Time | None
    created_by: str | None
    created_on: Time
    updated_by: str | None
    updated_on: Time


class ExportsView(View):
    """A page of exports."""

    jobs: list[ExportView]
    next: str | None


def of_exports(unit: Unit, found: Sequence[Export]) -> list[ExportView]:
    """Exports as their asker sees them."""
    shares = exports.progress(unit, found)
    known = {user_id for each in found for user_id in (each.created_by, each.updated_by)}
    names = {row.id: row.name_key for row in unit.db.execute(select(User.id, User.name_key).where(User.id.in_(known)))}
    return [_export(each, shares[each.id], names) for each in found]


def of_export(unit: Unit, export: Export) -> ExportView:
    """One export with its files."""
    return of_exports(unit, [export])[0].model_copy(update={"file_ids": export.file_ids})


def of_page(unit: Unit, page: Page[Export]) -> ExportsView:
    """A page of exports."""
    return ExportsView(jobs=of_exports(unit, page.items), next=page.next)


def _export(export: Export, share: float, names: dict[int, str]) -> ExportView:
    return ExportView(
        job_id=ids.encode(export.id),
        library_id=ids.encode(export.library_id),
        file_ids=None,
        file_count=len(export.file_ids),
        metadata=Metadata(export.metadata_mode),
        status=Stage(export.state),
        progress=round(share, 4),
        error=export.error,
        filename=export.filename,
        file_size=export.size_bytes,
        expires_on=export.expires_at if export.state == Stage.success else None,
        created_by=names.get(export.created_by or 0),
        created_on=export.created_at,
        updated_by=names.get(export.updated_by or 0),
        updated_on=export.updated_at,
    )
