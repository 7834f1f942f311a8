"""Selections: files by their ids, or by where they lay in a timeline, so that many are named in a few numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from albumen.app import App
from albumen.assets.exports import downloads
from albumen.assets.exports.downloads import Offer
from albumen.assets.timelines import index, listings, pins
from albumen.assets.timelines.pins import CHUNK
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Invalid
from albumen.libraries import access
from albumen.unit import Unit


@dataclass(frozen=True)
class Selection:
    """Ids of files; or ranges `[a, b)` of places in the timeline of this version."""

    file_ids: Sequence[int] = ()
    version: str = ""
    of: str = ""
    ranges: Sequence[tuple[int, int]] = ()


def chosen(unit: Unit, library_id: int, selection: Selection) -> list[int]:
    """The ids of what is selected, in order, each once.

    Raises NotFound, Denied, Invalid, and Gone where the timeline has changed too much since.
    """
    access.check_seen(unit, library_id)
    if not selection.version:
        return list(dict.fromkeys(selection.file_ids))
    listing = listings.listing(unit, library_id, selection.of)
    pinned = index.find(unit, listing, selection.version)
    _check(selection.ranges, pinned.count)
    wanted = {number: None for a, b in selection.ranges for number in range(a // CHUNK, (b - 1) // CHUNK + 1)}
    found = {each.number: each.file_ids for each in pins.chunks(unit, listing, pinned, list(wanted))}
    return [file_id for a, b in selection.ranges for file_id in _between(found, a, b)]


def download(app: App, actor: Actor, library_id: int, selection: Selection) -> Offer:
    """Offer what is selected as one ZIP.  Raises NotFound, Denied, Gone, and Invalid where it is too much."""
    with app.reading(actor) as unit:
        file_ids = chosen(unit, library_id, selection)
    if len(file_ids) > downloads.MOST_FILES:
        raise Invalid(f"A download has {downloads.MOST_FILES} files at most.", errors=[("ranges", "too many files")])
    return downloads.grant(app, actor, library_id, file_ids)


def _check(ranges: Sequence[tuple[int, int]], count: int) -> None:
    """Ranges ascend, do not overlap, and lie within the timeline.  Raises Invalid."""
    at = 0
    for number, (a, b) in enumerate(ranges):
        if not at <= a < b <= count:
            wanted = f"ranges ascend without overlap within 0 to {count}"
            raise Invalid(f"In a selection {wanted}.", errors=[(f"ranges.{number}", wanted)])
        at = b


def _between(found: dict[int, Sequence[int]], a: int, b: int) -> list[int]:
    file_ids: list[int] = []
    for number in range(a // CHUNK, (b - 1) // CHUNK + 1):
        first = number * CHUNK
        file_ids += found[number][max(0, a - first) : b - first]
    return file_ids
