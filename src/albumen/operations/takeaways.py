"""Everything that is kept of a user, as one ZIP to take along: photos as they came, and all else as JSON.

A job makes it, harmless to repeat; the ZIP is kept until its time is over.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, or_, select, update

from albumen.accounts import users
from albumen.accounts.models import Takeaway
from albumen.app import App
from albumen.assets.delivery import Delivery
from albumen.blobs.port import Spool
from albumen.jobs.models import Job
from albumen.jobs.queue import Terms
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor, Scope
from albumen.kernel.errors import Conflict, Denied, Gone, NotFound, OverQuota
from albumen.libraries import uploads
from albumen.libraries.models import File
from albumen.operations import belongings
from albumen.unit import Unit

TAKE: Final = "takeaway"
EXPIRE: Final = "expire-takeaways"
PENDING, DONE, FAILED = "pending", "success", "failed"
_MOST: Final = 3
_FORGET_AFTER: Final = timedelta(days=30)


def begin(app: App, actor: Actor) -> Takeaway:
    """Have it made.  Raises SignIn, Denied, OverQuota, and Conflict while another is being made."""
    with app.reading(actor) as unit:
        _check(unit)
        own = belongings.own(unit, users.acting(unit).id)
        size_bytes = unit.db.scalar(select(func.sum(File.size_bytes)).where(own)) or 0
    uploads.check_space(app, int(size_bytes))
    with app.writing(actor) as unit:
        user = users.acting(unit)
        if any(each.state == PENDING for each in mine(unit)):
            raise Conflict("It is being made already.")
        made = Takeaway(id=ids.new_id(), user_id=user.id, state=PENDING, created_at=unit.now)
        made.job_id = unit.jobs.add(TAKE, ids.encode(made.id), terms=Terms(user_id=user.id))
        unit.db.add(made)
        unit.db.flush()
        return made


def _check(unit: Unit) -> None:
    """Only with all rights of the user, and not through a key for some libraries: it holds everything."""
    if Scope.read not in unit.actor.scopes or Scope.share not in unit.actor.scopes or unit.actor.libraries is not None:
        raise Denied("This key does not open everything of its user.")


def mine(unit: Unit) -> Sequence[Takeaway]:
    """The actor's own, the newest first.  Raises SignIn, Denied."""
    _check(unit)
    wanted = select(Takeaway).where(Takeaway.user_id == users.acting(unit).id)
    return unit.db.scalars(wanted.order_by(Takeaway.created_at.desc()).limit(_MOST)).all()


def progress(unit: Unit, takeaway: Takeaway) -> float:
    """How far it is, from 0 to 1."""
    if takeaway.state == DONE:
        return 1.0
    return unit.db.scalar(select(Job.progress).where(Job.id == takeaway.job_id)) or 0.0


def delivered(unit: Unit, takeaway_id: int) -> Delivery:
    """The ZIP, for whom it was made.  Raises NotFound, Denied, Conflict while it is made, Gone once it has expired."""
    _check(unit)
    found = unit.db.get(Takeaway, takeaway_id)
    if found is None or found.user_id != unit.actor.user_id:
        raise NotFound("There is no such takeaway.")
    if found.state == PENDING:
        raise Conflict("It is not finished yet.")
    if found.expires_at is not None and found.expires_at <= unit.now:
        raise Gone("This has expired.")
    if found.key is None or found.size_bytes is None:
        raise NotFound("There is no such takeaway.")
    return Delivery(found.key, "application/zip", ids.encode(found.id), found.size_bytes, "albumen.zip")


def _run(app: App, task: Task) -> None:
    takeaway_id = ids.decode(task.subject)
    with app.reading(SYSTEM) as unit:
        found = unit.db.get(Takeaway, takeaway_id)
    if found is None or found.state != PENDING:
        return
    try:
        with app.blobs.spool() as spool:
            belongings.pack(app, found.user_id, spool, task)
            _keep(app, found, spool)
    except OverQuota as full:  # waiting for room would keep its asker in the dark
        raise Conflict(full.detail) from full


def _keep(app: App, takeaway: Takeaway, spool: Spool) -> None:
    """Bytes before row, under a key of this try alone; they go again where another try was quicker."""
    key, size_bytes = f"export/{ids.encode(takeaway.id)}-{secrets.token_hex(4)}.zip", spool.size_bytes
    app.blobs.put(key, spool)
    with app.writing(SYSTEM) as unit:
        ends = unit.now + timedelta(days=app.settings.libraries.export_days)
        waiting = update(Takeaway).where(Takeaway.id == takeaway.id, Takeaway.state == PENDING)
        done = waiting.values(state=DONE, key=key, size_bytes=size_bytes, expires_at=ends).returning(Takeaway.id)
        is_kept = unit.db.scalar(done) is not None
    if not is_kept:
        app.blobs.delete(key)


def _fail(app: App, task: Task, reason: str) -> None:
    with app.writing(SYSTEM) as unit:
        waiting = Takeaway.id == ids.decode(task.subject), Takeaway.state == PENDING
        ends = unit.now + timedelta(days=app.settings.libraries.export_days)
        unit.db.execute(update(Takeaway).where(*waiting).values(state=FAILED, error=reason, expires_at=ends))


def expire(app: App) -> None:
    """Take the bytes of those whose time is over, rows before bytes; forget the rows a while later."""
    with app.writing(SYSTEM) as unit:
        over = Takeaway.expires_at <= unit.now
        keys = unit.db.scalars(select(Takeaway.key).where(over, Takeaway.key.is_not(None))).all()
        unit.db.execute(update(Takeaway).where(over).values(key=None))
        forgotten = or_(Takeaway.state == FAILED, Takeaway.expires_at <= unit.now - _FORGET_AFTER)
        unit.db.execute(delete(Takeaway).where(over, forgotten))
    for key in filter(None, keys):
        app.blobs.delete(key)


def _expire(app: App, _: Task) -> None:
    expire(app)


KINDS = (
    JobKind[App](TAKE, _run, gave_up=_fail, at_once=lambda _: 1),
    JobKind[App](EXPIRE, _expire, Priority.later, every=timedelta(hours=1)),
)
