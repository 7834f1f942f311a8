"""Operations on many files: a few hundred at once, more as a job in batches of which each is whole.

Whoever is cut off between two batches goes on with the next.  For a day an operation can be undone, batch by batch.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import batched
from typing import Any

import msgspec
from sqlalchemy import delete, select

from albumen.app import App
from albumen.assets.timelines import selections
from albumen.assets.timelines.selections import Selection
from albumen.db import locks
from albumen.jobs import queue
from albumen.jobs.queue import Terms
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor, Scope
from albumen.kernel.errors import Conflict, Gone, NotFound, SignIn
from albumen.libraries import access
from albumen.libraries.models import Library
from albumen.operations.deeds import Deed
from albumen.operations.marking import MARKINGS
from albumen.operations.models import Batch, Operation, Stage
from albumen.operations.placing import PLACINGS
from albumen.unit import Unit

DEEDS: Mapping[str, Deed] = {**MARKINGS, **PLACINGS}
KIND = "operation"
AT_ONCE = 500
"""How many files are done while the caller waits."""
BATCH = 250
UNDOABLE = timedelta(days=1)
KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Wanted:
    """What is to be done: the verb, and what it was told."""

    verb: str
    args: Mapping[str, Any]


def begin(app: App, actor: Actor, library_id: int, wanted: Wanted, selection: Selection) -> Operation:
    """Do something to what is selected.  Raises NotFound, Denied, Conflict, Invalid, and Gone.

    Files that are not there any more, or that the actor may not change, are passed over and counted.
    """
    with app.reading(actor) as unit:
        file_ids = selections.chosen(unit, library_id, selection)
    with app.writing(actor) as unit:
        return start(unit, library_id, wanted, file_ids)


def start(unit: Unit, library_id: int, wanted: Wanted, file_ids: Sequence[int]) -> Operation:
    """Do something to these files: at once where they are few, else as a job.  Raises as `begin` does."""
    access.check_seen(unit, library_id)
    access.check_scope(unit, Scope.write)
    if unit.actor.user_id is None:
        raise SignIn
    operation = Operation(
        id=ids.new_id(),
        library_id=library_id,
        user_id=unit.actor.user_id,
        verb=wanted.verb,
        args=dict(DEEDS[wanted.verb].check(unit, library_id, wanted.args)),
        stage=Stage.pending,
        total=len(file_ids),
        created_at=unit.now,
    )
    unit.db.add(operation)
    unit.db.flush()
    batches = [_batch(operation, number, some) for number, some in enumerate(batched(file_ids, BATCH))]
    unit.db.add_all(batches)
    unit.db.flush()
    _go(unit, operation)
    return operation


def _batch(operation: Operation, number: int, file_ids: Sequence[int]) -> Batch:
    return Batch(operation_id=operation.id, number=number, file_ids=msgspec.msgpack.encode(file_ids), is_done=False)


def _go(unit: Unit, operation: Operation) -> None:
    """Work through the batches now, or have that done."""
    if operation.total <= AT_ONCE:
        while step(unit, operation):
            pass
        return
    terms = Terms(Priority.soon, once=False, user_id=operation.user_id)
    operation.job_id = unit.jobs.add(KIND, ids.encode(operation.id), terms=terms)


def step(unit: Unit, operation: Operation) -> bool:
    """Do, or undo, the next batch; False where there was none, and the operation is over."""
    is_undoing = operation.stage == Stage.undoing
    wanted = select(Batch).where(Batch.operation_id == operation.id, Batch.is_done == is_undoing)
    batch = unit.db.scalar(wanted.order_by(Batch.number.desc() if is_undoing else Batch.number).limit(1))
    if batch is None:
        operation.stage, operation.finished_at = (Stage.undone if is_undoing else Stage.done), unit.now
        return False
    deed = DEEDS[operation.verb]
    if is_undoing:
        before = msgspec.msgpack.decode(batch.before or b"\x90", type=list[dict[str, Any]])
        operation.restored += deed.undo(unit, operation.library_id, operation.args, before)
    else:
        file_ids = msgspec.msgpack.decode(batch.file_ids, type=list[int])
        done = deed.apply(unit, operation.library_id, operation.args, file_ids)
        batch.before = msgspec.msgpack.encode(done.before)
        operation.done, operation.skipped = operation.done + done.count, operation.skipped + len(file_ids) - done.count
    batch.is_done = not is_undoing
    unit.db.flush()
    return True


def get(unit: Unit, library_id: int, operation_id: int) -> Operation:
    """An operation of the actor's own.  Raises NotFound, Denied."""
    access.check_seen(unit, library_id)
    operation = unit.db.get(Operation, operation_id)
    if operation is None or (operation.library_id, operation.user_id) != (library_id, unit.actor.user_id):
        raise NotFound("There is no such operation.")
    return operation


def cancel(unit: Unit, library_id: int, operation_id: int) -> Operation:
    """Stop an operation; what is done of it stays so until it is undone.  Raises NotFound, Denied, Conflict."""
    access.check_scope(unit, Scope.write)
    operation = get(unit, library_id, operation_id)
    if operation.stage != Stage.pending:
        raise Conflict("This operation is not under way.")
    operation.stage, operation.finished_at = Stage.cancelled, unit.now
    if operation.job_id is not None:
        queue.cancel(unit.db, operation.job_id, unit.now)
    return operation


def undo(unit: Unit, library_id: int, operation_id: int) -> Operation:
    """Make an operation undone where nobody has changed the same since.  Raises NotFound, Denied, Conflict, Gone."""
    access.check_scope(unit, Scope.write)
    operation = get(unit, library_id, operation_id)
    if operation.stage not in (Stage.done, Stage.cancelled, Stage.failed):
        raise Conflict("Only an operation that has ended can be undone, and once.")
    if operation.finished_at is None or operation.finished_at < unit.now - UNDOABLE:
        raise Gone("An operation can be undone for a day.")
    operation.stage, operation.finished_at, operation.error = Stage.undoing, None, None
    _go(unit, operation)
    return operation


def _run(app: App, task: Task) -> None:
    with app.reading(SYSTEM) as unit:
        found = unit.db.get(Operation, ids.decode(task.subject))
    if found is None:
        return
    actor = Actor(user_id=found.user_id)
    for share in _batches(app, actor, found):
        task.progress(share, found.verb)


def _batches(app: App, actor: Actor, found: Operation) -> Iterator[float]:
    """Work through an operation, a transaction a batch, while it stands as it stood; how far it is, after each."""
    while True:
        with app.writing(actor) as unit:
            locks.hold(unit.db, Library.id, [found.library_id])
            operation = unit.db.get(Operation, found.id, with_for_update=True)
            if operation is None or operation.stage != found.stage or not step(unit, operation):
                return
            share = (operation.done + operation.skipped) / max(1, operation.total)
        yield min(share, 1.0)


def _gave_up(app: App, task: Task, reason: str) -> None:
    with app.writing(SYSTEM) as unit:
        operation = unit.db.get(Operation, ids.decode(task.subject))
        if operation is not None and operation.stage in (Stage.pending, Stage.undoing):
            operation.stage, operation.error, operation.finished_at = Stage.failed, reason, unit.now


def forget(app: App, _: Task) -> None:
    """Forget what undoing would take once it is too late, and operations of long ago."""
    with app.writing(SYSTEM) as unit:
        over = select(Operation.id).where(Operation.finished_at < unit.now - UNDOABLE)
        unit.db.execute(delete(Batch).where(Batch.operation_id.in_(over)))
        unit.db.execute(delete(Operation).where(Operation.finished_at < unit.now - KEPT))


KINDS = (
    JobKind[App](KIND, _run, Priority.soon, _gave_up),
    JobKind[App]("forget-operations", forget, Priority.later, every=timedelta(hours=1)),
)
