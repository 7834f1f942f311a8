"""What becomes of a dead letter that is tried again: everybody is rung for, and looks into the table."""

from albumen.app import App
from albumen.jobs.letters import KIND
from albumen.jobs.registry import JobKind, Priority, Task


def _ring(app: App, _: Task) -> None:
    app.bell.ring(dict.fromkeys(Priority, 1))


KINDS = (JobKind[App](KIND, _ring, Priority.soon),)
