"""A wall of photos by date: what the module that draws it is told, and the links it asks for as it is scrolled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select, tuple_

from albumen.app import App
from albumen.assets import delivery
from albumen.assets.timelines import listings, pins
from albumen.blobs.links import rounded_expiry
from albumen.kernel import ids
from albumen.kernel.errors import NotFound
from albumen.libraries import access, queries
from albumen.libraries.models import File, Role
from albumen.unit import Unit
from albumen.web import films, grid

MOST_LINKS = 128
_BLOCK = 64  # links are asked for by so many at once, in links.js
READING = ("download",)
ALL = ("favourite", "album", "tag", "move", "archive", "download", "trash")


@dataclass(frozen=True)
class Wall:
    """What one wall shows and what may be done with it; its addresses are those of the API and of these pages.

    `of` is as in timelines of the API; `actions` name the buttons of the bar that appears when photos are chosen;
    `version` is that of the listing where its chunks can be fetched before its index came, `newest` its first photos.
    """

    library_id: int
    of: str = ""
    actions: Sequence[str] = READING
    has_scrubber: bool = True
    pages: str = ""
    version: str = ""
    newest: Sequence[str] = ()

    @property
    def library(self) -> str:
        """The library's address in the API."""
        return f"/v1/libraries/{ids.encode(self.library_id)}"

    @property
    def _of(self) -> str:
        return f"?{urlencode({'of': self.of})}" if self.of else ""

    @property
    def index(self) -> str:
        """Where the shape of the wall comes from."""
        return f"{self.library}/timeline/index{self._of}"

    @property
    def chunks(self) -> str:
        """Where details come from; the module fills the braces in."""
        return f"{self.library}/timeline/chunks/{{version}}/{{number}}{self._of}"

    @property
    def ahead(self) -> Sequence[tuple[str, str]]:
        """What the module asks for first, letter by letter, and on which screens: fetched before it is run."""
        if not self.version:
            return ()
        links = f"{self.links}&size=sm&ids={','.join(self.newest)}"
        return (self.chunks.format(version=self.version, number=0), "all"), (links, "(max-width: 640px)")

    @property
    def links(self) -> str:
        """Where links to pictures come from; `size` and `ids` are added."""
        return f"/walls/links?{urlencode({'library': ids.encode(self.library_id), 'of': self.of})}"

    @property
    def place(self) -> str:
        """Where the place of a photo is told; `id` is added."""
        return f"/walls/place?{urlencode({'library': ids.encode(self.library_id), 'of': self.of})}"


def wall(unit: Unit, library_id: int, of: str = "", **more: Any) -> Wall:
    """The wall of a listing, with what the actor may do to its photos.  Raises NotFound."""
    given = access.check_seen(unit, library_id)
    strongest = access.strongest(given.role, *given.folders.values())
    may_change = access.is_enough(strongest, Role.contributor)
    if of == listings.TIMELINE:
        more |= _known(unit, listings.listing(unit, library_id, of))
    return Wall(library_id, of, ALL if may_change else READING, **more)


def _known(unit: Unit, listing: listings.Listing) -> dict[str, Any]:
    """What is sure of a listing before its index is read."""
    newest = select(File.id).where(listing.where).order_by(File.sorted_at.desc(), File.id.desc()).limit(_BLOCK)
    told = {"version": pins.kept_version(unit, listing)}
    return told | ({"newest": [ids.encode(each) for each in unit.db.scalars(newest)]} if told["version"] else {})


def place(unit: Unit, library_id: int, of: str, file_id: int) -> int:
    """How many photos come before this one on a wall.  Raises NotFound, Denied, Invalid."""
    listed = listings.listing(unit, library_id, of).where
    here = unit.db.execute(select(File.sorted_at, File.id).where(listed, File.id == file_id)).one_or_none()
    if here is None:
        raise NotFound("This photo is not among these.")
    newer = tuple_(File.sorted_at, File.id) > (here.sorted_at, here.id)
    return unit.db.scalar(select(func.count()).select_from(File).where(listed, newer)) or 0


def links(app: App, unit: Unit, library_id: int, of: str, wanted: tuple[str, Sequence[int]]) -> dict[str, Any]:
    """Signed links to one size of some photos, by id, and until when (seconds since 1970) they hold.

    Photos that are not listed, or of which that size is not made, are left out.  Raises NotFound, Denied, Invalid.
    """
    size, file_ids = wanted
    listed = listings.listing(unit, library_id, of).where
    found = unit.db.scalars(select(File).where(listed, File.id.in_(file_ids[:MOST_LINKS]))).all()
    until = int(rounded_expiry(unit.now).timestamp())
    if size == "lg":
        return {"until": until, "links": {ids.encode(file.id): _shown(app, unit, file) for file in found}}
    rows = delivery.made(unit, found, size)
    told = {ids.encode(file.id): grid.link(app, unit, rows[file.signature]) for file in found if file.signature in rows}
    return {"until": until, "links": told}


def is_whole(told: Mapping[str, Any], file_ids: Sequence[int]) -> bool:
    """Whether an answer of `links` has a picture of every photo that was asked for."""
    shown = {word: each if isinstance(each, str) else each.get("src") for word, each in told["links"].items()}
    return all(shown.get(ids.encode(file_id)) for file_id in file_ids)


def _shown(app: App, unit: Unit, file: File) -> dict[str, Any]:
    """What the viewer shows of a photo or film."""
    content = queries.contents(unit, [file])[file.signature]
    row = next(
        (row for size in ("lg", "md", "sm") if (row := delivery.made(unit, [file], size).get(file.signature))), None
    )
    shown: dict[str, Any] = {"name": file.name, "favourite": bool(file.favorite)}
    if row is not None:
        shown |= {"src": grid.link(app, unit, row), "width": row.width, "height": row.height}
    if row is not None and max(content.original.width, content.original.height) > max(row.width, row.height):
        whole = delivery.made(unit, [file], "full-size").get(file.signature)
        shown["full"] = grid.link(app, unit, whole) if whole else ""
    if content.original.is_video:
        shown |= {"film": films.film(app, unit, file), "stream": films.stream(file, content)}
    return shown
