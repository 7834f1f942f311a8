"""What a guest sees of an event: its photos in their order, one of them, and the one that stands for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select

from albumen.app import App
from albumen.assets.timelines.listings import Listing
from albumen.events import queries, sets, sight
from albumen.events.guest_models import Contribution, Heart
from albumen.events.models import EventSet, Placement
from albumen.events.queries import Part
from albumen.events.sight import Permission
from albumen.events.visits import Visit
from albumen.kernel import ids
from albumen.kernel.pages import Page
from albumen.libraries import feed_pages
from albumen.libraries.models import File
from albumen.unit import Unit


@dataclass(frozen=True)
class Wanted:
    """Which of the photos: all that are seen, those in one set, one's favourites, or those one gave."""

    set_id: int | None = None
    favorites: bool = False
    mine: bool = False

    @property
    def is_own(self) -> bool:
        """Whether this differs between guests of one code."""
        return self.favorites or self.mine


def page(unit: Unit, visit: Visit, wanted: Wanted, part: Part) -> Page[File]:
    """The photos that a guest sees, in the order of the event.  Raises Denied, Invalid."""
    sight.require(visit, Permission.view)
    which = and_(sight.shown(unit, visit), *_narrowed(visit, wanted))
    return queries.by_position(unit, visit.event, which, part)


def count(unit: Unit, app: App, visit: Visit) -> int:
    """How many photos a guest sees; counted once for all guests of the code, while nothing of the library changes."""

    def find() -> int:
        return unit.db.scalar(select(func.count()).select_from(File).where(sight.shown(unit, visit))) or 0

    found: int = app.pages.once(("count", standing(unit, visit)), find)
    return found


def _narrowed(visit: Visit, wanted: Wanted) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    if wanted.set_id is not None:
        here = Placement.event_id == visit.event.id, Placement.set_id == wanted.set_id
        narrowed.append(File.id.in_(select(Placement.file_id).where(*here)))
    if wanted.favorites:
        narrowed.append(File.id.in_(select(Heart.file_id).where(Heart.guest_id == visit.guest.id)))
    if wanted.mine:
        given = Contribution.event_id == visit.event.id, Contribution.guest_id == visit.guest.id
        narrowed.append(File.id.in_(select(Contribution.file_id).where(*given)))
    return narrowed


def cover(unit: Unit, visit: Visit) -> File | None:
    """The photo that stands for the event, where the guest sees it; else the first one that is seen."""
    chosen = visit.album.cover_file_id
    if chosen is not None:
        found = unit.db.scalar(select(File).where(File.id == chosen, sight.shown(unit, visit)))
        if found is not None:
            return found
    first = queries.by_position(unit, visit.event, sight.shown(unit, visit), Part(1)).items
    return first[0] if first else None


def sets_seen(unit: Unit, visit: Visit) -> list[tuple[EventSet, int]]:
    """The sets in which a guest sees something, with how many photos that is."""
    counts = sets.counts(unit, visit.event, sight.shown(unit, visit))
    return [(each, counts[each.id]) for each in sets.of(unit, visit.event) if each.id in counts]


@dataclass(frozen=True)
class Giver:
    """Who gave a photo, and under which name."""

    guest_id: int | None
    name: str | None


@dataclass(frozen=True)
class Marks:
    """What is known of photos by their ids: the set of each, and who of those with the same code gave which."""

    sets: dict[int, int]
    givers: dict[int, Giver]


def marks(unit: Unit, visit: Visit, files: Sequence[File]) -> Marks:
    """What all guests of a code may know of some photos that they see."""
    chosen = [file.id for file in files]
    placed = select(Placement.file_id, Placement.set_id)
    placed = placed.where(Placement.event_id == visit.event.id, Placement.file_id.in_(chosen))
    given = select(Contribution).where(
        Contribution.event_id == visit.event.id,
        Contribution.accessor_id == visit.accessor.id,
        Contribution.file_id.in_(chosen),
    )
    return Marks(
        {row.file_id: row.set_id for row in unit.db.execute(placed)},
        {each.file_id: Giver(each.guest_id, each.guest_name) for each in unit.db.scalars(given)},
    )


def hearts(unit: Unit, visit: Visit, file_ids: Sequence[int]) -> set[int]:
    """Which of some photos are this guest's favourites."""
    return set(
        unit.db.scalars(select(Heart.file_id).where(Heart.guest_id == visit.guest.id, Heart.file_id.in_(file_ids)))
    )


def standing(unit: Unit, visit: Visit) -> str:
    """Names all that decides which photos a code shows, beside the passing of time."""
    return f"{_name(unit, visit)} {feed_pages.newest(unit, visit.event.library_id)}"


def listing(unit: Unit, visit: Visit) -> Listing:
    """What a guest sees as a timeline.  Raises Denied."""
    sight.require(visit, Permission.view)
    return Listing(visit.event.library_id, _name(unit, visit), sight.shown(unit, visit))


def _name(unit: Unit, visit: Visit) -> str:
    """What decides what is seen, beside the files and the event themselves."""
    accessor = visit.accessor
    name = ["guest", ids.encode(accessor.id), str(accessor.generation), str(sight.is_revealed(unit, visit))]
    return ":".join(name)
