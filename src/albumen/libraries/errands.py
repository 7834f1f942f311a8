"""Imports that a keeper starts on a page: of folders that the settings name, done by a job, told of in a small file."""

import os
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from albumen.accounts.models import User
from albumen.app import App
from albumen.jobs import queue
from albumen.jobs.models import Job
from albumen.jobs.queue import Terms
from albumen.jobs.registry import Priority, Task
from albumen.kernel import ids
from albumen.kernel.actor import Actor, Scope
from albumen.kernel.errors import Conflict, Denied, Invalid, NotFound
from albumen.libraries import access, importing
from albumen.libraries.beside import printable
from albumen.libraries.importing import Errand, Import, Outcome
from albumen.libraries.models import Role
from albumen.libraries.walk import Fate
from albumen.unit import Unit

KIND = "import-folder"
MOST_FAULTS = 100
_PAUSE_SECONDS = 1.0
_UNTOLD = (Fate.added, Fate.sidecar, Fate.present)


@dataclass(frozen=True)
class Wanted:
    """What to import: a folder of the settings by its number, a path below it, and where it goes.

    `into` is a path in the library; empty: by date.
    """

    root: int
    path: str
    library_id: int
    into: str = ""


@dataclass
class Report:
    """How far an import is: what became of how many files, of how many, and the first that were not added."""

    total: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)

    def note(self, outcome: Outcome) -> None:
        """Count one."""
        self.counts[outcome.fate] = self.counts.get(outcome.fate, 0) + 1
        told = outcome.reason if outcome.fate not in _UNTOLD else outcome.warning
        if told and len(self.faults) < MOST_FAULTS:
            self.faults.append((outcome.path, told))

    @property
    def words(self) -> str:
        """`3 added, 1 already here`."""
        return ", ".join(f"{count} {fate}" for fate, count in self.counts.items())


def check_keeper(unit: Unit) -> None:
    """Raises Denied."""
    if not (unit.actor.is_keeper and Scope.admin in unit.actor.scopes):
        raise Denied("Only a keeper imports folders of the server.")


def roots(app: App) -> list[Path]:
    """The folders that may be imported from, links in their own paths resolved."""
    return [each.resolve() for each in app.settings.imports.roots]


def folder(app: App, root: int, path: str) -> Path:
    """A folder at or below one of the settings.

    Raises NotFound where there is none, or where a link leads to it, or it is the installation's own.
    """
    known = roots(app)
    names = [each for each in path.split("/") if each]
    if not 0 <= root < len(known) or any(each in (".", "..") or "\0" in each for each in names):
        raise NotFound("There is no such folder.")
    found = known[root].joinpath(*names)
    own = any(found.is_relative_to(each.resolve()) for each in importing.own_folders(app))
    if own or found.resolve() != found or not found.is_dir():
        raise NotFound("There is no such folder.")
    return found


def below(app: App, root: int, path: str) -> list[str]:
    """The names of the folders in a folder, links and hidden ones left out.  Raises NotFound."""
    here = folder(app, root, path)
    try:
        with os.scandir(here) as entries:
            names = [each.name for each in entries if each.is_dir(follow_symlinks=False) and each.name[0] != "."]
    except OSError:
        raise NotFound("This folder cannot be read.") from None
    return sorted((each for each in names if printable(each) == each), key=str.casefold)


def begin(app: App, unit: Unit, wanted: Wanted) -> int:
    """Start an import; returns its job.

    Raises Denied, NotFound, and Conflict where the same folder is being imported into the library.
    """
    check_keeper(unit)
    folder(app, wanted.root, wanted.path)
    access.require(unit, wanted.library_id, Role.contributor)
    args = {"root": wanted.root, "path": wanted.path, "into": wanted.into, "user": unit.actor.user_id}
    library = ids.encode(wanted.library_id)
    subject = f"{library}:{folder(app, wanted.root, wanted.path)}"
    terms = Terms(priority=Priority.later, user_id=unit.actor.user_id)
    job_id = unit.jobs.add(KIND, subject, args={**args, "library": library}, terms=terms)
    if job_id is None:
        raise Conflict("This folder is being imported already.")
    return job_id


def stop(unit: Unit, job_id: int) -> None:
    """Ask an import to stop; what it added stays.  Raises Denied, NotFound."""
    check_keeper(unit)
    job = unit.db.get(Job, job_id)
    if job is None or job.kind != KIND:
        raise NotFound("There is no such import.")
    queue.cancel(unit.db, job_id, unit.now)


def run(app: App, task: Task) -> None:
    """Do an import, from its beginning: what is there already is passed over."""
    errand = _errand(app, task.args)
    work, report = Import(app, errand), Report()
    try:
        report.total = sum(1 for _ in work.found())
        told_at = 0.0
        for outcome in work.outcomes():
            report.note(outcome)
            if time.monotonic() - told_at > _PAUSE_SECONDS:
                _tell(app, task, report)
                told_at = time.monotonic()
        _tell(app, task, report)
    finally:
        work.stop()


def _errand(app: App, args: Any) -> Errand:
    """What the job was made for, looked at anew: settings and roles may have changed.  Raises Invalid, Denied."""
    actor = _actor(app, args["user"])
    root = folder(app, args["root"], args["path"])
    found = importing.errand(app, actor, root, into=args["library"], path=args["into"] or None)
    return Errand(found.root, found.actor, found.library_id, found.path, no_links=True)


def _actor(app: App, user_id: int) -> Actor:
    with app.reading(Actor(user_id)) as unit:
        user = unit.db.get(User, user_id)
    if user is None or user.disabled_at is not None or not user.is_keeper:
        raise Denied("Whoever started this import is no keeper any more.")
    return Actor(user.id, is_keeper=True)


def _tell(app: App, task: Task, report: Report) -> None:
    """Write the report, and how far it is.  Raises Cancelled."""
    _write(_file(app, task.id), msgspec.json.encode(report))
    done = sum(Counter(report.counts).values())
    task.progress(min(1.0, done / report.total) if report.total else 1.0, report.words)


def _file(app: App, job_id: int) -> Path:
    return app.settings.data_dir / "imports" / f"{job_id}.json"


def _write(file: Path, body: bytes) -> None:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    made = file.with_suffix(".part")
    made.write_bytes(body)
    made.replace(file)


def told(app: App, job_id: int) -> Report | None:
    """What an import told last; None where it has not begun, or ran on another machine."""
    try:
        return msgspec.json.decode(_file(app, job_id).read_bytes(), type=Report)
    except (OSError, msgspec.DecodeError):
        return None


def check_path(path: str) -> str:
    """A path in a library, tidied.  Raises Invalid where it is too deep to be meant."""
    names = [each.strip() for each in path.split("/") if each.strip()]
    if len(names) > 20:
        raise Invalid("This path is too deep.", errors=[("into", "too deep")])
    return "/".join(names)
