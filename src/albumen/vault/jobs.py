"""The jobs of vaults: purging what was deleted long enough ago, and forgetting links that are over."""

from datetime import timedelta

from albumen.app import App
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.vault import purge


def _purge(app: App, _: Task) -> None:
    purge.after_grace(app)
    purge.expire_links(app)


KINDS = (JobKind[App]("purge-vaults", _purge, Priority.later, every=timedelta(hours=1)),)
