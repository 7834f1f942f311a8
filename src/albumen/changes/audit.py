"""The audit log: who did what to which object, and how it ended; written, never changed."""

from albumen.changes.models import AuditEntry
from albumen.kernel import ids
from albumen.unit import Unit


def note(unit: Unit, deed: str, thing: tuple[str, int], *, result: str = "done", **details: object) -> None:
    """Write a line, in the deed's own transaction.  `thing` is what kind of object it is, and its id."""
    kind, thing_id = thing
    entry = AuditEntry(
        id=ids.new_id(),
        at=unit.now,
        actor_id=unit.actor.user_id,
        deed=deed,
        thing=kind,
        thing_id=thing_id,
        result=result,
        details={name: value for name, value in details.items() if value is not None},
    )
    unit.db.add(entry)
    unit.db.flush()
