"""Renaming and deleting tags, on however many files they are."""

from albumen.kernel.errors import NotFound
from albumen.libraries import names, trash
from albumen.libraries.models import Role
from albumen.operations import bulk, tags
from albumen.operations.bulk import Wanted
from albumen.operations.models import Operation
from albumen.unit import Unit


def rename(unit: Unit, library_id: int, tag: str, to: str) -> Operation:
    """Call a tag something else, and all below it; where that is there, they become one.

    Raises NotFound, Denied, Invalid.
    """
    return bulk.start(unit, library_id, Wanted("rename-tag", {"from": tag, "to": to}), _holders(unit, library_id, tag))


def remove(unit: Unit, library_id: int, tag: str) -> Operation:
    """Take a tag, and all below it, from all files.  Raises NotFound, Denied."""
    return bulk.start(unit, library_id, Wanted("remove-tag", {"tag": tag}), _holders(unit, library_id, tag))


def _holders(unit: Unit, library_id: int, tag: str) -> list[int]:
    trash.reached(unit, library_id, Role.contributor)
    cleaned = names.clean(tag)
    if not cleaned:
        raise NotFound("There is no such tag.")
    return tags.holders(unit, library_id, cleaned)
