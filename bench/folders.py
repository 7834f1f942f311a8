"""A library of 1,000 folders with 100 files each: how long its lists take, for one client and for two at once."""

import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import _million
from _report import Row, show
from _server import Connection, LiveServer

FOLDERS = 1_000
FILES = 100_000
WIDTH = 10
REQUESTS = 300
GOAL = "<= 30"


def main() -> None:
    """Fill a library, ask for each list at random folders, and print what 95 of 100 took at most."""
    with tempfile.TemporaryDirectory(prefix="albumen-bench-") as folder:
        data_dir = Path(folder)
        with LiveServer(data_dir) as server:
            server.connect().request_json("POST", "/v1/libraries", {"name": "Many folders", "timeZone": "UTC"})
        _million.fill(data_dir / "albumen.db", FILES, folders=FOLDERS, width=WIDTH)
        with LiveServer(data_dir) as server:
            measure(server)


def measure(server: LiveServer) -> None:
    """One row a list."""
    library, folders = everything(server.connect())
    at = f"/v1/libraries/{library}/folders"
    lists: dict[str, Callable[[str], str]] = {
        "the libraries": lambda _: "/v1/libraries",
        "a folder with its counts": lambda folder: f"{at}/{folder}",
        "its breadcrumbs": lambda folder: f"{at}/{folder}/breadcrumbs",
        "its subfolders": lambda folder: f"{at}/{folder}/subfolders",
        "its 100 files": lambda folder: f"{at}/{folder}/files?limit=100",
    }
    for what, path in lists.items():
        paths = [path(folder) for folder in Random(2).choices(folders, k=REQUESTS)]
        alone, beside = at_once(server, paths, 1), at_once(server, paths, 2)
        show(Row("L", f"{what}, p95 of {REQUESTS}", alone, "ms", None, GOAL, f"two clients at once: {beside:.1f} ms"))


def everything(by: Connection) -> tuple[str, list[str]]:
    """The library's id and the ids of all its folders, found as a client would."""
    [library] = by.request_json("GET", "/v1/libraries")
    at = f"/v1/libraries/{library['libraryId']}/folders"
    found = [each["folderId"] for each in by.request_json("GET", f"{at}?parent=")]
    for folder in found:
        found += [each["folderId"] for each in by.request_json("GET", f"{at}/{folder}/subfolders")]
    return library["libraryId"], found


def at_once(server: LiveServer, paths: Sequence[str], count: int) -> float:
    """The milliseconds that 95 of 100 requests took at most, so many clients sharing the paths."""
    took: list[float] = []

    def ask(mine: Sequence[str]) -> None:
        by = server.connect()
        for path in mine:
            begun = time.perf_counter()
            by.request("GET", path)
            took.append((time.perf_counter() - begun) * 1000)

    clients = [threading.Thread(target=ask, args=(paths[number::count],)) for number in range(count)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return sorted(took)[int(len(took) * 0.95)]


if __name__ == "__main__":
    main()
