"""One photo for a guest: its original, stripped where the event says so, or the size for the web."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from albumen.assets.stripped import sending
from albumen.assets.stripped.sending import Sent
from albumen.blobs.layout import ORIGINAL
from albumen.events.manifests import Frozen, Sizes, Wish
from albumen.events.visits import Visit
from albumen.kernel.errors import NotFound
from albumen.libraries.models import File, Original
from albumen.unit import Unit


@dataclass(frozen=True)
class Single:
    """A photo to be linked to by itself."""

    signature: str
    sent: Sent
    size_bytes: int


def sent(unit: Unit, visit: Visit, files: Sequence[File]) -> dict[int, Sent]:
    """What to make links for that give originals as this event gives them, by file id.

    Files of which nothing can be given (yet) are left out.
    """
    if visit.event.strip_location:
        return sending.stripped(unit, files)
    wanted = select(Original.signature, Original.key, Original.mime)
    rows = unit.db.execute(wanted.where(Original.signature.in_({file.signature for file in files})))
    kept = {row.signature: row for row in rows}
    return {file.id: Sent(ORIGINAL, kept[file.signature].key, kept[file.signature].mime, file.name) for file in files}


def web(unit: Unit, visit: Visit, files: Sequence[File]) -> dict[int, Sent]:
    """The same in the size for the web, as far as it is made; else as originals are given."""
    made = sending.best(unit, {file.signature for file in files}, sending.WEB)
    found = sent(unit, visit, [file for file in files if file.signature not in made])
    for file in files:
        row = made.get(file.signature)
        if row is not None:
            found[file.id] = Sent(row.variant, row.key, row.mime, sending.named(file.name, row.mime))
    return found


def single(unit: Unit, visit: Visit, wish: Wish, frozen: Frozen) -> Single | None:
    """What a download of one photo links to; None where it has to be a ZIP."""
    if len(frozen.members) != 1 or len(frozen.file_ids) != 1 or wish.sizes is Sizes.both:
        return None
    file = unit.db.get(File, frozen.file_ids[0])
    if file is None:
        raise NotFound("There is no such photo.")
    give = web if wish.sizes is Sizes.web else sent
    found = give(unit, visit, [file]).get(file.id)
    return None if found is None else Single(file.signature, found, frozen.members[0].size_bytes)
