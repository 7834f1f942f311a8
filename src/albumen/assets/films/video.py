"""Films that play everywhere: converted where browsers cannot play the original, with a preview and forms to stream."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from albumen.app import App
from albumen.assets import renditions
from albumen.assets.renditions import Kept
from albumen.blobs.port import Spool
from albumen.jobs.registry import Cancelled, Task
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Invalid
from albumen.libraries import contents, uploads
from albumen.libraries.models import Original, Rendition
from albumen.media import convert, motion
from albumen.media.facts import Facts
from albumen.media.guard import Made
from albumen.settings.rooms import MediaSettings
from albumen.unit import Unit


@dataclass(frozen=True)
class Film:
    """A film to be converted, or a photo with a film in it: what was read from it, and the forms it lacks."""

    signature: str
    key: str
    size_bytes: int
    facts: Facts
    made: frozenset[str]


def make(app: App, task: Task) -> None:
    """Make what the film of a signature lacks.  Harmless to repeat.

    Raises what the converter raises, and NotFound where the bytes are gone.
    """
    with app.reading(SYSTEM) as unit:
        film = _film(unit, task.subject)
    if film is None:
        return
    if film.facts.is_video:
        with _telling_when_cancelled(app, film):
            _convert(app, film, task)
    elif film.facts.motion_offset is not None and convert.MOTION not in film.made:
        _take_out(app, film, task)


@contextmanager
def _telling_when_cancelled(app: App, film: Film) -> Iterator[None]:
    try:
        yield
    except Cancelled:
        with app.writing(SYSTEM) as unit:
            fail(unit, film.signature, "Somebody stopped the conversion of this film.")
        raise


def _film(unit: Unit, signature: str) -> Film | None:
    row = unit.db.get(Original, signature, options=[undefer(Original.facts)])
    if row is None:
        return None
    made = unit.db.scalars(select(Rendition.variant).where(Rendition.signature == signature))
    read = msgspec.json.decode(row.facts, type=Facts)
    return Film(signature, row.key, row.size_bytes, read, frozenset(made))


def due(film: Film, settings: MediaSettings) -> tuple[str, ...]:
    """The forms that a film has in the end."""
    is_long = (film.facts.duration_seconds or 0) >= 60 * settings.hls_minutes
    streams = convert.streamed(film.facts) if is_long or film.size_bytes >= settings.hls_bytes else ()
    return *(() if convert.is_playable(film.facts) else (convert.VIDEO,)), convert.PREVIEW, *streams


def _convert(app: App, film: Film, task: Task) -> None:
    with app.blobs.local(film.key) as file:
        film = _refreshed(film, app.guard.probe(file, ""))
        lacking = [variant for variant in due(film, app.settings.media) if variant not in film.made]
        uploads.check_space(app, film.size_bytes if lacking else 0)
        kept = _made(app, film, (file, film.facts, lacking), task) if lacking else []
    with app.writing(SYSTEM) as unit:
        settle(unit, film, kept)


def _refreshed(film: Film, read: Facts) -> Film:
    """The film with what an earlier version did not yet read."""
    newly = {name: getattr(read, name) for name in ("pixel_format", "hdr", "is_interlaced", "video_codec")}
    return Film(film.signature, film.key, film.size_bytes, msgspec.structs.replace(film.facts, **newly), film.made)


def _take_out(app: App, film: Film, task: Task) -> None:
    """Make the film in a motion photo a form of the photo."""
    with app.blobs.spool() as inner, app.blobs.local(film.key) as file:
        for block in motion.film_in(file, film.facts.motion_offset or 0):
            inner.write(block)
        facts = app.guard.probe(inner.fileno(), "")
        if not facts.is_video:
            raise Invalid("What this motion photo holds is not a film.")
        kept = _made(app, film, (inner.fileno(), facts, [convert.MOTION]), task)
    with app.writing(SYSTEM) as unit:
        settle(unit, film, kept)


def _made(app: App, film: Film, work: tuple[int, Facts, Sequence[str]], task: Task) -> list[Kept]:
    """Convert an open film into each variant, and keep them durably."""
    file, facts, variants = work
    with ExitStack() as stack:
        spools = {variant: stack.enter_context(app.blobs.spool()) for variant in variants}
        outputs = {variant: spool.file for variant, spool in spools.items()}
        app.converter.convert(file, facts, outputs, lambda share: task.progress(share, "converting"))
        forms = {variant: _looked_at(app, variant, spool) for variant, spool in spools.items()}
        return [renditions.store(app, film.key, forms[variant], spool) for variant, spool in spools.items()]


def _looked_at(app: App, variant: str, spool: Spool) -> Made:
    """What was made.  Raises Invalid where it is no film."""
    facts = app.guard.probe(spool.fileno(), "")
    size_bytes = spool.file.stat().st_size
    return Made(variant, convert.MIME, facts.width, facts.height, size_bytes)


def settle(unit: Unit, film: Film, kept: Sequence[Kept]) -> None:
    """Write what was made, if its original is still there."""
    contents.hold(unit, film.signature)
    values: Mapping[str, object] = {
        "converted_at": unit.now,
        "unplayable": None,
        "facts": msgspec.json.encode(film.facts),
    }
    found = update(Original).where(Original.signature == film.signature).values(values).returning(Original.signature)
    if unit.db.execute(found).scalar_one_or_none() is None:
        return
    renditions.record(unit, film.signature, kept)
    renditions.announce(unit, film.signature)


def fail(unit: Unit, signature: str, reason: str) -> None:
    """Say why a film cannot be played; its poster and the download stay.  A photo without its film is still whole."""
    contents.hold(unit, signature)
    failed = update(Original).where(Original.signature == signature, Original.is_video)
    unit.db.execute(failed.values(unplayable=reason))
    renditions.announce(unit, signature)
