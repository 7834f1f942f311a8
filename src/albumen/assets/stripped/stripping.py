"""The stripped form of an original: found out once, by whoever needs it first, and kept."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import select

from albumen.app import App
from albumen.assets.stripped.models import Stripped
from albumen.db.statements import insert_for, table_of
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import NotFound
from albumen.kernel.pieces import Pieces, size_of
from albumen.libraries.models import Original
from albumen.media.stripping import sums
from albumen.media.stripping.strip import KINDS, RECIPE, strip
from albumen.unit import Unit

_rows = table_of(Stripped)
_current: Final = Stripped.recipe == RECIPE


@dataclass(frozen=True)
class Form:
    """What is sent in an original's place: these pieces of it.  None: it cannot be stripped."""

    pieces: Pieces | None
    size_bytes: int
    crc32: int


def can_be(kind: str) -> bool:
    """Whether files of this kind can be stripped, as long as they are as they should be."""
    return kind in KINDS


def forms(unit: Unit, signatures: Collection[str]) -> dict[str, Form]:
    """The forms that are known of some contents, by signature; a few hundred at most."""
    wanted = select(Stripped).where(Stripped.signature.in_(signatures), _current)
    return {row.signature: _form(row) for row in unit.db.scalars(wanted)}


def _form(row: Stripped) -> Form:
    pieces = None if row.pieces is None else msgspec.msgpack.decode(row.pieces, type=Pieces)
    return Form(pieces, row.size_bytes, row.crc32)


def form(app: App, signature: str) -> Form:
    """The form of one content, made now where it is not known.  Raises NotFound, Unavailable."""
    with app.reading(SYSTEM) as unit:
        known = forms(unit, [signature]).get(signature)
        original = unit.db.get(Original, signature)
    if known is not None:
        return known
    if original is None:
        raise NotFound("There is no such file.")
    made = _made(app, original)
    with app.writing(SYSTEM) as unit:
        _keep(unit, signature, made)
    return made


def _made(app: App, original: Original) -> Form:
    if not can_be(original.kind):
        return Form(None, 0, 0)
    with app.blobs.open(original.key) as file:
        pieces = strip(file, original.kind)
        if pieces is None:
            return Form(None, 0, 0)
        return Form(pieces, size_of(pieces), sums.crc32(file, original.crc32, pieces))


def _keep(unit: Unit, signature: str, made: Form) -> None:
    """Keep a form, unless its original has gone in the meantime."""
    if unit.db.get(Original, signature, with_for_update={"read": True}) is None:
        return
    values = {
        "recipe": RECIPE,
        "pieces": None if made.pieces is None else msgspec.msgpack.encode(made.pieces),
        "size_bytes": made.size_bytes,
        "crc32": made.crc32,
        "made_at": unit.now,
    }
    row = insert_for(unit.db)(_rows).values(signature=signature, **values)
    unit.db.execute(row.on_conflict_do_update(index_elements=["signature"], set_=values))
