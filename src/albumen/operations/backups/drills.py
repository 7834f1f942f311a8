"""Drills: a backup is restored into a scratch place, and checked there down to every digest."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from albumen.app import App
from albumen.blobs.folder import FolderBlobs
from albumen.blobs.port import Blobs
from albumen.db import migrate
from albumen.db.engine import Database
from albumen.jobs.bell import LocalBell
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Problem
from albumen.operations.backups import DRILL, making, manifests, restoring
from albumen.operations.backups.making import Copied, Ending, Progress
from albumen.operations.backups.restoring import Restored
from albumen.operations.checking import checks
from albumen.operations.checking.checks import Wanted
from albumen.operations.checking.defects import Defect
from albumen.operations.models import Backup, Outcome
from albumen.unit import Works

_SCRATCH = ".albumen-drill-"


def drill(
    app: App, backup: Blobs, where: str, *, scratch: Path | None = None, progress: Progress = lambda _: None
) -> Backup:
    """Restore the newest backup into a folder of its own and compare all of it; its row tells how that went.

    Where the scratch place has no room for it, every byte is read and compared without being kept.
    """
    with app.writing(SYSTEM) as unit:
        row_id = making.begin(unit, DRILL, where).id
    try:
        restored, wrong = _tried(app, backup, scratch or app.settings.data_dir, progress)
    except Exception as error:
        words = error.detail if isinstance(error, Problem) else f"It failed unexpectedly ({type(error).__name__})."
        making.end(app, row_id, Ending(Outcome.failed, words))
        raise
    outcome = Outcome.failed if wrong else Outcome.done
    copied = Copied(restored.blob_count, restored.size_bytes)
    return making.end(app, row_id, Ending(outcome, wrong, restored.name, copied))


def _tried(app: App, backup: Blobs, scratch: Path, progress: Progress) -> tuple[Restored, str | None]:
    _, manifest = manifests.read(backup, None)
    needed = manifest.size_bytes + sum(part.size for part in manifest.parts.values())
    if shutil.disk_usage(scratch).free < needed * 1.1 + app.settings.upload.reserve_bytes:
        restored = restoring.verify(backup, progress=progress)
        return restored, _lost(restored)
    for left in app.settings.data_dir.glob("drill-????????"):  # as earlier releases named them
        shutil.rmtree(left, ignore_errors=True)
    with _scratch_in(scratch) as folder:
        restored = restoring.restore(backup, None, folder, FolderBlobs(folder / "store"), progress)
        return restored, _lost(restored) or _defects(app, folder, restored)


@contextmanager
def _scratch_in(place: Path) -> Iterator[Path]:
    """A folder for one drill, locked while that lives; those of drills that were killed are removed."""
    for left in place.glob(f"{_SCRATCH}*"):
        with suppress(OSError), _held(left):
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=_SCRATCH, dir=place, ignore_cleanup_errors=True) as name, _held(Path(name)):
        yield Path(name)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Have a folder to oneself.  Raises BlockingIOError where a drill that lives has it."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(fd)


def _lost(restored: Restored) -> str | None:
    if not restored.damaged:
        return None
    return f"The backup {restored.name} has lost {len(restored.damaged)} files: {', '.join(restored.damaged[:5])}."


def _defects(app: App, folder: Path, restored: Restored) -> str | None:
    """What a check finds in what was restored, beside what was wrong when the backup was made."""
    found: list[Defect] = []
    database = Database(f"sqlite:///{folder / manifests.DATABASE}")
    with closing(database):
        migrate.upgrade(database)
        blobs = FolderBlobs(folder / "store")
        works = Works(database, blobs, LocalBell(), app.clock)
        checks.run(replace(app, database=database, blobs=blobs, works=works), Wanted(tell=found.append))
    known = [f"(stored as {key})" for key in restored.manifest.absent]
    found = [each for each in found if not any(key in each.words for key in known)]
    return f"{len(found)} defects after restoring, such as: {found[0].words}" if found else None
