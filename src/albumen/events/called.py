"""What guests are told that photos are called: a gift as it came.

Beside a file of the same name it is kept under a number, which would tell guests of a file that they may not see.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from albumen.events.guest_models import Contribution
from albumen.libraries import names
from albumen.unit import Unit


def names_of(unit: Unit, kept: Mapping[int, str]) -> dict[int, str]:
    """What guests are told, by file id, for files that are kept under these names."""
    sent = _sent(unit, kept.keys())
    return {file_id: told(name, sent.get(file_id)) for file_id, name in kept.items()}


def told(kept_as: str, sent_as: str | None) -> str:
    """The same for one file, and the name it was sent with; one that was given another name since is called so."""
    return sent_as if sent_as is not None and names.is_numbered(kept_as, sent_as) else kept_as


def _sent(unit: Unit, file_ids: Collection[int]) -> dict[int, str | None]:
    found = select(Contribution.file_id, Contribution.sent_as)
    rows = unit.db.execute(found.where(Contribution.file_id.in_(file_ids), Contribution.sent_as.is_not(None)))
    return {row.file_id: row.sent_as for row in rows}
