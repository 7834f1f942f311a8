"""The jobs of operations."""

from datetime import timedelta

from albumen.app import App
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.operations import bulk, generate, leaving, letters, sweep, takeaways
from albumen.operations.backups import jobs as backups
from albumen.operations.checking import checks
from albumen.operations.sidecars import writing as sidecars


def _sweep(app: App, task: Task) -> None:
    sweep.sweep(app, task=task, is_asked=False)


KINDS = (
    *generate.KINDS,
    *bulk.KINDS,
    JobKind[App]("sweep", _sweep, Priority.later, every=timedelta(hours=6)),
    *backups.KINDS,
    *sidecars.KINDS,
    *letters.KINDS,
    *leaving.KINDS,
    *takeaways.KINDS,
    JobKind[App](checks.SCRUB, checks.scrub, Priority.later, every=timedelta(hours=1), at_once=lambda _: 1),
)
