"""What can be done to many files at once, each kind with the way back.

A deed is told its batch as ids, decides for each file anew whether the actor may, and writes down what undoing takes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select

from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.libraries import access, tally
from albumen.libraries.models import File, Folder, Role
from albumen.unit import Unit

Args = Mapping[str, Any]
Before = Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """How many files a batch was done to (those that were so already included), and what undoing it takes."""

    count: int
    before: Sequence[Before] = field(default=())


class Deed(Protocol):
    """Something that is done to many files."""

    def check(self, unit: Unit, library_id: int, args: Args) -> Args:
        """What was told, as it is kept.  Raises NotFound, Denied, Conflict, Invalid where it cannot be done at all."""

    def apply(self, unit: Unit, library_id: int, args: Args, file_ids: Sequence[int]) -> Done:
        """Do it to those of the files that are there and that the actor may change."""

    def undo(self, unit: Unit, library_id: int, args: Args, before: Sequence[Before]) -> int:
        """Make it undone where nobody has changed the same since; returns for how many files."""


def changeable(unit: Unit, library_id: int, file_ids: Sequence[int]) -> list[File]:
    """Those of some files that are listed and that the actor may change, read anew; writers of a library take turns."""
    tally.reserve(unit, library_id, 0)
    may = access.files_anywhere(unit, least=Role.contributor)
    wanted = select(File).where(File.library_id == library_id, File.id.in_(file_ids), may).order_by(File.id)
    return list(unit.db.scalars(wanted.execution_options(populate_existing=True)))


def lineages(unit: Unit, files: Sequence[File]) -> dict[int, str]:
    """The lineage of each folder that holds some of the files."""
    wanted = select(Folder.id, Folder.lineage).where(Folder.id.in_({file.folder_id for file in files}))
    return {row.id: row.lineage for row in unit.db.execute(wanted)}


def tell(unit: Unit, library_id: int, files: Sequence[File], *, gone: bool = False) -> None:
    """Tell that files were changed, or are gone, where they lie."""
    found = lineages(unit, files)
    for folder_id, lineage in found.items():
        here = [file.id for file in files if file.folder_id == folder_id]
        feed.record(unit, library_id, Happening(Thing.file, gone=gone, lineage=lineage), here)


def as_kept(moment: datetime) -> datetime:
    """A moment as the database keeps it: to the millisecond."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
