"""The jobs of operations."""

from datetime import timedelta

from albumen.app import App
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.operations import bulk, generate, sweep


def _sweep(app: App, task: Task) -> None:
    sweep.sweep(app, task=task)


KINDS = (*generate.KINDS, *bulk.KINDS, JobKind[App]("sweep", _sweep, Priority.later, every=timedelta(hours=6)))
