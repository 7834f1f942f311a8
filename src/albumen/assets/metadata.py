"""Everything that was read from a file, by group."""

import msgspec
from sqlalchemy import select

from albumen.kernel.errors import NotFound
from albumen.libraries.models import File, Original
from albumen.media.facts import Facts
from albumen.unit import Unit


def facts(unit: Unit, file: File) -> Facts:
    """What the bytes of a file say.  Raises NotFound."""
    raw = unit.db.scalar(select(Original.facts).where(Original.signature == file.signature))
    if raw is None:
        raise NotFound("There is no such file.")
    return msgspec.json.decode(raw, type=Facts)
