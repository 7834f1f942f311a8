"""The routes of what is done to many files at once."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from albumen.http.deps import Caller, Reading, TheApp, Writing, public_id
from albumen.http.views import Routes
from albumen.operations import bulk
from albumen.operations.bulk_views import (
    EditForm,
    FromAlbumForm,
    MoveForm,
    OperationView,
    TagForm,
    ToAlbumForm,
    TrashForm,
    of_operation,
)

routes = Routes(tags=["Selections"])


class _Selected:
    """A library, and whoever does something to many of its files."""

    def __init__(self, app: TheApp, actor: Caller, library_id: str) -> None:
        self._app, self._actor, self._library_id = app, actor, library_id

    def begin(self, form: EditForm | MoveForm | TagForm | ToAlbumForm | TrashForm) -> OperationView:
        """Do what a form says.  Raises NotFound, Denied, Conflict, Invalid, Gone."""
        library_id = public_id(self._library_id)
        return of_operation(bulk.begin(self._app, self._actor, library_id, form.wanted(), form.selection()))


Selected = Annotated[_Selected, Depends()]


@routes.post("/libraries/{library_id}/selection/add-to-album", summary="Put many files into an album")
def add_to_album(selected: Selected, form: ToAlbumForm) -> OperationView:
    """At its end; a few hundred at once, more as a job."""
    return selected.begin(form)


@routes.post("/libraries/{library_id}/selection/remove-from-album", summary="Take many files out of an album")
def remove_from_album(selected: Selected, form: FromAlbumForm) -> OperationView:
    """They stay in the library; undone, each is where it was in the album."""
    return selected.begin(form)


@routes.post("/libraries/{library_id}/selection/tag", summary="Tag many files")
def tag(selected: Selected, form: TagForm) -> OperationView:
    """`remove` first, then `add`; a few hundred at once, more as a job."""
    return selected.begin(form)


@routes.post("/libraries/{library_id}/selection/move", summary="Move many files")
def move(selected: Selected, form: MoveForm) -> OperationView:
    """Into a folder of the same library; a taken name gets a number."""
    return selected.begin(form)


@routes.post("/libraries/{library_id}/selection/trash", summary="Put many files into the trash")
def trash(selected: Selected, form: TrashForm) -> OperationView:
    """A few hundred at once, more as a job."""
    return selected.begin(form)


@routes.post("/libraries/{library_id}/selection/edit", summary="Correct many files")
def edit(selected: Selected, form: EditForm) -> OperationView:
    """Dates (`shiftSeconds`, then `timeZone`), `favorite`, `archived`, `rating`; files without a date keep none."""
    return selected.begin(form)


@dataclass(frozen=True)
class _Named:
    """An operation, as its path names it."""

    library_id: str
    operation_id: str

    @property
    def ids(self) -> tuple[int, int]:
        """Of the library, and its own.  Raises NotFound."""
        return public_id(self.library_id), public_id(self.operation_id)


Named = Annotated[_Named, Depends()]


@routes.get("/libraries/{library_id}/operations/{operation_id}", summary="How far an operation is")
def get_operation(unit: Reading, named: Named) -> OperationView:
    """One of the caller's own, for a week."""
    return of_operation(bulk.get(unit, *named.ids))


@routes.post("/libraries/{library_id}/operations/{operation_id}/cancel", summary="Stop an operation")
def cancel_operation(unit: Writing, named: Named) -> OperationView:
    """What is done already stays so; it can be undone."""
    return of_operation(bulk.cancel(unit, *named.ids))


@routes.post("/libraries/{library_id}/operations/{operation_id}/undo", summary="Undo an operation")
def undo_operation(unit: Writing, named: Named) -> OperationView:
    """Within a day; what somebody has changed since stays as it is."""
    return of_operation(bulk.undo(unit, *named.ids))
