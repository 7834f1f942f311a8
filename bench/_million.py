"""A library of a million files, written straight into the tables: realistic rows, no bytes."""

import random
import sqlite3
from pathlib import Path

from albumen.db.engine import sqlite_module
from albumen.kernel import ids

FILES = 1_000_000
FOLDERS = 2_000
FIRST = 1_100_000_000_000
SPAN = 650_000_000_000
CAMERAS = (("Canon", "EOS R6"), ("Apple", "iPhone 15 Pro"), ("NIKON", "Z 6"), ("FUJIFILM", "X-T4"), (None, None))


def fill(database: Path, files: int = FILES, *, folders: int = FOLDERS, width: int = 0) -> None:
    """Put files into the only library there is, in so many folders: side by side, or `width` below each one."""
    connection: sqlite3.Connection = sqlite_module().connect(str(database), isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    [library] = connection.execute("SELECT id FROM libraries").fetchone()
    dice = random.Random(1)
    made: list[_Folder] = []
    for number in range(folders):
        made.append(_folder(connection, library, made[(number - 1) // width] if width and number else None, number))
    for start in range(0, files, 20_000):
        _batch(connection, dice, library, [folder for folder, _ in made], range(start, start + 20_000))
    connection.execute(
        "UPDATE folders SET (file_count, file_bytes) = (SELECT count(*), coalesce(sum(size_bytes), 0) FROM files "
        "WHERE files.folder_id = folders.id)"
    )
    connection.execute(
        "INSERT INTO month_counts SELECT library_id, CAST(strftime('%Y%m', sorted_at / 1000, 'unixepoch') AS INTEGER), "
        "count(*) FROM files WHERE true GROUP BY 1, 2 ON CONFLICT DO UPDATE SET count = excluded.count"
    )
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.close()


type _Folder = tuple[int, str]


def _folder(connection: sqlite3.Connection, library: int, parent: _Folder | None, number: int) -> _Folder:
    folder = ids.new_id()
    above, lineage = parent or (None, "/")
    name, lineage = f"Roll {number}", f"{lineage}{ids.encode(folder)}/"
    connection.execute(
        "INSERT INTO folders (id, library_id, parent_id, name, folded, lineage, file_count, file_bytes, sm_bytes, "
        "md_bytes, lg_bytes, cnv_bytes, created_at) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, ?)",
        (folder, library, above, name, name.lower(), lineage, FIRST),
    )
    return folder, lineage


def _batch(
    connection: sqlite3.Connection, dice: random.Random, library: int, folders: list[int], numbers: range
) -> None:
    originals, files, versions, renditions = [], [], [], []
    for number in numbers:
        signature = ids.signature(dice.randbytes(32))
        file, taken, size = ids.new_id(), FIRST + dice.randrange(SPAN), dice.randrange(2_000_000, 12_000_000)
        make, model = dice.choice(CAMERAS)
        name = f"IMG_{number:07}.JPG"
        originals.append((signature, f"original/{signature}", size, taken, dice.randbytes(21), dice.getrandbits(62)))
        files.append((file, library, dice.choice(folders), name, name.lower(), signature, size, taken, make, model))
        versions.append((file, signature, size, taken))
        renditions += [(signature, variant, f"{variant}/{signature}", taken) for variant in ("sm", "md", "lg")]
    connection.executemany(
        "INSERT INTO originals (signature, key, size_bytes, crc32, kind, mime, is_video, width, height, facts, "
        "stored_at, developed_at, thumbhash, phash) VALUES (?1, ?2, ?3, 0, 'jpeg', 'image/jpeg', 0, 4000, 3000, "
        "X'7b7d', ?4, ?4, ?5, ?6)",
        originals,
    )
    connection.executemany(
        "INSERT INTO files (id, library_id, folder_id, name, folded, version, signature, size_bytes, imported_at, "
        "taken_at, taken_local, sorted_at, camera_make, camera_model, favorite, tags, properties) "
        "VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8, ?8, ?8, ?8, ?9, ?10, 0, '[]', '{}')",
        files,
    )
    connection.executemany(
        "INSERT INTO versions (file_id, number, signature, size_bytes, added_at) VALUES (?, 1, ?, ?, ?)", versions
    )
    connection.executemany(
        "INSERT INTO renditions (signature, variant, key, mime, width, height, size_bytes, crc32, made_at) "
        "VALUES (?, ?, ?, 'image/webp', 320, 240, 9000, 0, ?)",
        renditions,
    )
