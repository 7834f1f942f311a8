"""How the trash looks over the API."""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import Field

from albumen.http.views import Form, Time, View
from albumen.kernel.pages import Page
from albumen.libraries import views
from albumen.libraries.models import File
from albumen.libraries.views import FileView
from albumen.unit import Unit


class TrashedView(FileView):
    """A file in the trash, and when it will be purged."""

    deleted_on: Time
    purged_on: Time


class TrashView(View):
    """A page of the trash."""

    files: list[TrashedView]
    next: str | None


class RestoreForm(Form):
    """Which files to restore."""

    file_ids: list[str] = Field(min_length=1, max_length=1000)


class PurgedView(View):
    """How many files were purged."""

    purged: int


def of_page(unit: Unit, page: Page[File], *, days: int) -> TrashView:
    """A page of the trash, in which things are kept for so many days."""
    return TrashView(files=_each(unit, page.items, timedelta(days=days)), next=page.next)


def _each(unit: Unit, files: Sequence[File], kept: timedelta) -> list[TrashedView]:
    return [
        TrashedView(**view.model_dump(), deleted_on=file.deleted_at, purged_on=file.deleted_at + kept)
        for file, view in zip(files, views.of_files(unit, files), strict=True)
        if file.deleted_at is not None
    ]
