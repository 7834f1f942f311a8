"""The jobs of the change feed."""

from datetime import timedelta

from albumen.app import App
from albumen.changes import retention
from albumen.jobs.registry import JobKind, Priority, Task


def _forget(app: App, task: Task) -> None:
    retention.forget(app, task)


KINDS = (JobKind[App]("forget-changes", _forget, Priority.later, every=timedelta(hours=1)),)
