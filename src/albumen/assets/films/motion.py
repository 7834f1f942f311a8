"""The moving part of a photo: a film of its own that was taken with it, or one that lay in the photo itself."""

from albumen.assets import delivery
from albumen.assets.delivery import Delivery
from albumen.kernel.errors import NotFound
from albumen.libraries import pairs
from albumen.libraries.models import File
from albumen.media import convert
from albumen.unit import Unit


def playable(unit: Unit, file: File) -> Delivery:
    """The moving part as browsers play it.  Raises NotFound where there is none, or none yet."""
    parts = [part for part in pairs.parts_of(unit, file) if part.deleted_at is None]
    if parts:
        return delivery.shown(unit, parts[0])
    try:
        return delivery.rendition(unit, file, convert.MOTION)
    except NotFound:
        raise NotFound("This photo has no moving part, or it is not made yet.") from None
