"""Downloads for guests: frozen when they are asked for, and granted anew at every fetch, by the code as it is then."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import delete, select

from albumen.app import App
from albumen.events import doings, guests, links, manifests, preparing, sight
from albumen.events.doings import Did
from albumen.events.fetching import GUESTS, check_sizes
from albumen.events.guest_models import GuestDownload
from albumen.events.manifests import Frozen, Kept, Sizes, Wish
from albumen.events.sight import Permission, Size
from albumen.events.visits import Visit
from albumen.http.manifest import Manifest, Member
from albumen.http.zips import PREFIX
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from albumen.unit import Unit

LIFETIME: Final = timedelta(hours=24)
LEAST_PART_BYTES: Final = 1 << 20
MOST_PARTS: Final = 1000
_MOST_ASKS: Final = 20
_TRIES: Final = 3
_OVERHEAD_BYTES: Final = 200
"""More than a ZIP takes for a member, but for its name, which it has twice."""


Part = list[tuple[Member, int]]
"""The members of one ZIP, each with the id of its photo."""


@dataclass(frozen=True)
class Asked:
    """What a guest asks for.  `file_ids` None: everything; `part_bytes`: in ZIPs of at most so many bytes.

    One photo comes as itself, unless it is to be `zipped`.
    """

    file_ids: Sequence[int] | None
    sizes: Sizes | None
    part_bytes: int | None
    zipped: bool = False


@dataclass(frozen=True)
class Offered:
    """One address to fetch something at, until it expires."""

    url: str
    filename: str
    file_count: int
    size_bytes: int
    expires_at: datetime


@dataclass(frozen=True)
class Offer:
    """All that was granted; several where parts were asked for.  What could be given in no form was left out."""

    parts: Sequence[Offered]
    left_out: int


def offer(app: App, token: str, asked: Asked) -> Offer:
    """Grant what a guest asks for.

    Reading comes first, in units of its own, so that a large download does not hold up those who write.  Raises SignIn,
    Gone, Denied, NotFound, Invalid, Conflict where the event changes meanwhile, Unavailable while it is prepared.
    """
    wish, frozen = _settled(app, token, asked)
    if not frozen.members:
        raise NotFound("Nothing of this can be downloaded yet.")
    parts = _split(frozen, asked.part_bytes)
    with app.writing(SYSTEM) as unit:
        visit = guests.resume(unit, token)
        if _wish(visit, asked) != wish:
            raise Conflict("The event has just changed; ask again.")
        is_zip = asked.zipped or asked.part_bytes is not None
        alone = None if is_zip else _alone(app, unit, visit, (wish, frozen))
        doings.note(unit, visit, Did.download, frozen.file_ids[0] if len(frozen.file_ids) == 1 else 0)
        offered = [alone] if alone is not None else _zips(app, unit, visit, [(wish, part) for part in parts])
    return Offer(offered, frozen.left_out)


def _settled(app: App, token: str, asked: Asked) -> tuple[Wish, Frozen]:
    """What is wanted, and what it comes to."""
    for _ in range(_TRIES):
        with app.reading(SYSTEM) as unit:
            visit = guests.resume(unit, token)
            wish = _wish(visit, asked)
            frozen = manifests.freeze(unit, visit, wish)
        if not frozen.unknown:
            return wish, frozen
        preparing.now(app, visit.event.id, frozen.unknown)
    raise Unavailable("The download is being prepared.")


def _wish(visit: Visit, asked: Asked) -> Wish:
    """What is asked for, as the code and the event allow it.  Raises Denied."""
    sight.require(visit, Permission.view)
    sight.require(visit, Permission.download)
    allowed = visit.accessor.sizes
    sizes = asked.sizes or (Sizes.original if Size.original in allowed else Sizes.web)
    check_sizes(visit, sizes)
    return Wish(asked.file_ids, sizes, visit.event.strip_location)


def _alone(app: App, unit: Unit, visit: Visit, settled: tuple[Wish, Frozen]) -> Offered | None:
    """A link to one photo by itself; None where it has to be a ZIP.  Raises NotFound."""
    wish, frozen = settled
    if len(frozen.members) != 1 or len(frozen.file_ids) != 1:
        return None
    file = sight.file(unit, visit, frozen.file_ids[0])
    found = links.of_files(unit, app.signer, visit, [file])[file.id]
    url = found.web if wish.sizes is Sizes.web else found.original
    member = frozen.members[0]
    return None if url is None else Offered(url, member.name, 1, member.size_bytes, sight.link_end(visit, unit.now))


def _zips(app: App, unit: Unit, visit: Visit, parts: Sequence[tuple[Wish, Part]]) -> list[Offered]:
    """Keep the parts, and link to them."""
    rows = [
        _keep(unit, visit, name, _kept(*part)) for name, part in zip(_filenames(visit, len(parts)), parts, strict=True)
    ]
    _forget_older(unit, visit)
    return [_offered(app, row, part) for row, (_, part) in zip(rows, parts, strict=True)]


def _split(frozen: Frozen, most_bytes: int | None) -> list[Part]:
    """The members in parts of so many bytes, as ZIPs; one that is longer by itself gets a part of its own."""
    parts: list[Part] = [[]]
    left = most = math.inf if most_bytes is None else most_bytes - _OVERHEAD_BYTES
    for member, photo_id in zip(frozen.members, frozen.photo_ids, strict=True):
        needed = member.size_bytes + 2 * len(member.name.encode()) + _OVERHEAD_BYTES
        if needed > left and parts[-1]:
            parts.append([])
            left = most
        parts[-1].append((member, photo_id))
        left -= needed
    if len(parts) > MOST_PARTS:
        raise Invalid(f"These would be more than {MOST_PARTS:,} parts; ask for larger ones.")
    return parts


def _kept(wish: Wish, part: Part) -> Kept:
    photo_ids = list(dict.fromkeys(photo_id for _, photo_id in part))
    return Kept(photo_ids, wish.sizes, wish.is_stripped, [member for member, _ in part])


def _filenames(visit: Visit, count: int) -> Iterator[str]:
    name = visit.album.name
    if count == 1:
        yield f"{name}.zip"
    else:
        yield from (f"{name} ({number} of {count}).zip" for number in range(1, count + 1))


def _keep(unit: Unit, visit: Visit, filename: str, kept: Kept) -> GuestDownload:
    end = unit.now + LIFETIME
    download = GuestDownload(
        id=ids.new_id(),
        event_id=visit.event.id,
        accessor_id=visit.accessor.id,
        guest_id=visit.guest.id,
        generation=visit.accessor.generation,
        filename=filename,
        manifest=msgspec.msgpack.encode(kept),
        created_at=unit.now,
        expires_at=end if visit.expires_at is None else min(end, visit.expires_at),
    )
    unit.db.add(download)
    unit.db.flush()
    return download


def _forget_older(unit: Unit, visit: Visit) -> None:
    """Keep those of a bounded number of asks for each guest, so that nobody fills the database by asking."""
    mine = GuestDownload.guest_id == visit.guest.id
    moments = select(GuestDownload.created_at).where(mine).distinct().order_by(GuestDownload.created_at.desc())
    newest = unit.db.scalars(moments.limit(_MOST_ASKS)).all()
    unit.db.execute(delete(GuestDownload).where(mine, GuestDownload.created_at < newest[-1]))


def _offered(app: App, download: GuestDownload, part: Part) -> Offered:
    url = app.signer.sign_path(f"{PREFIX}{GUESTS}{ids.encode(download.id)}", download.expires_at)
    size_bytes = Manifest([member for member, _ in part]).size_bytes
    return Offered(url, download.filename, len(part), size_bytes, download.expires_at)


def expire(unit: Unit) -> None:
    """Forget the downloads whose time is over."""
    unit.db.execute(delete(GuestDownload).where(GuestDownload.expires_at <= unit.now))


def _expire(app: App, _: Task) -> None:
    with app.writing(SYSTEM) as unit:
        expire(unit)


KINDS = (
    JobKind[App](preparing.STRIP, preparing.run, Priority.soon, at_once=lambda _: 1),
    JobKind[App]("expire-guest-downloads", _expire, Priority.later, every=timedelta(hours=1)),
)
