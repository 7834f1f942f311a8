"""Delivering bytes: which blob shows a file, and the signed links that let anyone with them fetch it for a while."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from albumen.assets import metadata
from albumen.assets.ingest import FULL
from albumen.assets.renditions import EXTENSIONS
from albumen.kernel.errors import NotFound
from albumen.libraries.models import File, Original, Rendition
from albumen.media import convert
from albumen.media.kinds import KINDS
from albumen.unit import Unit


@dataclass(frozen=True)
class Delivery:
    """A blob to be served.  `etag` names the content for ever; `name` is what a download is called."""

    key: str
    mime: str
    etag: str
    size_bytes: int
    name: str


def original(unit: Unit, file: File) -> Delivery:
    """The bytes as they came.  Raises NotFound."""
    row = unit.db.get(Original, file.signature)
    if row is None:
        raise NotFound("There is no such file.")
    return Delivery(row.key, row.mime, row.signature, row.size_bytes, file.name)


def rendition(unit: Unit, file: File, variant: str) -> Delivery:
    """A rendition.  Raises NotFound where it is not made (yet)."""
    row = unit.db.get(Rendition, (file.signature, variant))
    if row is None:
        raise NotFound("This form is not made yet." if _is_waiting(unit, file) else "This form is missing.")
    name = f"{file.name.rpartition('.')[0] or file.name}{EXTENSIONS[row.mime]}"
    return Delivery(row.key, row.mime, f"{row.signature}-{variant}-{row.crc32:08x}", row.size_bytes, name)


def _is_waiting(unit: Unit, file: File) -> bool:
    row = unit.db.get(Original, file.signature)
    if row is None:
        return False
    is_developing = row.developed_at is None and row.failure is None
    return is_developing or (row.is_video and row.converted_at is None and row.unplayable is None)


def shown(unit: Unit, file: File) -> Delivery:
    """What a browser can show: the original where it can, else the full-size form, else the largest there is.

    Of a film: the original where browsers play it, else what it was converted to.  Raises NotFound.
    """
    row = unit.db.get(Original, file.signature)
    if row is not None and row.is_video:
        is_playable = convert.is_playable(metadata.facts(unit, file))
        return original(unit, file) if is_playable else rendition(unit, file, convert.VIDEO)
    if row is not None and KINDS[row.kind].shown_by_browsers:
        return original(unit, file)
    made = {each.variant for each in unit.db.scalars(select(Rendition).where(Rendition.signature == file.signature))}
    best = next((variant for variant in (FULL, "lg", "md", "sm") if variant in made), None)
    if best is None:
        raise NotFound("A form that browsers show is not made yet.")
    return rendition(unit, file, best)


def made(unit: Unit, files: Sequence[File], variant: str) -> dict[str, Rendition]:
    """One rendition of each file by signature, in one query."""
    signatures = {file.signature for file in files}
    wanted = select(Rendition).where(Rendition.signature.in_(signatures), Rendition.variant == variant)
    return {row.signature: row for row in unit.db.scalars(wanted)}
