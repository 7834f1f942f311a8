"""What the page of a photo plays: a film as browsers show it, and the moving part of a photo."""

from albumen.app import App
from albumen.assets import delivery, metadata
from albumen.blobs.links import Grant, rounded_expiry
from albumen.kernel import ids
from albumen.libraries import pairs
from albumen.libraries.models import File
from albumen.libraries.queries import Content
from albumen.media import convert
from albumen.unit import Unit
from albumen.web import grid


def film(app: App, unit: Unit, file: File) -> str:
    """A signed link to a film that browsers play; empty where it is not made (yet)."""
    if convert.is_playable(metadata.facts(unit, file)):
        return original_link(app, unit, file)
    return _made(app, unit, file, convert.VIDEO)


def stream(file: File, content: Content) -> str:
    """Where a film is streamed from; empty where it has no forms for that.

    Not a signed link: the playlists name each other, so that the browser has to show its session each time.
    """
    if not any(variant.startswith("hls-") for variant in content.rendition_bytes):
        return ""
    return f"/v1/libraries/{ids.encode(file.library_id)}/files/{ids.encode(file.id)}/hls/master.m3u8"


def motion(app: App, unit: Unit, file: File) -> str:
    """A signed link to the moving part of a photo; empty where there is none."""
    part = next((each for each in pairs.parts_of(unit, file) if each.deleted_at is None), None)
    return film(app, unit, part) if part is not None else _made(app, unit, file, convert.MOTION)


def _made(app: App, unit: Unit, file: File, variant: str) -> str:
    row = delivery.made(unit, [file], variant).get(file.signature)
    return grid.link(app, unit, row) if row is not None else ""


def original_link(app: App, unit: Unit, file: File, *, download: bool = False) -> str:
    """A signed link to the bytes as they came.  Raises NotFound."""
    wanted = delivery.original(unit, file)
    grant = Grant(
        variant="original",
        signature=file.signature,
        key=wanted.key,
        mime=wanted.mime,
        expires_at=rounded_expiry(unit.now),
        download_as=file.name if download else None,
    )
    return app.signer.sign(grant)
