"""The signed links that a guest is given: bound to the code as it is now, over in ten minutes and with the event.

Following one takes no database, so what was revoked ends with them at the latest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select

from albumen.assets.stripped import sending
from albumen.assets.stripped.sending import Sent
from albumen.blobs.layout import ORIGINAL, STRIPPED
from albumen.blobs.links import Grant, Signer
from albumen.events import sight
from albumen.events.called import names_of
from albumen.events.sight import Permission, Size
from albumen.events.visits import Visit
from albumen.libraries.models import File, Original, Rendition
from albumen.media import convert
from albumen.unit import Unit

THUMBNAILS = ("sm", "md", "lg")


@dataclass(frozen=True)
class Links:
    """Where to fetch a photo: small forms by name, what shows it at its best, what moves, and what to save."""

    thumbnails: Mapping[str, str] = field(default_factory=dict)
    contents: str | None = None
    motion: str | None = None
    original: str | None = None
    web: str | None = None


@dataclass(frozen=True)
class _Maker:
    """Makes links for one guest at one moment."""

    signer: Signer
    visit: Visit
    audience: str
    end: datetime

    def of(self, file: File, sent: Sent, *, saved: bool = False) -> str:
        """A link to what is sent of a file, to be shown or saved."""
        return self.signer.sign(
            Grant(
                variant=sent.variant,
                signature=file.signature,
                key=sent.key,
                mime=sent.mime,
                expires_at=self.end,
                audience=self.audience,
                download_as=sent.name if saved else None,
            )
        )


def of_files(unit: Unit, signer: Signer, visit: Visit, files: Sequence[File]) -> dict[int, Links]:
    """Links for files that this guest sees, which the caller got by `sight.shown`; by their ids."""
    made = _renditions(unit, files)
    originals = _originals(unit, visit, files)
    maker = _Maker(signer, visit, sight.audience(visit), sight.link_end(visit, unit.now))
    called = names_of(unit, {file.id: file.name for file in files})
    found = {}
    for file in files:
        sent = {variant: _form(row) for variant, row in made.get(file.signature, {}).items()}
        if file.id in originals:
            sent[ORIGINAL] = originals[file.id]
        found[file.id] = _links(
            maker, file, {variant: _called(each, called[file.id]) for variant, each in sent.items()}
        )
    return found


def _links(maker: _Maker, file: File, forms: Mapping[str, Sent]) -> Links:
    original = forms.get(ORIGINAL)
    allowed = sight.may(maker.visit, Permission.download)
    sizes = maker.visit.accessor.sizes if allowed else ()
    best = next((forms[each] for each in ("lg", "md", "sm") if each in forms), None)
    is_film = convert.VIDEO in forms or (original is not None and original.mime.startswith("video/"))
    shown = forms.get(convert.VIDEO, original) if is_film else best
    web = shown if is_film else best
    return Links(
        thumbnails={each: maker.of(file, forms[each]) for each in THUMBNAILS if each in forms},
        contents=maker.of(file, shown) if shown else None,
        motion=maker.of(file, forms[convert.MOTION]) if convert.MOTION in forms else None,
        original=maker.of(file, original, saved=True) if original and Size.original in sizes else None,
        web=maker.of(file, web, saved=True) if web and Size.web in sizes else None,
    )


def _form(row: Rendition) -> Sent:
    return Sent(row.variant, row.key, row.mime, "")


def _called(sent: Sent, name: str) -> Sent:
    """The same under the name that guests are told."""
    return replace(sent, name=name if sent.variant in (ORIGINAL, STRIPPED) else sending.named(name, sent.mime))


def _renditions(unit: Unit, files: Sequence[File]) -> dict[str, dict[str, Rendition]]:
    wanted = {*THUMBNAILS, convert.VIDEO, convert.MOTION}
    rows = select(Rendition).where(Rendition.variant.in_(wanted))
    found: dict[str, dict[str, Rendition]] = {}
    for row in unit.db.scalars(rows.where(Rendition.signature.in_({file.signature for file in files}))):
        found.setdefault(row.signature, {})[row.variant] = row
    return found


def _originals(unit: Unit, visit: Visit, files: Sequence[File]) -> dict[int, Sent]:
    """What is given in the place of each original: itself, or its form without place and device."""
    if visit.event.strip_location:
        return sending.stripped(unit, files)
    rows = select(Original.signature, Original.key, Original.mime)
    kept = unit.db.execute(rows.where(Original.signature.in_({file.signature for file in files})))
    originals = {row.signature: row for row in kept}
    return {
        file.id: Sent(ORIGINAL, originals[file.signature].key, originals[file.signature].mime, file.name)
        for file in files
        if file.signature in originals
    }
