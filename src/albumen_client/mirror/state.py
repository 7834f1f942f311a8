"""What a mirror remembers: the library as it was told, and what it put where.  Each step is durable by itself."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from albumen_client.models import Change, File, Folder

_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS placed (
    path TEXT PRIMARY KEY, signature TEXT, size INTEGER, modified INTEGER, is_ours INTEGER NOT NULL
) WITHOUT ROWID;
DELETE FROM facts WHERE name = 'cursor';
DROP TABLE IF EXISTS folders;
CREATE TABLE folders (id TEXT PRIMARY KEY, parent TEXT, name TEXT NOT NULL) WITHOUT ROWID;
DROP TABLE IF EXISTS files;
CREATE TABLE files (
    id TEXT PRIMARY KEY, part_of TEXT, folder TEXT NOT NULL, name TEXT NOT NULL, signature TEXT NOT NULL,
    size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX files_part_of ON files (part_of) WHERE part_of IS NOT NULL;
PRAGMA user_version = 1;
COMMIT;
"""
"""Makes the tables, or those of another version anew: the library is listed again then, and what lies where is kept."""
_VERSION = 1


@dataclass(frozen=True)
class Wanted:
    """A file as the library has it."""

    id: str
    folder: str
    name: str
    signature: str
    size: int


@dataclass(frozen=True)
class Placed:
    """What lies at a path, below the mirror: a file, or where it has no signature a folder.

    `is_ours` says that the mirror put it there; what was there before stays, whatever the library does.
    """

    path: str
    signature: str | None = None
    size: int = 0
    modified: int = 0
    is_ours: bool = True


class State:
    """The memory of one mirror, in one small database."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        if self._db.execute("PRAGMA user_version").fetchone() != (_VERSION,):
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close it."""
        self._db.close()

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """All of a step, or none of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def fact(self, name: str) -> str | None:
        """Something noted under a name."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def note(self, name: str, value: str) -> None:
        """Note something."""
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def replace(self, folders: Iterable[Folder], files: Iterable[File], cursor: str) -> None:
        """Take all this for the library, and follow from the cursor."""
        with self._whole():
            self._db.execute("DELETE FROM folders")
            self._db.execute("DELETE FROM files")
            for folder in folders:
                self._put_folder(folder)
            for file in files:
                self._put_file(file)
            self.note("cursor", cursor)

    def apply(self, changes: Iterable[Change], cursor: str) -> None:
        """Take changes in, together with the cursor behind them."""
        with self._whole():
            for change in changes:
                self._apply(change)
            self.note("cursor", cursor)

    def _apply(self, change: Change) -> None:
        if change.thing == "folder":
            self._db.execute("DELETE FROM folders WHERE id = ?", (change.id,))
            if change.folder is not None:
                self._put_folder(change.folder)
        elif change.thing == "file":
            self._apply_file(change)

    def _apply_file(self, change: Change) -> None:
        """Take in a file with its moving parts.

        A film that became the moving part of a photo is told to be gone: as a part it stays, until its photo says so.
        """
        self._db.execute("DELETE FROM files WHERE part_of = ?", (change.id,))
        if change.file is None:
            self._db.execute("DELETE FROM files WHERE id = ? AND part_of IS NULL", (change.id,))
        else:
            self._put_file(change.file)

    def _put_folder(self, folder: Folder) -> None:
        row = folder.folder_id, folder.parent_id, folder.name
        self._db.execute("INSERT OR REPLACE INTO folders VALUES (?, ?, ?)", row)

    def _put_file(self, file: File) -> None:
        """Note a photo or video, and the moving parts of a photo as lying beside it."""
        rows = [
            (each.file_id, file.file_id, file.folder_id, each.name, each.signature, each.file_size)
            for each in file.parts
        ]
        row = file.file_id, None, file.folder_id, file.name, file.signature, file.file_size
        self._db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)", [row, *rows])

    def folders(self) -> dict[str, tuple[str | None, str]]:
        """Parent and name of each folder, by id."""
        rows = self._db.execute("SELECT id, parent, name FROM folders ORDER BY id")
        return {row[0]: (row[1], row[2]) for row in rows}

    def files(self) -> list[Wanted]:
        """The files of the library; moving parts come last, so that they give way where a name is taken."""
        wanted = "SELECT id, folder, name, signature, size FROM files ORDER BY part_of IS NOT NULL, id"
        rows = self._db.execute(wanted)
        return [Wanted(*row) for row in rows]

    def placed(self) -> dict[str, Placed]:
        """What lies where, by path."""
        rows = self._db.execute("SELECT path, signature, size, modified, is_ours FROM placed")
        return {row[0]: Placed(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows}

    def place(self, thing: Placed) -> None:
        """Note that it is about to lie there, or does."""
        row = thing.path, thing.signature, thing.size, thing.modified, int(thing.is_ours)
        self._db.execute("INSERT OR REPLACE INTO placed VALUES (?, ?, ?, ?, ?)", row)

    def forget(self, path: str) -> None:
        """Note that nothing lies there any more that concerns the mirror."""
        self._db.execute("DELETE FROM placed WHERE path = ?", (path,))
