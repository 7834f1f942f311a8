"""The worker: a crew that runs every kind of job the rooms know, inside `albumen serve` or as a process of its own."""

import os
import secrets
import socket
from functools import partial

from albumen.accounts.jobs import KINDS as ACCOUNTS
from albumen.app import App
from albumen.assets.jobs import KINDS as ASSETS
from albumen.assets.pictures import jobs as pictures
from albumen.changes.jobs import KINDS as CHANGES
from albumen.events.jobs import KINDS as EVENTS
from albumen.jobs import local
from albumen.jobs.local import Crew, Shift
from albumen.jobs.queue import Lease
from albumen.jobs.registry import Registry
from albumen.libraries.jobs import KINDS as LIBRARIES
from albumen.operations import letters
from albumen.operations.jobs import KINDS as OPERATIONS
from albumen.vault.jobs import KINDS as VAULTS

SERVE = "serve"


def registry() -> Registry[App]:
    """Every kind of job there is."""
    return Registry((*CHANGES, *ASSETS, *LIBRARIES, *ACCOUNTS, *EVENTS, *VAULTS, *OPERATIONS))


def crew(app: App, name: str = "worker") -> Crew[App]:
    """A crew for this process, not started.  `name` tells workers of one machine apart in the jobs table."""
    jobs = app.settings.jobs
    owner = f"{_prefix(app, name)}{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    lease = Lease(owner, jobs.lease_seconds, jobs.attempts)
    shift = Shift(lease, app.bell, app.clock, app.settings.job_threads, jobs.poll_seconds, jobs.keep_days)
    pictures.begin(app)
    app.bell.keep_dead(partial(letters.keep, app))
    return Crew(app, registry(), app.database, shift)


def free_abandoned(app: App) -> None:
    """Free at once what an earlier server on this data directory had claimed; the caller holds the directory's lock."""
    local.free_abandoned(app.database, _prefix(app, SERVE), app.clock)


def _prefix(app: App, name: str) -> str:
    """How the names of a crew begin: a server's by its data directory, which no other server uses at the same time.

    Machines would not do: several may call themselves alike, and one may have two servers on the same database.
    """
    if name != SERVE:
        return f"{name}@"
    file = app.settings.data_dir / "node"
    if not (known := file.read_text() if file.exists() else ""):
        file.write_text(known := secrets.token_hex(8))
    return f"{name}@{known}:"
