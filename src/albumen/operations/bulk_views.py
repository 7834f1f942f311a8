"""How operations on many files, and tags, look over the API."""

from collections.abc import Sequence

from pydantic import Field

from albumen.assets.timelines.views import ChosenForm
from albumen.http.views import Form, Time, View
from albumen.kernel import ids
from albumen.operations.bulk import UNDOABLE, Wanted
from albumen.operations.models import Operation, Stage
from albumen.operations.tags import Tag

_Tags = Field(default_factory=list[str], max_length=200)


class ToAlbumForm(ChosenForm):
    """Files to put into an album."""

    album_id: str

    def wanted(self) -> Wanted:
        """What is to be done."""
        return Wanted("add-to-album", {"album": self.album_id})


class FromAlbumForm(ToAlbumForm):
    """Files to take out of an album."""

    def wanted(self) -> Wanted:
        """What is to be done."""
        return Wanted("remove-from-album", {"album": self.album_id})


class TagForm(ChosenForm):
    """Files to give tags, and to take tags from."""

    add: list[str] = _Tags
    remove: list[str] = _Tags

    def wanted(self) -> Wanted:
        """What is to be done."""
        return Wanted("tag", {"add": self.add, "remove": self.remove})


class MoveForm(ChosenForm):
    """Files to move into another folder of the library."""

    folder_id: str

    def wanted(self) -> Wanted:
        """What is to be done."""
        return Wanted("move", {"folder": self.folder_id})


class TrashForm(ChosenForm):
    """Files to put into the trash."""

    def wanted(self) -> Wanted:
        """What is to be done."""
        return Wanted("trash", {})


class EditForm(ChosenForm):
    """Files to correct: `shiftSeconds` moves their dates, `timeZone` is where their clocks stood."""

    shift_seconds: int | None = None
    time_zone: str | None = Field(None, max_length=100)
    favorite: bool = False
    archived: bool = False
    rating: int | None = Field(None, ge=0, le=5)

    def wanted(self) -> Wanted:
        """What is to be done, of what was told."""
        facts = {"shift_seconds", "time_zone", "favorite", "archived", "rating"}
        told = self.model_dump(include=facts, exclude_unset=True)
        return Wanted("edit", told)


class RenameForm(Form):
    """A tag, and what it is to be called, together with all below it; where that is there, they become one."""

    from_: str = Field(alias="from", min_length=1, max_length=200)
    to: str = Field(min_length=1, max_length=200)


class OperationView(View):
    """An operation.  `status`: pending, done, cancelled, failed, undoing, undone.

    `skipped` counts files that were gone, or not the caller's to change; `restored` those that were undone.
    """

    operation_id: str
    verb: str
    status: Stage
    total: int
    done: int
    skipped: int
    restored: int | None
    error: str | None
    created_on: Time
    finished_on: Time | None
    undo_until: Time | None


class TagView(View):
    """A tag, on how many files it is, and on how many it or one below it (`tag/…`) is."""

    tag: str
    count: int
    total: int


class TagsView(View):
    """The tags of a library, by name."""

    tags: list[TagView]


def of_operation(operation: Operation) -> OperationView:
    """An operation as its user sees it."""
    is_undoable = operation.stage in (Stage.done, Stage.cancelled, Stage.failed) and operation.finished_at
    return OperationView(
        operation_id=ids.encode(operation.id),
        verb=operation.verb,
        status=Stage(operation.stage),
        total=operation.total,
        done=operation.done,
        skipped=operation.skipped,
        restored=operation.restored if operation.stage in (Stage.undoing, Stage.undone) else None,
        error=operation.error,
        created_on=operation.created_at,
        finished_on=operation.finished_at,
        undo_until=operation.finished_at + UNDOABLE if is_undoable and operation.finished_at else None,
    )


def of_tags(tags: Sequence[Tag]) -> TagsView:
    """Tags as they are listed."""
    return TagsView(tags=[TagView(**vars(each)) for each in tags])
