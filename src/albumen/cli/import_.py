"""The command that imports a folder, alone or beside a running server on the same data directory."""

import fcntl
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console

from albumen import logs, worker
from albumen.accounts import first, users
from albumen.app import App
from albumen.cli import import_report
from albumen.cli.context import DataDir, opened
from albumen.cli.import_bar import Screen, Total
from albumen.cli.import_report import ReportFile, Run, Tally
from albumen.cli.spread import spread
from albumen.jobs import queue
from albumen.jobs.local import Crew
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.clock import iso
from albumen.libraries import importing
from albumen.libraries.beside import printable
from albumen.libraries.importing import Errand, Import
from albumen.libraries.walk import Fate

INTERRUPTED = 130
FAILED = 1
NAME = "import"
"""What the jobs table calls the workers of an import."""


app = typer.Typer(add_completion=False)


@dataclass(frozen=True)
class Choices:
    """What the command line of an import says."""

    folder: Annotated[Path, typer.Argument(help="Folder to import.", exists=True, file_okay=False)]
    user: Annotated[str | None, typer.Option(help="E-mail or id of the user it is for. (default: the keeper)")] = None
    library: Annotated[str | None, typer.Option(help="Name or id of a library. (default: the user's own)")] = None
    into: Annotated[
        str | None,
        typer.Option("--folder", help="Path in the library, such as Trips/2019. (default: Catalog, by date)"),
    ] = None
    report: Annotated[
        Path | None, typer.Option(help="JSON file to write, with every file not added and why.", dir_okay=False)
    ] = None
    wait: Annotated[bool, typer.Option(help="Wait until thumbnails are made, making them if no server runs.")] = True
    data_dir: DataDir = None


@app.command()
@spread(Choices)
def import_folder(choices: Choices) -> None:
    """Import a folder of photos and films, each content once.

    Sidecars (XMP, Google Takeout's JSON) are read along. It may be interrupted at any moment: run again, it
    skips what is there and does the rest. Ends with 1 when a file failed.
    """
    with opened(choices.data_dir, is_begun=True) as app:
        # What goes wrong with a file is told in the report, not between the bars.
        logs.configure(app.settings.log.model_copy(update={"level": "error"}))
        code = _import(app, choices)
    raise typer.Exit(code)


def _import(app: App, choices: Choices) -> int:
    errand = importing.errand(app, _actor(app, choices.user), choices.folder, into=choices.library, path=choices.into)
    console = Console(highlight=False)
    if app.database.warning:
        console.print(app.database.warning, style="yellow")
    stage = _Stage(app, errand, console)
    with import_report.report_file(choices.report) as report, stage.stoppable():
        run, tally = stage.run(report, wait=choices.wait)
    import_report.show(console, run, tally)
    if not run.is_complete:
        console.print("\nInterrupted. The same command does the rest.", style="yellow")
        return INTERRUPTED
    if tally.files[Fate.added] and not run.is_developed:
        console.print("\nThumbnails are still to be made: albumen serve and albumen worker do it.")
    return FAILED if tally.files[Fate.failed] else 0


def _actor(app: App, who: str | None) -> Actor:
    with app.writing(SYSTEM) as unit:
        user = first.keeper(unit) if who is None else users.named(unit, who)
        return Actor(user_id=user.id, is_keeper=user.is_keeper)


class _Stage:
    """An import on a terminal: brings the files in, waits for the thumbnails, tells how far it is."""

    def __init__(self, app: App, errand: Errand, console: Console) -> None:
        self._app, self._errand, self._console = app, errand, console
        self._import, self._tally = Import(app, errand), Tally()
        self._stopping = threading.Event()
        self._crew: Crew[App] | None = None
        self._lock = (app.settings.data_dir / "import.lock").open("a")
        self._is_alone = _locked(self._lock, fcntl.LOCK_EX)

    @contextmanager
    def stoppable(self) -> Iterator[None]:
        """Let the first interrupt end it in good order, and a second one at once: no state is lost either way."""

        def stop(*_: object) -> None:
            if self._stopping.is_set():
                os._exit(INTERRUPTED)
            self._stopping.set()
            self._import.stop()

        before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def run(self, report: ReportFile, *, wait: bool) -> tuple[Run, Tally]:
        """All of it; returns how it went."""
        began_at, clock = self._app.clock(), time.monotonic()
        with Screen(self._console) as screen, self._helped(screen):
            if wait:
                self._lend_hands()
            self._bring_in(screen, report)
            is_complete = not self._stopping.is_set()
            is_developed = wait and self._wait(screen, until=self._app.clock())
        if is_developed:
            self._look_back(report, began_at)
        run = Run(
            folder=printable(str(self._errand.root)),
            library=ids.encode(self._errand.library_id),
            began_on=iso(began_at),
            seconds=round(time.monotonic() - clock, 3),
            is_complete=is_complete,
            is_developed=is_developed,
        )
        report.end(run, self._tally)
        return run, self._tally

    @contextmanager
    def _helped(self, screen: Screen) -> Iterator[None]:
        """In the end, let those who work here finish what they are at."""
        try:
            yield
        finally:
            if self._crew is not None:
                screen.stage("Finishing")
                self._crew.stop(self._app.settings.server.grace_seconds)
            self._lock.close()

    def _lend_hands(self) -> None:
        """Have the work done here where no server does it."""
        if self._crew is None and not _is_served(self._app.settings.data_dir):
            if self._is_alone:
                with self._app.writing(SYSTEM) as unit:
                    queue.reclaim(unit.db, dead_owners=f"{NAME}@{socket.gethostname()}:", now=unit.now)
            self._crew = worker.crew(self._app, NAME)
            self._crew.start()

    def _bring_in(self, screen: Screen, report: ReportFile) -> None:
        total = self._survey(screen)
        screen.stage("Importing")
        for outcome in self._import.outcomes():
            self._tally.note(outcome)
            report.add(outcome)
            screen.show(Total(self._tally.found, self._tally.sizes.total()), total, outcome.path)

    def _survey(self, screen: Screen) -> Total:
        """Count first, so that the bar has an end; what comes or goes meanwhile only makes the bar inexact."""
        screen.stage("Looking")
        files = size_bytes = 0
        for found in self._import.found():
            files, size_bytes = files + 1, size_bytes + found.size_bytes
            if files % 1000 == 0:
                screen.counted(files)
            if self._stopping.is_set():
                break
        return Total(files, size_bytes)

    def _wait(self, screen: Screen, *, until: datetime) -> bool:
        """Wait until all that had arrived by `until` is developed, whoever does it; False when interrupted."""
        screen.stage("Making thumbnails")
        most = 0
        while not self._stopping.is_set():
            asked = time.monotonic()
            left = importing.undeveloped(self._app, until=until)
            if not left:
                return True
            most = max(most, left)
            screen.show(Total(most - left), Total(most))
            self._lend_hands()
            self._stopping.wait(max(0.25, 20 * (time.monotonic() - asked)))
        return False

    def _look_back(self, report: ReportFile, began_at: datetime) -> None:
        for trouble in importing.troubles(self._app, self._errand, since=began_at):
            self._tally.note_trouble(trouble)
            report.add_trouble(trouble)


def _is_served(data_dir: Path) -> bool:
    """Whether a server has the data directory; it holds this lock as long as it lives."""
    with (data_dir / "serve.lock").open("a") as lock:
        return not _locked(lock, fcntl.LOCK_SH)


def _locked(file: TextIO, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
