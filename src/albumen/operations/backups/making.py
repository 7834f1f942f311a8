"""Making a backup: the rows of one moment first, then every byte they name that the backup does not have yet.

Rows only ever name bytes that are there, and the sweep waits meanwhile, so that what is named stays there.
"""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import structlog
from sqlalchemy import select

from albumen import __version__
from albumen.app import App
from albumen.blobs import disk
from albumen.blobs.port import Blobs, Corrupt, Spool
from albumen.db.engine import Database, sqlite_in_our_words
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, Locked, NotFound, Problem, Unavailable
from albumen.operations import holdings
from albumen.operations.backups import BACKUP, manifests, pruning, snapshots
from albumen.operations.backups.manifests import Entry, Manifest
from albumen.operations.models import Backup, Outcome
from albumen.operations.sweep import SILENT
from albumen.unit import Unit

log = structlog.get_logger()

_NOTE_EVERY = 50
_RENEW_SECONDS = 60.0
_SCRATCH = ".backup-scratch-"
_at_work: set[int] = set()
"""The backups that this process is making, however much of that it could write down."""

Progress = Callable[[int], None]


@dataclass
class Copied:
    """How far the copying is."""

    blob_count: int = 0
    size_bytes: int = 0
    copied_bytes: int = 0
    absent: list[str] = field(default_factory=list)


def make(
    app: App, target: Blobs, where: str, *, keep: int | None = None, progress: Progress = lambda _: None
) -> Backup:
    """Make a backup in a store, and drop the oldest beyond `keep`; its row.

    Raises Locked where another one is being made, Conflict where the place holds backups of another installation, and
    OverQuota and Unavailable as stores do; those before stay whole.
    """
    row = _begin(app, where)
    copied = Copied()
    try:
        name = _name(row.started_at, row.id)
        _check_own(app, target, where)
        with _alive(app, row.id), _in_our_words(), _scratch(app) as folder:
            _copy_all(app, target, (folder, name), _Noting(copied, progress))
            pruning.prune(target, folder, keep=None if copied.absent else keep, before=row.started_at)
        lost = f"{len(copied.absent)} files are lost or damaged: run `albumen check`." if copied.absent else None
        return end(app, row.id, Ending(Outcome.done, lost, name, copied))
    except BaseException as error:
        words = error.detail if isinstance(error, Problem) else f"It was broken off ({type(error).__name__})."
        end(app, row.id, Ending(Outcome.failed, words))
        raise
    finally:
        _at_work.discard(row.id)


def _name(started_at: datetime, row_id: int) -> str:
    return f"{started_at:%Y%m%d-%H%M%S}-{ids.encode(row_id)[:4]}"


def _check_own(app: App, target: Blobs, where: str) -> None:
    """Raises Conflict where there are whole backups and our rows know none of them: ours would push them out.

    A snapshot has the row of its own making, so that an installation brought back from any of them knows that one.
    """
    if there := set(manifests.names(target)):
        with app.reading(SYSTEM) as unit:
            rows = unit.db.execute(select(Backup.started_at, Backup.id).where(Backup.deed == BACKUP))
            if there.isdisjoint(_name(*row) for row in rows):
                raise Conflict(f"{where} holds the backups of another installation. Choose an empty place for these.")


def _begin(app: App, where: str) -> Backup:
    with app.writing(SYSTEM) as unit:
        alive = (Backup.deed == BACKUP, Backup.outcome == Outcome.running)
        for other in unit.db.scalars(select(Backup).where(*alive).with_for_update()):
            if other.alive_at > unit.now - SILENT and not _has_ended(other):
                raise Locked("Another backup is being made.")
            other.outcome, other.error, other.finished_at = Outcome.failed, "It was broken off.", unit.now
        row = begin(unit, BACKUP, where)
        _at_work.add(row.id)  # before another thread sees the row
        return row


def begin(unit: Unit, deed: str, where: str) -> Backup:
    """Write down that a backup or a drill begins."""
    row = Backup(
        id=ids.new_id(), deed=deed, target=where, outcome=Outcome.running, started_at=unit.now, alive_at=unit.now
    )
    row.name = f"{socket.gethostname()}:{os.getpid()}"
    unit.db.add(row)
    return row


def _has_ended(row: Backup) -> bool:
    """Whether the process that makes a backup is one of this machine that is no more, or this one, which makes none."""
    host, _, pid = (row.name or "").rpartition(":")
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    if int(pid) == os.getpid():
        return row.id not in _at_work
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@dataclass(frozen=True)
class Ending:
    """How a backup or a drill ended."""

    outcome: Outcome
    error: str | None = None
    name: str | None = None
    copied: Copied | None = None


def end(app: App, row_id: int, ending: Ending) -> Backup:
    """Write down how it ended."""
    with app.writing(SYSTEM) as unit:
        row = unit.db.get_one(Backup, row_id)
        row.outcome, row.error, row.finished_at = ending.outcome, ending.error, unit.now
        row.name = ending.name
        if (copied := ending.copied) is not None:
            row.blob_count, row.size_bytes, row.copied_bytes = copied.blob_count, copied.size_bytes, copied.copied_bytes
        return row


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Raises OverQuota and Unavailable where the folder to work in cannot be written or read."""
    with disk.in_our_words("The disk of the data directory"), sqlite_in_our_words():
        yield


@contextmanager
def _scratch(app: App) -> Iterator[Path]:
    """A folder to work in; those of backups that were killed are removed."""
    for left in app.settings.data_dir.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=_SCRATCH, dir=app.settings.data_dir) as folder:
        yield Path(folder)


@contextmanager
def _alive(app: App, row_id: int) -> Iterator[None]:
    """Say time and again that the backup goes on, however long a step of it takes: one blob can take hours."""
    is_over = threading.Event()

    def renew() -> None:
        while not is_over.wait(_RENEW_SECONDS):
            try:
                with app.writing(SYSTEM) as unit:
                    unit.db.get_one(Backup, row_id).alive_at = unit.now
            except Exception:  # the next time, while the database does not answer
                log.warning("a running backup could not be noted", exc_info=True)

    renewing = threading.Thread(target=renew, name="backup-alive", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        is_over.set()
        renewing.join()


@dataclass(frozen=True)
class _Noting:
    """Tells now and then how far the backup is."""

    copied: Copied
    progress: Progress

    def step(self) -> None:
        """After each blob."""
        if self.copied.blob_count % _NOTE_EVERY == 0:
            self.progress(self.copied.blob_count)


def _copy_all(app: App, target: Blobs, scratch: tuple[Path, str], noting: _Noting) -> None:
    folder, name = scratch
    file = folder / manifests.DATABASE
    snapshots.take(app, file)
    made_at = app.clock()
    with (folder / manifests.ENTRIES).open("wb") as lines, closing(Database(f"sqlite:///{file}")) as rows:
        for entry in map(manifests.entry_of, holdings.every(rows)):
            if _copy(app.blobs, target, entry, noting.copied):
                lines.write(msgspec.json.encode(entry) + b"\n")
            noting.step()
    parts = [file, folder / manifests.ENTRIES]
    if (secret := app.settings.data_dir / manifests.SECRET).is_file():
        parts.append(secret)
    _finish(target, name, parts, _manifest(made_at, noting.copied))


def _copy(source: Blobs, target: Blobs, entry: Entry, copied: Copied) -> bool:
    """Have the bytes of an entry in the backup; False where they are lost, or not those that the row says."""
    if not _is_there(target, entry) and not _copy_new(source, target, entry, copied):
        copied.absent.append(entry.key)
        return False
    copied.blob_count += 1
    copied.size_bytes += entry.size
    return True


def _is_there(target: Blobs, entry: Entry) -> bool:
    """Whether something of this size is there; what is otherwise goes when its replacement is at hand."""
    with suppress(NotFound):
        return target.stat(entry.at).size_bytes == entry.size
    return False


def _copy_new(source: Blobs, target: Blobs, entry: Entry, copied: Copied) -> bool:
    with target.spool() as spool:
        if not _filled(source, entry.key, spool):
            return False
        told = (entry.size, entry.sha256 or spool.signature, spool.crc32 if entry.crc32 is None else entry.crc32)
        if (spool.size_bytes, spool.signature, spool.crc32) == told:
            copied.copied_bytes += spool.size_bytes
            _put(target, entry.at, spool)
            return True
    return False


def _filled(source: Blobs, key: str, spool: Spool) -> bool:
    """Read a blob; False where it is lost or cannot be read.  Raises Unavailable where the whole store is silent."""
    blocks = source.read(key)
    try:
        while block := _next(source, key, blocks):
            spool.write(block)
    except (NotFound, Corrupt):
        return False
    return True


def _next(source: Blobs, key: str, blocks: Iterator[bytes]) -> bytes:
    """The next bytes, none at the end.  Raises Corrupt where these cannot be read and the store answers."""
    try:
        return next(blocks, b"")
    except Unavailable:
        source.stat(key)
        raise Corrupt from None


def _put(target: Blobs, at: str, spool: Spool) -> None:
    """Put what is whole; what lies there otherwise goes only now."""
    try:
        target.put(at, spool)
    except (Conflict, Corrupt):
        target.delete(at)
        target.put(at, spool)


def _manifest(made_at: datetime, copied: Copied) -> Manifest:
    return Manifest(manifests.FORMAT, __version__, made_at, copied.blob_count, copied.size_bytes, {}, copied.absent)


def _finish(target: Blobs, name: str, files: list[Path], manifest: Manifest) -> None:
    """Put the parts, and only then the manifest that makes them a backup."""
    for file in files:
        with target.spool() as spool, file.open("rb") as stream:
            while block := stream.read(1 << 20):
                spool.write(block)
            size, digest = spool.size_bytes, spool.digest.hex()
            target.put(manifests.path(name, file.name), spool)
        manifest.parts[file.name] = manifests.Part(size, digest)
    with target.spool() as spool:
        spool.write(msgspec.json.format(msgspec.json.encode(manifest)))
        target.put(manifests.path(name, manifests.MANIFEST), spool)
