"""What is kept of a user, wherever it is, and how it goes: deleted where it is theirs, nameless where it is not."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import delete, func, select, true, update

from albumen.accounts.models import Takeaway, User
from albumen.app import App
from albumen.assets.models import Dismissal, Export, Resolution
from albumen.blobs.port import Blobs
from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.changes.models import AuditEntry, Regranted
from albumen.db.statements import table_of
from albumen.events.guest_models import Contribution
from albumen.jobs.models import Job
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import purge, resumable
from albumen.libraries.models import Album, AlbumItem, Assignment, File, Library, Place, Resumable, Role, Version
from albumen.operations.sidecars import writing as sidecars
from albumen.unit import Unit
from albumen.vault import purge as vaults_purge
from albumen.vault.models import Vault

LEFT: Final = 0
"""In place of the id of somebody who gave a role and has left: no user has it."""
_BATCH: Final = 500
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_NAMED: Final[tuple[tuple[type[Any], str, int | None], ...]] = (
    (Assignment, "given_by", LEFT),
    (Album, "created_by", None),
    (AlbumItem, "added_by", None),
    (File, "deleted_by", None),
    (Dismissal, "dismissed_by", None),
    (Resolution, "user_id", None),
    (Contribution, "decided_by", None),
    (Export, "updated_by", None),
    (AuditEntry, "actor_id", None),
)
"""Columns that say who did something to what others have, and what stands there afterwards."""


@dataclass(frozen=True)
class Left:
    """The libraries of somebody who leaves: those that go, and those that others would be left in without an owner."""

    alone: list[Library]
    stranded: list[Library]


def libraries_of(unit: Unit, user: User, *, counts_closed: bool = False) -> Left:
    """What becomes of a user's libraries.  Whether owners whose accounts are closed count, too: they may come back."""
    owned = (Assignment.place == Place.library) & (Assignment.role == Role.owner)
    mine = set(unit.db.scalars(select(Assignment.place_id).where(owned, Assignment.user_id == user.id)))
    others = select(Assignment.library_id).join(User, User.id == Assignment.user_id).where(User.id != user.id)
    others = others.where(Assignment.library_id.in_(mine), true() if counts_closed else User.disabled_at.is_(None))
    heirs = set(unit.db.scalars(others.where(owned)))
    shared = set(unit.db.scalars(others)) - heirs
    found = unit.db.scalars(select(Library).where(Library.id.in_(mine - heirs)).order_by(Library.name)).all()
    stranded = [each for each in found if each.id in shared and each.deleted_at is None]
    return Left([each for each in found if each not in stranded], stranded)


def libraries(app: App, user_id: int) -> Counter[str]:
    """Purge the libraries that nobody else has a role in."""
    with app.reading(SYSTEM) as unit:
        left = libraries_of(unit, unit.db.get_one(User, user_id), counts_closed=True)
        chosen = [each.id for each in left.alone]
    counts = Counter[str]()
    for library_id in chosen:
        gone = purge.library(app, library_id)
        counts += Counter(libraries=1, files=gone.files, originals=gone.originals)
    if app.settings.backup.sidecars and chosen:
        sidecars.write(app)
    return counts


def vaults(app: App, user_id: int) -> Counter[str]:
    """Purge the user's vaults, and their bytes."""
    with app.writing(SYSTEM) as unit:
        mine = update(Vault).where(Vault.user_id == user_id).values(deleted_at=_LONG_AGO).returning(Vault.id)
        count = len(unit.db.scalars(mine).all())
    if count:
        vaults_purge.after_grace(app)
    return Counter(vaults=count)


def uploads(app: App, user_id: int) -> Counter[str]:
    """End what the user was sending."""
    with app.writing(SYSTEM) as unit:
        resumable.give_back(unit, Resumable.user_id == user_id)
        ended = delete(Resumable).where(Resumable.user_id == user_id).returning(Resumable.id)
        return Counter(uploads=len(unit.db.scalars(ended).all()))


def exports(app: App, user_id: int) -> Counter[str]:
    """Delete the ZIPs that were made for the user: rows, then bytes."""
    keys: list[str | None] = []
    for table, owner in ((Export, Export.created_by), (Takeaway, Takeaway.user_id)):
        with app.writing(SYSTEM) as unit:
            keys += unit.db.scalars(delete(table).where(owner == user_id).returning(table.key)).all()
    _forget(app.blobs, keys)
    return Counter(exports=len(keys))


def _forget(blobs: Blobs, keys: list[str | None]) -> None:
    for key in filter(None, keys):
        blobs.delete(key)


def shared(app: App, user_id: int) -> Counter[str]:
    """Let what the user added to the libraries of others stay there, added by nobody; a batch at a time."""
    count, last = 0, -1
    mine = select(File.id, File.library_id).where(File.added_by == user_id).order_by(File.id).limit(_BATCH)
    while True:
        with app.writing(SYSTEM) as unit:
            rows = unit.db.execute(mine.where(File.id > last)).all()
            chosen = [row.id for row in rows]
            unit.db.execute(update(File).where(File.id.in_(chosen)).values(added_by=None))
            for library_id in sorted({row.library_id for row in rows}):
                here = [row.id for row in rows if row.library_id == library_id]
                feed.record(unit, library_id, Happening(Thing.file), here)
        if not rows:
            return Counter(passed_on=count)
        count, last = count + len(rows), chosen[-1]


def erase(unit: Unit, user: User) -> Counter[str]:
    """Delete the user's row with all that hangs on it, and the name wherever else it stands."""
    user_id = user.id
    for library_id in unit.db.scalars(select(Assignment.library_id).where(Assignment.user_id == user_id).distinct()):
        feed.record(unit, library_id, Happening(Thing.library), [library_id])
    unit.db.execute(update(Version).where(Version.added_by == user_id).values(added_by=None))
    for table, column, value in _NAMED:
        unit.db.execute(update(table).where(getattr(table, column) == user_id).values({column: value}))
    is_user = (AuditEntry.thing == "user", AuditEntry.thing_id == user_id)
    unit.db.execute(update(AuditEntry).where(*is_user).values(thing_id=LEFT))
    unit.db.execute(delete(Regranted).where(Regranted.user_id == user_id))
    named = Job.subject.in_([each for each in (user.email, ids.encode(user_id)) if each])
    unit.db.execute(delete(Job).where((Job.user_id == user_id) | named))
    counts = _hanging(unit, user_id)
    unit.db.execute(delete(User).where(User.id == user_id))
    return counts + Counter(accounts=1)


def _hanging(unit: Unit, user_id: int) -> Counter[str]:
    """How many rows go with the user's own, by table."""
    users_table, counts = table_of(User), Counter[str]()
    for table in users_table.metadata.sorted_tables:
        for column in table.columns:
            if column.references(users_table.c.id) and column.name == "user_id":
                found = unit.db.scalar(select(func.count()).select_from(table).where(column == user_id))
                counts[table.name] += found or 0
    return counts
