"""Developing an original: one decode in a guarded child gives every rendition and both hashes."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from sqlalchemy import select, update

from albumen.app import App
from albumen.assets import renditions
from albumen.kernel import shapes
from albumen.kernel.actor import SYSTEM
from albumen.libraries import contents
from albumen.libraries.models import File, Original, Rendition
from albumen.media.guard import Developed
from albumen.media.kinds import KINDS
from albumen.unit import Unit

SIZES = ("sm", "md", "lg")
FULL = "full-size"
GROUPS = {"thumbnails": SIZES, "full-size": (FULL,)}
"""What is asked for together: the sizes of the grid and the photo page, or the full-size form."""


@dataclass(frozen=True)
class Source:
    """An original to be decoded, and the renditions it lacks."""

    signature: str
    key: str
    kind: str
    lacking: tuple[str, ...]


def develop(app: App, signature: str) -> None:
    """Make what a new original lacks: the three sizes, and a full-size form where browsers cannot show it.

    Harmless to repeat.  Raises what the decoders raise, and NotFound where the bytes are gone.
    """
    with app.reading(SYSTEM) as unit:
        original = unit.db.get(Original, signature)
        source = None if original is None else source_of(unit, original, due(original.kind))
    if source is not None and source.lacking:
        make(app, source)


def render(app: App, signature: str, variants: Sequence[str]) -> None:
    """Make those of the variants that an original lacks.  Raises like `develop`."""
    with app.reading(SYSTEM) as unit:
        original = unit.db.get(Original, signature)
        source = None if original is None else source_of(unit, original, variants)
    if source is not None and source.lacking:
        make(app, source)


def due(kind_name: str) -> tuple[str, ...]:
    """The variants that every original of this kind has."""
    kind = KINDS[kind_name]
    return SIZES if kind.shown_by_browsers or kind.family == "video" else (*SIZES, FULL)


def source_of(unit: Unit, original: Original, wanted: Sequence[str]) -> Source:
    """An original with those of the wanted variants that it lacks."""
    made = set(unit.db.scalars(select(Rendition.variant).where(Rendition.signature == original.signature)))
    lacking = tuple(variant for variant in wanted if variant not in made)
    return Source(original.signature, original.key, original.kind, lacking)


def make(app: App, source: Source) -> None:
    """Decode once, store each rendition durably, then write the rows."""
    with ExitStack() as stack:
        spools = {variant: stack.enter_context(app.blobs.spool()) for variant in source.lacking}
        with app.blobs.local(source.key) as file:
            outputs = {variant: spool.fileno() for variant, spool in spools.items()}
            developed = app.guard.develop(file, source.kind, outputs)
        kept = [renditions.store(app, source.key, made, spools[made.variant]) for made in developed.renditions]
    with app.writing(SYSTEM) as unit:
        settle(unit, source.signature, developed, kept)
        if set(source.lacking) == set(due(source.kind)):
            keep_pixels(unit, source.signature, developed.pixels)


def settle(unit: Unit, signature: str, developed: Developed, kept: Sequence[renditions.Kept]) -> None:
    """Write what was made, if its original is still there."""
    contents.hold(unit, signature)
    values = {
        "developed_at": unit.now,
        "failure": developed.damage or None,
        "thumbhash": developed.thumbhash,
        "phash": developed.phash,
        "width": developed.width,
        "height": developed.height,
    }
    found = unit.db.execute(
        update(Original).where(Original.signature == signature).values(values).returning(Original.signature)
    )
    if found.scalar_one_or_none() is None:
        return
    shape = shapes.byte(developed.width, developed.height)
    unit.db.execute(update(File).where(File.signature == signature, File.shape != shape).values(shape=shape))
    renditions.record(unit, signature, kept)
    renditions.announce(unit, signature)


def keep_pixels(unit: Unit, signature: str, pixels: bytes) -> None:
    """Keep the digest of an original's pixels, as it comes out where everything that is due is made at once."""
    unit.db.execute(update(Original).where(Original.signature == signature).values(pixel_hash=pixels))


def fail(unit: Unit, signature: str, reason: str) -> None:
    """Quarantine an original: it stays downloadable, and its files say why it is not shown."""
    contents.hold(unit, signature)
    unit.db.execute(update(Original).where(Original.signature == signature).values(failure=reason))
    renditions.announce(unit, signature)
