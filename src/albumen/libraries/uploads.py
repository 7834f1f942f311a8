"""Taking bytes in: looked at in a guarded decoder and stored for good, before any row speaks of them."""

from dataclasses import dataclass, replace
from hashlib import sha256

import msgspec
import structlog
from sqlalchemy import bindparam, delete, select, update

from albumen.app import App
from albumen.blobs.layout import ORIGINAL, Layout, What, key_for
from albumen.blobs.port import Blobs, Corrupt, Spool
from albumen.db import locks
from albumen.db.statements import insert_for, table_of
from albumen.jobs.queue import Terms
from albumen.jobs.registry import Priority
from albumen.kernel import ids, shapes
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Conflict, Invalid, NotFound, OverQuota, TooLarge, Unavailable
from albumen.libraries import names
from albumen.libraries.damage_models import Damage
from albumen.libraries.models import Original
from albumen.media.facts import Facts, Overlay
from albumen.media.guard import Broken
from albumen.media.kinds import KINDS
from albumen.media.sidecars import overlay as overlaid
from albumen.unit import Unit

log = structlog.get_logger()

_sides = select(Original.width, Original.height).where(Original.signature == bindparam("signature"))

_stored = (
    select(Original.key, Original.facts, Damage.found_at)
    .outerjoin(Damage, Damage.signature == Original.signature)
    .where(Original.signature == bindparam("signature"))
)

DEVELOP = "develop"
"""The job that makes an original's renditions; its subject is the signature."""
CONVERT = "convert"
"""The job that makes a film, or the moving part of a photo, play everywhere; its subject is the signature."""


LATER = Terms(priority=Priority.later)
"""How conversions are queued: photos go first."""


@dataclass(frozen=True)
class Arrival:
    """Bytes that are durably stored and waiting for their rows.

    `read` is what the bytes themselves say, `facts` the same with a sidecar's or a client's words on top.  With `kin`
    it is the other half of live photos of the same kin only.
    """

    name: str
    signature: str
    size_bytes: int
    crc32: int
    key: str
    read: Facts
    facts: Facts
    kin: str = ""


@dataclass(frozen=True)
class Label:
    """What comes with bytes: the name they were given, what a sidecar or client says, who sends them."""

    name: str
    overlay: Overlay | None = None
    container_id: str = ""


def check_room(app: App, size_bytes: int = 0) -> None:
    """Refuse a file that would fill the disk.  Raises OverQuota, and TooLarge above the largest file accepted."""
    if size_bytes > app.settings.upload.max_bytes:
        raise TooLarge(f"A file may have {app.settings.upload.max_bytes} bytes at most.")
    check_space(app, size_bytes)


def check_space(app: App, size_bytes: int = 0) -> None:
    """Refuse bytes that would fill the disk.  Raises OverQuota."""
    left = left_bytes(app)
    if left is not None and left < size_bytes:
        raise nearly_full()


def left_bytes(app: App) -> int | None:
    """How much the disk has room for until no more than the reserve is left; None where nobody knows."""
    settings = app.settings.upload
    space = app.blobs.space()
    if space is None:
        return None
    return space.free_bytes - min(settings.reserve_bytes, int(space.total_bytes * settings.reserve_percent / 100))


def nearly_full() -> OverQuota:
    """What is said where the reserve would be touched."""
    return OverQuota("The disk is nearly full. Nothing was stored.")


def take_in(app: App, actor: Actor, spool: Spool, label: Label) -> Arrival:
    """Look at a filled spool and store it.  Raises what `look` and `keep` raise."""
    return keep(app, actor, look(app, spool, label))


@dataclass(frozen=True)
class Looked:
    """A spool whose content was looked at; `known` where the same bytes are stored already."""

    spool: Spool
    label: Label
    known: "_Known | None"
    read: Facts
    facts: Facts


def look(app: App, spool: Spool, label: Label) -> Looked:
    """Look at a filled spool, storing nothing.  Raises Unsupported, Invalid, TooLarge, Broken, OverQuota."""
    if spool.size_bytes == 0:
        raise Invalid("The file is empty.", code="empty")
    check_space(app)
    known = _known(app, spool.signature)
    read = known.read if known else _probed(app, spool, label.name)
    return Looked(spool, label, known, read, overlaid(read, label.overlay) if label.overlay else read)


def _probed(app: App, spool: Spool, name: str) -> Facts:
    """What the bytes say.  A decoder may have been ended from outside, so a second one looks before we refuse."""
    try:
        return app.guard.probe(spool.fileno(), name)
    except Broken:
        return app.guard.probe(spool.fileno(), name)


def keep(app: App, actor: Actor, looked: Looked) -> Arrival:
    """Store it, durably.  Raises OverQuota, Unavailable."""
    spool, read = looked.spool, looked.read
    name = names.of_upload(looked.label.name, f".{KINDS[read.kind].extensions[0]}")
    what = _what(actor, spool, name, looked.facts, looked.label)
    key = _renew(app, spool, looked.known) if looked.known else _store(app, spool, what)
    return Arrival(name, spool.signature, spool.size_bytes, spool.crc32, key, read, looked.facts)


@dataclass(frozen=True)
class _Known:
    key: str
    read: Facts
    is_damaged: bool


def _known(app: App, signature: str) -> _Known | None:
    """An original that is here already: its bytes need no second look."""
    with app.reading(SYSTEM) as unit:
        row = unit.db.execute(_stored, {"signature": signature}).one_or_none()
        return row and _Known(row.key, msgspec.json.decode(row.facts, type=Facts), row.found_at is not None)


def _what(actor: Actor, spool: Spool, name: str, facts: Facts, label: Label) -> What:
    return What(
        signature=spool.signature,
        variant=ORIGINAL,
        extension=names.split(name)[1],
        filename=name,
        taken=facts.taken.local.date() if facts.taken else None,
        owner_id=ids.encode(actor.user_id or 0),
        container_id=label.container_id,
    )


def _store(app: App, spool: Spool, what: What) -> str:
    """Put the bytes under their key, or under the next free one where other bytes have it by name."""
    refused: set[str] = set()
    while True:
        key = key_for(Layout(app.settings.store.layout), what, refused.__contains__)
        try:
            app.blobs.put(key, spool)
        except Conflict:
            refused.add(key)
        else:
            return key


def _renew(app: App, spool: Spool, known: _Known) -> str:
    """Put bytes that have a row where that says; what a fault has made of those before gives way to them."""
    try:
        is_new = not known.is_damaged and app.blobs.put(known.key, spool)
    except (Conflict, Corrupt):
        is_new = False
        known = replace(known, is_damaged=True)
    if known.is_damaged:
        replace_lost(app.blobs, known.key, spool)
        is_new = True
    if is_new:
        _healed(app, spool.signature)
    return known.key


def replace_lost(blobs: Blobs, key: str, spool: Spool) -> None:
    """Put bytes in the place of what a fault has made of them; where they lie whole after all, they stay."""
    try:
        is_whole = spool.signature == ids.signature(_digest(blobs, key))
    except (NotFound, Unavailable, Corrupt):
        is_whole = False
    if not is_whole:
        blobs.delete(key)
    blobs.put(key, spool)


def _digest(blobs: Blobs, key: str) -> bytes:
    hashed = sha256()
    for block in blobs.read(key):
        hashed.update(block)
    return hashed.digest()


def _healed(app: App, signature: str) -> None:
    """Note that an original is whole again; what could not be made of the damaged one is made now."""
    log.warning("an original is whole again", signature=signature)
    with app.writing(SYSTEM) as unit:
        unit.db.execute(delete(Damage).where(Damage.signature == signature))
        failed = (Original.signature == signature, Original.failure.is_not(None))
        anew = update(Original).where(*failed).values(failure=None, developed_at=None).returning(Original.signature)
        if unit.db.execute(anew).scalar_one_or_none() is not None:
            unit.jobs.add(DEVELOP, signature)


def ensure_original(unit: Unit, arrival: Arrival) -> bool:
    """Write the row of the arrived bytes with its job; False where it was there already."""
    insert = insert_for(unit.db)(table_of(Original)).on_conflict_do_nothing().returning(table_of(Original).c.signature)
    locks.hold(unit.db, Original.signature, [arrival.signature])
    if unit.db.execute(insert, _row(unit, arrival)).first() is not None:
        unit.jobs.add(DEVELOP, arrival.signature)
        _convert(unit, arrival)
        return True
    locks.hold(unit.db, Original.signature, [arrival.signature])
    original = unit.db.get_one(Original, arrival.signature, populate_existing=True)
    if original.developed_at is None and original.failure is None:
        unit.jobs.add(DEVELOP, arrival.signature)
    if original.converted_at is None and original.unplayable is None:
        _convert(unit, arrival)
    return False


def _convert(unit: Unit, arrival: Arrival) -> None:
    if arrival.read.is_video or arrival.read.motion_offset is not None:
        unit.jobs.add(CONVERT, arrival.signature, terms=LATER)


def shape(unit: Unit, arrival: Arrival) -> int:
    """What the arrived content looks like in a grid, once its original is there."""
    sides = unit.db.execute(_sides, {"signature": arrival.signature}).one()
    return shapes.byte(sides.width, sides.height)


def _row(unit: Unit, arrival: Arrival) -> dict[str, object]:
    return {
        "signature": arrival.signature,
        "key": arrival.key,
        "size_bytes": arrival.size_bytes,
        "crc32": arrival.crc32,
        "kind": arrival.read.kind,
        "mime": arrival.read.mime,
        "is_video": arrival.read.is_video,
        "width": arrival.read.width,
        "height": arrival.read.height,
        "duration_seconds": arrival.read.duration_seconds,
        "facts": msgspec.json.encode(arrival.read),
        "stored_at": unit.now,
    }
