"""Dead letters of the broker: kept as failed jobs, and when one is tried again, everybody looks into the table."""

from albumen.app import App
from albumen.jobs import letters
from albumen.jobs.bell import DeadLetter
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel.actor import SYSTEM


def keep(app: App, letter: DeadLetter) -> None:
    """Keep what the broker gave up where keepers see it.  Raises Unavailable."""
    with app.writing(SYSTEM) as unit:
        letters.keep(unit.db, letter, unit.now)


def _ring(app: App, _: Task) -> None:
    app.bell.ring(dict.fromkeys(Priority, 1))


KINDS = (JobKind[App](letters.KIND, _ring, Priority.soon),)
