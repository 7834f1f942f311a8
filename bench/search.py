"""A library of a million files: pages, months, and searches by date, camera, tag, word, beginning and middle."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from urllib.parse import quote

import _million
import psycopg
from _report import Row, show
from _server import Connection, LiveServer
from sqlalchemy import select

from albumen import app as composition
from albumen.assets.search import language, search
from albumen.assets.search.orders import Asked
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import Library
from albumen.settings import Settings
from albumen.settings.rooms import DatabaseSettings

SMALL = 10_000
POSTGRESQL = os.environ.get("ALBUMEN_BENCH_POSTGRESQL", "")
"""URL of PostgreSQL databases, `%s` for the name, such as `postgresql://me@/%s?host=/tmp`; empty: SQLite."""
REQUESTS = 100
WARM = 10
PAGE = 200

Ask = Callable[[Random], str]


def main() -> None:
    """Fill a small and a large library, ask both in turn, and print rows 12 to 15."""
    with tempfile.TemporaryDirectory(prefix="albumen-bench-") as folder:
        data = {files: Path(folder) / str(files) for files in (SMALL, _million.FILES)}
        for files, data_dir in data.items():
            fill(data_dir, files)
        engines = {files: engine(data_dir, files) for files, data_dir in data.items()}
        with (
            LiveServer(data[SMALL], **engines[SMALL]) as small,
            LiveServer(data[_million.FILES], **engines[_million.FILES]) as large,
        ):
            measure(small, large, engines[_million.FILES].get("ALBUMEN_DATABASE_URL", ""))


def fill(data_dir: Path, files: int) -> None:
    """A library of so many files."""
    data_dir.mkdir()
    with LiveServer(data_dir) as server:
        server.connect().request_json("POST", "/v1/libraries", {"name": "Large", "timeZone": "UTC"})
    _million.fill(data_dir / "albumen.db", files)


def engine(data_dir: Path, files: int) -> dict[str, str]:
    """The settings of the database to ask: SQLite as it was filled, or a copy of it in PostgreSQL."""
    if not POSTGRESQL:
        return {}
    name = f"albumen_bench_{files}"
    with psycopg.connect(POSTGRESQL % "postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        server.execute(f"CREATE DATABASE {name}".encode())
    url = POSTGRESQL % name
    begun = time.perf_counter()
    command = [sys.executable, "-m", "albumen", "db", "copy", "--to", url, "--data-dir", str(data_dir)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with psycopg.connect(url, autocommit=True) as copied:
        copied.execute("VACUUM ANALYZE")
    sys.stdout.write(f"    copied {files:,} files to PostgreSQL in {time.perf_counter() - begun:.0f} s\n")
    return {"ALBUMEN_DATABASE_URL": url}


class Shelf:
    """One library, as a client asks it."""

    def __init__(self, server: LiveServer) -> None:
        self.by: Connection = server.connect()
        [library] = self.by.request_json("GET", "/v1/libraries")
        self.at = f"/v1/libraries/{library['libraryId']}"

    def milliseconds(self, path: str) -> float:
        """How long an answer takes."""
        begun = time.perf_counter()
        self.by.request("GET", self.at + path)
        return (time.perf_counter() - begun) * 1000

    def cursors(self) -> list[str]:
        """Places all over the library, found as a client finds them: by looking at a month of each year."""
        found = [""]
        for year in range(2005, 2025):
            page = self.by.request_json("GET", f"{self.at}/search?q=taken:..{year}-06&limit=1")
            found.append(page.get("next") or "")
        return found


def p95(took: Sequence[float]) -> float:
    """What 95 of 100 took at most."""
    return sorted(took)[int(len(took) * 0.95)]


def measured(shelves: Sequence[Shelf], ask: Ask, requests: int = REQUESTS) -> list[float]:
    """The p95 of each library, asked the same in turn."""
    dice = Random(3)
    took: list[list[float]] = [[] for _ in shelves]
    for number in range(requests + WARM):
        path = ask(dice)
        for shelf, times in zip(shelves, took, strict=True):
            spent = shelf.milliseconds(path)
            if number >= WARM:
                times.append(spent)
    return [p95(times) for times in took]


def searched(*ways: Callable[[Random], str], limit: int = PAGE) -> Ask:
    """A search by one of some texts."""
    return lambda dice: f"/search?q={quote(dice.choice(ways)(dice))}&limit={limit}"


def combined(dice: Random) -> str:
    """A camera, a month or year, and a tag."""
    camera = dice.choice(("canon", "iphone", "nikon", '"X-T4"'))
    year = dice.randrange(2005, 2025)
    taken = dice.choice((str(year), f"{year}-{dice.randrange(1, 13):02}", f"{year}..{year + 2}"))
    return f"camera:{camera} taken:{taken} tag:{_quoted(dice.choice(_million.COMMON_TAGS))} "


def tag(dice: Random) -> str:
    """One tag, frequent or rare."""
    return f"tag:{_quoted(dice.choice((*_million.COMMON_TAGS, *dice.sample(_million.RARE_TAGS, 8))))} "


def _quoted(text: str) -> str:
    return f'"{text}"'


WORDS: dict[str, Ask] = {
    "word": searched(lambda dice: dice.choice(("sunset ", "kitchen ", "beach ", "lisbon ", "canon ", "img ", "cafe "))),
    "beginning": searched(
        lambda dice: dice.choice(("gra", "moun", "im", "00", "zur", "0012", "nik", "sn", "project 4"))
    ),
    "middle": searched(lambda dice: f"*{dice.randrange(100, 9999)}* "),
}
PAGES: dict[str, Ask] = {"newest": lambda _: f"/search?limit={PAGE}"}


def measure(small: LiveServer, large: LiveServer, url: str) -> None:
    """All rows."""
    both = [Shelf(small), Shelf(large)]
    cursors = both[1].cursors()
    little, much = measured(both, lambda dice: f"/search?limit={PAGE}&cursor={dice.choice(cursors)}")
    show(Row("12", f"a page of {PAGE}, p95, a million files against ten thousand", much, "ms", little, "<= 2.0"))
    little, months = measured(both, lambda _: "/timeline")
    show(Row("13", "the months, p95, a million against ten thousand", months, "ms", little, "<= 1.2"))
    show(Row("13b", "the months, p95", months, "ms", None, "<= 7"))
    [spent] = measured(both[1:], searched(combined))
    show(Row("14", "camera, date and tag, p95, against the page", spent, "ms", much, "<= 8"))
    [spent] = measured(both[1:], searched(tag))
    note = f"as a page of JSON over HTTP {spent:.0f} ms"
    show(Row("14b", f"a tag alone, newest {PAGE}, p95", inside(large, url), "ms", None, "<= 20", note))
    for name, ask in WORDS.items():
        [spent] = measured(both[1:], ask)
        show(Row("15", f"search by {name}, p95, against the page", spent, "ms", much, "<= 12"))
    beside(both[1])
    growth(both)
    show(Row("M", "memory of the server's processes", large.peak_bytes / 2**20, "MiB", None, "<= 600"))


def inside(server: LiveServer, url: str) -> float:
    """The p95 of finding the newest with a tag, in this process: the same without HTTP and JSON."""
    app = composition.build(Settings(data_dir=server.data_dir, database=DatabaseSettings(url=url)))
    dice, took = Random(4), list[float]()
    for number in range(REQUESTS + WARM):
        text = tag(dice)
        with app.reading(SYSTEM) as unit:
            library_id = unit.db.scalars(select(Library.id)).one()
            begun = time.perf_counter()
            search.find(unit, library_id, language.read(text, unit.now), Asked(PAGE))
            if number >= WARM:
                took.append((time.perf_counter() - begun) * 1000)
    app.close()
    return p95(took)


def growth(shelves: Sequence[Shelf]) -> None:
    """What a hundred times as many files make of each list."""
    for name, ask in GROWN.items():
        little, much = measured(shelves, ask, requests=20)
        show(Row("G", f"{name}, p95, a million files against ten thousand", much, "ms", little, "<= 100"))


GROWN: dict[str, Ask] = {
    "a tag alone": searched(tag),
    "camera, date and tag": searched(combined),
    "search by word": WORDS["word"],
    "the list of tags": lambda _: "/tags",
    "countries and cities": lambda _: "/places",
    "exact duplicates": lambda _: "/duplicates?kind=exact&limit=100",
}

OTHERS = ("facets?q=", "facets?q=beach+", "suggest?q=be", "suggest?q=camera:", "suggest?q=gol")
HARD = ("size:>50mb", "-img -beach", "width:>9000", '"hour golden"', "property.a=b", "is:failed", "near:0,0,20000km x")


def beside(shelf: Shelf) -> None:
    """What else must never take longer than a second."""
    asked = [f"/search/{each}" for each in OTHERS]
    asked += [
        f"/search?q={quote(q)}&orderBy={order}&limit={PAGE}" for q in HARD for order in ("taken", "name", "rating")
    ]
    asked += [f"/search?q=img+&orderBy={order}" for order in ("imported", "name", "size", "rating", "relevance")]
    asked.append("/search?q=" + quote("(" + " OR ".join(f"{each:02}*" for each in range(40)) + ")"))
    worst = max(max(shelf.milliseconds(path) for _ in range(2)) for path in asked)
    show(Row("S", f"the longest of {len(asked)} hard searches", worst, "ms", None, "<= 1000"))


if __name__ == "__main__":
    main()
