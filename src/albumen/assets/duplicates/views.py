"""How duplicates look over the API."""

from datetime import timedelta

from pydantic import Field

from albumen.assets.duplicates.duplicates import Group, Kind
from albumen.assets.duplicates.grouping import Standing
from albumen.assets.models import Resolution
from albumen.http.views import Form, Time, View
from albumen.kernel import ids
from albumen.kernel.pages import Page
from albumen.libraries import views
from albumen.libraries.models import File
from albumen.libraries.views import FileView
from albumen.unit import Unit

MOST_FILES = 200


class MemberView(View):
    """A file of a group; `distance` counts the bits of 64 in which its look differs from the one suggested to keep."""

    file_id: str
    distance: int
    suggested_keep: bool


class GroupView(View):
    """Files that are one photo, the best first."""

    kind: Kind
    files: list[MemberView]


class GroupsView(View):
    """A page of groups.

    Near duplicates of a large library are found by a job: `isStale` says that these are not all as of now, and
    `progress` (0 to 1) how far the job is that looks anew.
    """

    groups: list[GroupView]
    next: str | None
    is_stale: bool | None = None
    progress: float | None = None


class ResolveForm(Form):
    """Which file is kept, and which go to the trash."""

    keep: str
    drop: list[str] = Field(min_length=1, max_length=MOST_FILES)


class ResolvedView(View):
    """The kept file, and what takes it back until then."""

    file: FileView
    undo_id: str
    undo_until: Time


class UndoForm(Form):
    """What resolving answered."""

    undo_id: str


class DismissForm(Form):
    """Files that are no duplicates of each other."""

    file_ids: list[str] = Field(min_length=2, max_length=MOST_FILES)


def of_page(found: Page[Group], stands: Standing) -> GroupsView:
    """A page of groups, and how they stand."""
    shown = GroupsView(groups=[_group(each) for each in found.items], next=found.next)
    return shown if stands.is_current else shown.model_copy(update={"is_stale": True, "progress": stands.progress})


def _group(group: Group) -> GroupView:
    shown = (
        MemberView(file_id=ids.encode(each.file_id), distance=each.distance, suggested_keep=each.suggested_keep)
        for each in group.members
    )
    return GroupView(kind=group.kind, files=list(shown))


def of_resolution(unit: Unit, made: Resolution, lasts: timedelta) -> ResolvedView:
    """What was resolved."""
    file = views.of_file(unit, unit.db.get_one(File, made.kept_id))
    return ResolvedView(file=file, undo_id=ids.encode(made.id), undo_until=made.created_at + lasts)
