"""A library of a million files, written straight into the tables: realistic rows, no bytes."""

import json
import random
import sqlite3
from pathlib import Path

from albumen.db import fulltext, fulltext_schema, functions
from albumen.db.engine import sqlite_module
from albumen.kernel import ids

FILES = 1_000_000
FOLDERS = 2_000
FIRST = 1_100_000_000_000
SPAN = 650_000_000_000
CAMERAS = (
    ("Canon", "EOS R6", "RF24-105mm F4 L"),
    ("Apple", "iPhone 15 Pro", None),
    ("NIKON", "Z 6", "NIKKOR Z 50mm f/1.8"),
    ("FUJIFILM", "X-T4", "XF35mmF1.4 R"),
    (None, None, None),
)
COMMON_TAGS = ("family", "holiday", "beach", "mountains", "garden", "birthday", "winter", "golden hour")
RARE_TAGS = tuple(f"project {number}" for number in range(500))
SUBJECTS = (
    "Sunset over the harbour",
    "Grandmother's kitchen",
    "First day of school",
    "Snow at last",
    "Café in the rain",
)
CITIES = (
    ("Lisbon", "Portugal", "PT", 38.72, -9.14),
    ("Zürich", "Switzerland", "CH", 47.37, 8.54),
    ("Kyoto", "Japan", "JP", 35.01, 135.77),
    ("Reykjavík", "Iceland", "IS", 64.15, -21.94),
    ("Cape Town", "South Africa", "ZA", -33.92, 18.42),
)


def fill(database: Path, files: int = FILES, *, folders: int = FOLDERS, width: int = 0) -> None:
    """Put files into the only library there is, in so many folders: side by side, or `width` below each one."""
    connection: sqlite3.Connection = sqlite_module().connect(str(database), isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-400000")
    functions.install(connection)
    fulltext.install(connection)
    connection.execute("BEGIN")
    _forget_index(connection)
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
    for statement in fulltext_schema.STATEMENTS:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.close()


def _forget_index(connection: sqlite3.Connection) -> None:
    """Take the search index away: it is made from all files at once, as a migration does, not file by file."""
    named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search%'"
    for [trigger] in connection.execute(named).fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute("DROP TABLE search_words")
    connection.execute("DROP TABLE search_entries")


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
        name = f"IMG_{number:07}.JPG"
        originals.append((signature, f"original/{signature}", size, taken, dice.randbytes(21), dice.getrandbits(62)))
        files.append((file, library, dice.choice(folders), name, name.lower(), signature, size, taken, *_told(dice)))
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
        "taken_at, taken_local, sorted_at, camera_make, camera_model, lens, tags, title, rating, city, country, "
        "country_code, latitude, longitude, favorite, properties) "
        "VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8, ?8, ?8, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, "
        "?20, '{}')",
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


def _told(dice: random.Random) -> tuple[object, ...]:
    """Camera, lens, tags, title, rating, place and favourite of a file: half of the files have been looked after."""
    camera = dice.choice(CAMERAS)
    city, country, code, latitude, longitude = dice.choice(CITIES) if dice.random() < 0.5 else (None,) * 5
    place = (
        city,
        country,
        code,
        latitude and latitude + dice.gauss(0, 0.05),
        longitude and longitude + dice.gauss(0, 0.05),
    )
    if dice.random() < 0.5:
        return *camera, "[]", None, None, *place, 0
    tags = dice.sample(COMMON_TAGS, k=dice.randrange(3)) + ([dice.choice(RARE_TAGS)] if dice.random() < 0.2 else [])
    title = dice.choice(SUBJECTS) if dice.random() < 0.2 else None
    return *camera, json.dumps(tags), title, dice.choice((None, 1, 2, 3, 4, 5)), *place, int(dice.random() < 0.05)
