"""Streaming a film: the playlists of its forms, written anew from their own indexes each time they are asked for."""

from sqlalchemy import select

from albumen.assets import delivery
from albumen.assets.delivery import Delivery
from albumen.kernel.errors import NotFound
from albumen.libraries.models import File, Rendition
from albumen.media import convert, hls
from albumen.media.hls import Index, Rung
from albumen.unit import Unit


def form(unit: Unit, file: File, side: int) -> Delivery:
    """The bytes of one form, by its shorter side in pixels.  Raises NotFound."""
    if side not in convert.LADDER:
        raise NotFound("There is no such form.")
    return delivery.rendition(unit, file, f"hls-{side}")


def playlist(unit: Unit, file: File, side: int) -> str:
    """The playlist of one form; its bytes are beside it, at `720.mp4`.  Raises NotFound."""
    return hls.media_playlist(_index(unit, form(unit, file, side).key), f"{side}.mp4")


def master(unit: Unit, file: File) -> str:
    """The playlist that names all forms, the smallest first.  Raises NotFound where there are none."""
    sides = {f"hls-{side}": side for side in convert.LADDER}
    made = select(Rendition).where(Rendition.signature == file.signature, Rendition.variant.in_(sides))
    rows = sorted(unit.db.scalars(made), key=lambda row: sides[row.variant])
    if not rows:
        raise NotFound("This film has no forms for streaming.")
    return hls.master_playlist(
        [Rung(_index(unit, row.key), row.width, row.height, f"{sides[row.variant]}.m3u8") for row in rows]
    )


def _index(unit: Unit, key: str) -> Index:
    return hls.index(b"".join(unit.blobs.read(key, 0, hls.HEAD_BYTES)))
