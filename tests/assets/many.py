"""A library of many files that differ in everything, and the search that a person would do through them by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from tests.installation import Installation

from albumen.assets.search import language, search
from albumen.assets.search.orders import Asked, Sort
from albumen.kernel import ids, words
from albumen.kernel.actor import SYSTEM
from albumen.libraries import folders, library, names
from albumen.libraries.criteria import Criteria
from albumen.libraries.library import NewLibrary
from albumen.libraries.models import File, Folder, Original

START = datetime(2022, 12, 30, 23, 30, tzinfo=UTC)
NOW = datetime(2024, 2, 15, 12, tzinfo=UTC)
COUNT = 150
NAMES = (
    "IMG_{n}.JPG",
    "DSC{n:05}.NEF",
    "Été à Paris {n}.jpg",
    "Straße-{n} (1).png",
    "東京タワー{n}.jpg",
    "IMG_{n}.mov",
)
TITLES = (None, "", "Golden hour at the beach", "The hour was golden", "100% sure", "Łódź", "Beachball")
TAGS: tuple[list[str], ...] = ([], ["Beach"], ["beachball"], ["Golden Hour", "été"], ["50%", "🏖"], ["blurry", "beach"])
CAMERAS = (("Canon", "Canon EOS 5D"), ("NIKON", "Z 6"), (None, "X100"), (None, None))
LENSES = (None, "EF50mm f/1.4", "NIKKOR Z 50mm", "EF 85mm")
CITIES = (("Lisbon", None, "Portugal", "PT"), ("Zürich", "Zürich", "Switzerland", "CH"), (None, None, None, None))
SPOTS = ((38.72, -9.14), (47.37, 8.54), (0.0, 179.99), (0.0, -179.99), (None, None))
KINDS = (("jpeg", "image/jpeg"), ("nef", "image/x-nikon-nef"), ("mp4", "video/mp4"), ("mov", "video/quicktime"))
KEPT: tuple[dict[str, object], ...] = ({}, {"client": "Acme"}, {"client": 7, "copies": 3}, {"copies": 12.5})
FOLDERS = ("All Pictures", "2023", "Trip")


@dataclass(frozen=True)
class Row:
    """A file with what belongs to it."""

    file: File
    folder: Folder
    original: Original

    @property
    def texts(self) -> dict[str, str]:
        """The words of each text."""
        file = self.file
        place = [file.city, file.region, file.country, file.country_code]
        told: dict[str, list[Any]] = {
            "title": [file.title],
            "comments": [file.comments],
            "tags": file.tags,
            "lens": [file.lens],
        }
        told |= {"place": place, "camera": [file.camera_make, file.camera_model]}
        found = {name: " ".join(words.words(each) for each in texts if each) for name, texts in told.items()}
        return {"name": words.name_words(file.name), **found}

    def says(self, text: str, *within: str, goes_on: bool = False) -> bool:
        """Whether words stand side by side in one of the texts."""
        wanted = f" {words.words(text)}" + ("" if goes_on else " ")
        return any(wanted in f" {self.texts[name]} " for name in within or self.texts)


Test = Callable[[Row], object]


@dataclass(frozen=True)
class Many:
    """The library."""

    installation: Installation
    library_id: int
    rows: list[Row]

    def expected(self, test: Test) -> set[int]:
        """What a look at each file finds."""
        return {row.file.id for row in self.rows if row.file.deleted_at is None and test(row)}

    def query(self, q: str) -> Criteria:
        """The query that a text stands for."""
        return language.read(q, NOW)

    def found(
        self, q: str | Criteria, sort: Sort = Sort.taken, *, page: int = 40, descends: bool | None = None
    ) -> list[int]:
        """All pages of a search, by whoever sees everything."""
        query = self.query(q) if isinstance(q, str) else q
        found: list[int] = []
        cursor: str | None = None
        with self.installation.app.reading(SYSTEM) as unit:
            while True:
                shown = search.find(unit, self.library_id, query, Asked(page, cursor, sort, descends))
                found += [file.id for file in shown.files]
                cursor = shown.next
                if cursor is None:
                    return found

    def plainly(self, q: str) -> set[int]:
        """What the query finds without the index."""
        with self.installation.app.reading(SYSTEM) as unit:
            wanted = select(File.id).where(self.query(q).predicate(), File.deleted_at.is_(None))
            return set(unit.db.scalars(wanted.where(File.library_id == self.library_id)))


def fill(installation: Installation, count: int = COUNT) -> Many:
    """Make the library; every seventeenth file lies in the trash."""
    with installation.app.writing(installation.actor("alice")) as unit:
        made = library.create(unit, NewLibrary("Many"))
        above = folders.find(unit, made.id, None, library.FIRST_ROOT)
        assert above
        below = folders.create(unit, made.id, above, "2023")
        nested = [above, below, folders.create(unit, made.id, below, "Trip")]
        stored = [_original(n) for n in range(len(KINDS))]
        unit.db.add_all(stored)
        unit.db.flush()
        filed = [_file(n, nested[n % 3]) for n in range(count)]
        unit.db.add_all(filed)
    contents = {each.signature: each for each in stored}
    places = {each.id: each for each in nested}
    rows = [Row(each, places[each.folder_id], contents[each.signature]) for each in filed]
    return Many(installation, made.id, rows)


def _original(n: int) -> Original:
    kind, mime = KINDS[n]
    states = {"failure": "broken" if n == 1 else None, "developed_at": START if n < 3 else None}
    sizes = {"width": 1000 * n, "height": 600 + n, "size_bytes": 1, "crc32": 0}
    facts = {"facts": b"{}", "stored_at": START, "converted_at": START if n == 2 else None}
    return Original(
        signature=f"many{n}", key=f"original/many{n}", kind=kind, mime=mime, is_video=n > 1, **sizes, **states, **facts
    )


def _file(n: int, folder: Folder) -> File:
    name = NAMES[n % len(NAMES)].format(n=n)
    taken = START + timedelta(days=3 * n, milliseconds=n % 2) if n % 10 else None
    imported = START + timedelta(days=n // 4)
    make, model = CAMERAS[n % 4]
    city, region, country, code = CITIES[n % 3]
    latitude, longitude = SPOTS[n % 5]
    described = {"camera_make": make, "camera_model": model, "lens": LENSES[n // 2 % 4], "title": TITLES[n % 7]}
    where = {"city": city, "region": region, "country": country, "country_code": code}
    return File(
        id=ids.new_id(),
        library_id=folder.library_id,
        folder_id=folder.id,
        name=name,
        folded=names.fold(name),
        signature=f"many{n % 4}",
        size_bytes=5_000_000 * (n % 7),
        imported_at=imported,
        modified_at=imported if n % 3 else None,
        taken_at=taken,
        taken_local=taken,
        sorted_at=taken or imported,
        deleted_at=None if n % 17 else imported,
        rating=(None, 0, 1, 3, 4, 5)[n % 6],
        comments=TITLES[n // 7 % 7],
        favorite=n % 4 == 0,
        latitude=latitude,
        longitude=longitude,
        tags=TAGS[n % 6],
        properties=KEPT[n % 4],
        **described,
        **where,
    )
