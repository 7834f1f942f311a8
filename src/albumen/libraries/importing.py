"""Importing a folder: each file is hashed, and only what is new is spooled, looked at, stored and filed."""

import hashlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import structlog
from sqlalchemy import func, select

from albumen.app import App
from albumen.jobs.models import Job, State
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Invalid, NotFound, OverQuota, Problem, Unavailable, Unsupported
from albumen.libraries import access, beside, catalog, files, folders, headroom, library, tally, uploads
from albumen.libraries.damage_models import Damage
from albumen.libraries.models import File, Library, Original, Role
from albumen.libraries.uploads import DEVELOP, Label
from albumen.libraries.walk import Fate, Found, walk
from albumen.media import kinds
from albumen.unit import Unit

log = structlog.get_logger()

_BLOCK_BYTES: Final = 1 << 20
_TRIES: Final = 5


@dataclass(frozen=True)
class Errand:
    """What is brought where: the folder on disk, the library, and a path in it (empty: by date).

    With `no_links`, `root` has no link in it, and no link below it is followed.
    """

    root: Path
    actor: Actor
    library_id: int
    path: tuple[str, ...] = ()
    no_links: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; `warning` says what about an added one could not be used."""

    path: str
    size_bytes: int
    fate: Fate
    reason: str = ""
    warning: str = ""


class _Stopped(Exception):
    """Somebody asked the import to stop."""


def errand(app: App, actor: Actor, root: Path, *, into: str | None = None, path: str | None = None) -> Errand:
    """What a command line asked for; the library is named by name or id, the actor's own by default.

    Raises NotFound, Denied, Invalid.
    """
    if any(root.resolve().is_relative_to(each.resolve()) for each in own_folders(app)):
        raise Invalid("This folder belongs to the installation itself.")
    with app.writing(actor) as unit:
        chosen = _library(unit, into) if into else library.default(unit, time_zone=app.settings.libraries.time_zone)
        access.require(unit, chosen.id, Role.contributor)
        names = tuple(name for name in path.split("/") if name) if path else ()
        if path is not None:
            folders.ensure(unit, chosen.id, names)
        return Errand(root, actor, chosen.id, names)


def _library(unit: Unit, name_or_id: str) -> Library:
    found = [each for each in library.seen(unit) if name_or_id in (each.name, ids.encode(each.id))]
    if not found:
        raise NotFound("There is no such library.")
    if len(found) > 1:
        raise Invalid("Several libraries have this name: say which by its id.")
    return found[0]


def own_folders(app: App) -> tuple[Path, ...]:
    """Where the installation keeps its own files, which no import may take in."""
    return app.settings.data_dir, app.settings.store_folder


class Import:
    """One run over a folder.  It may be stopped at any moment; a second run finds what was done and does the rest."""

    def __init__(self, app: App, errand: Errand, *, threads: int = 0) -> None:
        self._app, self._errand = app, errand
        self._threads = threads or min(4, max(2, os.cpu_count() or 2))
        self._stopping = threading.Event()
        self._no_room = ""

    def stop(self) -> None:
        """Begin no further file; those half read are left for the next run."""
        self._stopping.set()

    def found(self) -> Iterator[Found]:
        """The files to be imported, lazily."""
        return walk(self._errand.root, without=own_folders(self._app))

    def outcomes(self) -> Iterator[Outcome]:
        """Import; tells of each file as soon as it is done, a few at a time."""
        under_way: set[Future[Outcome | None]] = set()
        with ThreadPoolExecutor(self._threads, "import") as pool:
            for found in self.found():
                if self._stopping.is_set():
                    break
                if found.fate is not None:
                    yield Outcome(found.path, found.size_bytes, found.fate, found.reason)
                    continue
                under_way.add(pool.submit(self._settle, found))
                if len(under_way) > self._threads:
                    done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                    yield from _told(done)
            yield from _told(under_way)

    def _settle(self, found: Found) -> Outcome | None:
        """Import one file, whatever is wrong with it; None where the import was stopped first."""
        try:
            return self._patiently(found)
        except _Stopped:
            return None
        except Unsupported as problem:
            return Outcome(found.path, found.size_bytes, Fate.unsupported, problem.detail)
        except Problem as problem:
            return Outcome(found.path, found.size_bytes, Fate.failed, problem.detail)
        except OSError as error:
            return Outcome(found.path, found.size_bytes, Fate.failed, f"It cannot be read: {error.strerror}.")
        except Exception as error:
            log.exception("import failed", path=found.path)
            told = f"It failed unexpectedly ({type(error).__name__})."
            return Outcome(found.path, found.size_bytes, Fate.failed, told)

    def _patiently(self, found: Found) -> Outcome:
        """Try again while a part of the house does not answer, such as a database that is being written to."""
        for _ in range(_TRIES - 1):
            try:
                return self._bring_in(found)
            except Unavailable as problem:
                if self._stopping.wait(problem.retry_seconds):
                    raise _Stopped from None
        return self._bring_in(found)

    def _bring_in(self, found: Found) -> Outcome:
        with beside.opened(self._errand.root / found.path, no_links=self._errand.no_links) as file:
            if found.size_bytes == 0:
                raise Invalid("The file is empty.")
            # Spares reading and copying an archive of gigabytes; what the sniff lets pass the guard still looks at.
            kinds.sniff(file)
            name = self._present(self._signature(file))
            if name is not None:
                return Outcome(found.path, found.size_bytes, Fate.present, f"It is in the library as {name}.")
            return self._add(found, file)

    def _signature(self, file: BinaryIO) -> str:
        digest, block = hashlib.sha256(), memoryview(bytearray(_BLOCK_BYTES))
        file.seek(0)
        while taken := self._read(file, block):
            digest.update(block[:taken])
        return ids.signature(digest.digest())

    def _read(self, file: BinaryIO, block: memoryview) -> int:
        if self._stopping.is_set():
            raise _Stopped
        return file.readinto(block)  # type: ignore[attr-defined, no-any-return]  # it is unbuffered, so it has it

    def _present(self, signature: str) -> str | None:
        with self._app.reading(self._errand.actor) as unit:
            file = files.with_content(unit, self._errand.library_id, signature)
            is_lost = unit.db.get(Damage, signature) is not None
            return None if file is None or is_lost else file.name

    def _add(self, found: Found, file: BinaryIO) -> Outcome:
        self._check_room(found.size_bytes)
        overlay, warning = beside.described(self._errand.root, found, no_links=self._errand.no_links)
        container = "/".join(self._errand.path) and ids.encode(self._errand.library_id)
        label = Label(beside.printable(Path(found.path).name), overlay, container or "catalog")
        try:
            name = self._store(file, label)
        except OverQuota as problem:
            # Each further try would leave stored bytes behind that no row speaks of.
            self._no_room = problem.detail
            raise
        if name is not None:
            return Outcome(found.path, found.size_bytes, Fate.present, f"It is in the library as {name}.")
        return Outcome(found.path, found.size_bytes, Fate.added, warning=warning)

    def _check_room(self, size_bytes: int) -> None:
        """Refuse what does not fit, before a byte is copied.  Raises OverQuota, TooLarge."""
        if self._no_room:
            raise OverQuota(self._no_room)
        uploads.check_room(self._app, size_bytes)
        with self._app.reading(self._errand.actor) as unit:
            tally.check_quota(unit, self._errand.library_id, size_bytes)

    def _store(self, file: BinaryIO, label: Label) -> str | None:
        """Store and file; returns the name of the file that has these bytes where another thread was first."""
        block = memoryview(bytearray(_BLOCK_BYTES))
        with headroom.spool(self._app) as spool:
            file.seek(0)
            while taken := self._read(file, block):
                spool.write(block[:taken])
            arrival = uploads.take_in(self._app, self._errand.actor, spool, label)
        with self._app.writing(self._errand.actor) as unit:
            into = library.get(unit, self._errand.library_id)
            filed, is_new = catalog.file_once(unit, into, arrival, self._errand.path)
            return None if is_new else filed.name


def _told(done: set[Future[Outcome | None]]) -> Iterator[Outcome]:
    for each in done:
        outcome = each.result()
        if outcome is not None:
            yield outcome


def undeveloped(app: App, *, until: datetime) -> int:
    """How many originals that arrived until then still wait for their renditions, or have them made just now."""
    with app.reading(SYSTEM) as unit:
        is_open = (Job.kind == DEVELOP, Job.state.in_((State.ready, State.running)), Job.created_at <= until)
        return unit.db.scalar(select(func.count()).select_from(Job).where(*is_open)) or 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """A photo that was kept, and why it is shown damaged or not at all."""

    name: str
    reason: str
    is_shown: bool


def troubles(app: App, errand: Errand, *, since: datetime) -> Iterator[Trouble]:
    """What the errand's actor added since then that could not be developed, or only with damage."""
    with app.reading(errand.actor) as unit:
        wanted = (
            select(File.name, Original.failure, Original.developed_at)
            .join(Original, Original.signature == File.signature)
            .where(File.library_id == errand.library_id, File.added_by == errand.actor.user_id)
            .where(File.imported_at >= since, Original.failure.is_not(None))
            .order_by(File.imported_at, File.id)
        )
        for row in unit.db.execute(wanted.execution_options(yield_per=500)):
            yield Trouble(row.name, row.failure, row.developed_at is not None)
