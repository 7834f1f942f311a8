"""What guests are sent in the place of an original: its stripped form, else the largest rendition there is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from sqlalchemy import select

from albumen.app import App
from albumen.assets.ingest import FULL
from albumen.assets.renditions import EXTENSIONS
from albumen.assets.stripped import stripping
from albumen.assets.stripped.stripping import Form
from albumen.blobs.layout import STRIPPED
from albumen.http.links import StandIn
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import NotFound
from albumen.libraries.models import File, Original, Rendition
from albumen.media.convert import VIDEO
from albumen.unit import Unit

LARGEST: Final = (FULL, "lg", "md", "sm", VIDEO)
"""The renditions that may stand in for an original, the best first; of films only the last, and of others not that."""
WEB: Final = ("lg", FULL, "md", "sm", VIDEO)
"""Those that are of use on the web."""


@dataclass(frozen=True)
class Sent:
    """What a signed link is to be made for: variant, key and media type; and the name to save it under."""

    variant: str
    key: str
    mime: str
    name: str


def best(unit: Unit, signatures: Collection[str], variants: Sequence[str] = LARGEST) -> dict[str, Rendition]:
    """The first of these renditions that each of some contents has, by signature; a few hundred at most."""
    wanted = select(Rendition).join(Original, Original.signature == Rendition.signature)
    wanted = wanted.where(Rendition.signature.in_(signatures), Rendition.variant.in_(variants))
    wanted = wanted.where(Original.is_video == (Rendition.variant == VIDEO))
    found: dict[str, Rendition] = {}
    for row in unit.db.scalars(wanted):
        before = found.get(row.signature)
        if before is None or variants.index(row.variant) < variants.index(before.variant):
            found[row.signature] = row
    return found


def named(name: str, mime: str) -> str:
    """A file's name with the usual ending of a rendition."""
    return f"{PurePath(name).stem}{EXTENSIONS[mime]}"


def stripped(unit: Unit, files: Sequence[File]) -> dict[int, Sent]:
    """What to make links for that give some files without place and device, by file id.

    A file is left out while nothing of it can be sent.
    """
    signatures = {file.signature for file in files}
    wanted = select(Original.signature, Original.key, Original.kind, Original.mime)
    originals = {row.signature: row for row in unit.db.execute(wanted.where(Original.signature.in_(signatures)))}
    forms, renditions = stripping.forms(unit, signatures), best(unit, signatures)
    sent: dict[int, Sent] = {}
    for file in files:
        original, rendition = originals.get(file.signature), renditions.get(file.signature)
        if original is not None and _is_strippable(original.kind, forms.get(file.signature)):
            sent[file.id] = Sent(STRIPPED, original.key, original.mime, file.name)
        elif rendition is not None:
            name = named(file.name, rendition.mime)
            sent[file.id] = Sent(rendition.variant, rendition.key, rendition.mime, name)
    return sent


def _is_strippable(kind: str, known: Form | None) -> bool:
    """Where it was not tried yet, it is when the link is followed."""
    return stripping.can_be(kind) if known is None else known.pieces is not None


def stand_in(app: App, signature: str) -> StandIn:
    """What a link to a stripped original gives.  Raises NotFound, Unavailable."""
    form = stripping.form(app, signature)
    with app.reading(SYSTEM) as unit:
        original = unit.db.get(Original, signature)
        rendition = best(unit, [signature]).get(signature)
    if original is not None and form.pieces is not None:
        return StandIn(original.key, original.mime, f"{signature}.{STRIPPED}.{form.crc32:08x}", form.pieces)
    if rendition is None:
        raise NotFound("A form of this photo that may be given out is not made yet.")
    tag = f"{signature}.{rendition.variant}.{rendition.crc32:08x}"
    return StandIn(rendition.key, rendition.mime, tag, None, EXTENSIONS[rendition.mime])
