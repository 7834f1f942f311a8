"""Telling the feed that searches find other photos than before: by people, or by what was seen."""

from collections.abc import Iterable

from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.unit import Unit


def tell(unit: Unit, library_ids: Iterable[int]) -> None:
    """Count libraries as changed: lists that were made from searches in them are outdated.

    Their photos are as they were, and are not to be read again.
    """
    for library_id in library_ids:
        feed.record(unit, library_id, Happening(Thing.library), [library_id])
