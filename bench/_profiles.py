"""Flame graphs of what Albumen does most, into docs/profiles: `make profiles`, or some of them by their names."""

import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import _flames
import _million
import _photos
import _sampling
from _sampling import Stack
from _server import Connection, LiveServer
from ingest import Batches, await_renditions, spread

from albumen.media.develop import develop
from albumen.media.limits import Limits
from albumen.media.probe import probe

KEPT = Path(__file__).resolve().parents[1] / "docs" / "profiles"
FILES = 40_000
PHOTOS = 24
WORDS = ("sunset", "tag:family", "taken:2019", "gra", "*1234*")

Profile = tuple[Counter[Stack], float, int]


class ProfiledServer(LiveServer):
    """The same under a sampler, which a signal starts and another one ends."""

    def __init__(self, data_dir: Path) -> None:
        self.file = data_dir.with_suffix(".stacks")
        self.program = (str(Path(__file__).with_name("_profiled.py")), str(self.file))
        super().__init__(data_dir)

    def profile(self, work: Callable[[], int]) -> Profile:
        """The stacks of this server while it is asked, its processor seconds, and for how many answers."""
        self.file.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        time.sleep(0.2)
        before = self.cpu_seconds()
        answers = work()
        used = self.cpu_seconds() - before
        self.process.send_signal(signal.SIGUSR2)
        while not self.file.exists():
            time.sleep(0.02)
        return _sampling.read(self.file), used, answers


def main(wanted: Sequence[str]) -> None:
    """Make those that are wanted, or all."""
    KEPT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="albumen-profiles-") as place:
        for name, make in SUBJECTS.items():
            if not wanted or name in wanted:
                keep(name, make(Path(place)))


def keep(name: str, made: Profile) -> None:
    """Draw it, and say what is on top."""
    found, used, answers = made
    (KEPT / f"{name}.svg").write_text(_flames.picture(name, found))
    print(f"== {name}: {used * 1000 / answers:.2f} cpu-ms each of {answers}, all processes of the server")
    for call, own, total in _flames.heaviest(found):
        print(f"{own:7.1%} {total:7.1%}  {call}")


def upload(place: Path) -> Profile:
    """Photos by HTTP; the server itself, without its decoders."""
    batch = Batches(_photos.prepare(place / "photos", 16)).next(PHOTOS)
    with ProfiledServer(place / "upload") as server:

        def work() -> int:
            spread(server, batch, 2)
            await_renditions(server)
            return len(batch)

        return server.profile(work)


def render(place: Path) -> Profile:
    """What a decoder does with a photo, here and not in its sandbox."""
    photos = _photos.prepare(place / "rendered", 16)
    developed(photos[0])  # libvips tells of its operations once
    sampler, before = _sampling.Sampler(), time.process_time()
    sampler.start()
    for path in photos:
        developed(path)
    return sampler.stop(), time.process_time() - before, len(photos)


def developed(photo: Path) -> None:
    """Read a photo's facts, and make its three sizes."""
    with photo.open("rb") as file:
        kind = probe(file, photo.name).kind
        outputs = {variant: os.memfd_create(variant) for variant in ("sm", "md", "lg")}
        develop(file.fileno(), kind, outputs, Limits())
    for descriptor in outputs.values():
        os.close(descriptor)


def grid(place: Path) -> Profile:
    """Months, the index, pages and chunks of a large library."""

    def work(by: Connection, at: str) -> int:
        index = by.request("GET", f"{at}/timeline/index")
        version = index[-int.from_bytes(index[12:16], "little") :].decode()
        for number in range(60):
            by.request("GET", f"{at}/timeline")
            by.request("GET", f"{at}/timeline/chunks/{version}/{number * 7 % (FILES // 512)}")
            by.request("GET", f"{at}/search?q=&limit=200")
        return 180

    return asked(place, work)


def search(place: Path) -> Profile:
    """Searches by word, tag, camera, beginning and place."""

    def work(by: Connection, at: str) -> int:
        for number in range(60):
            by.request("GET", f"{at}/search?limit=200&q={quote(WORDS[number % len(WORDS)])}")
        return 60

    return asked(place, work)


def small(place: Path) -> Profile:
    """The same small answer over and over: what any request costs."""

    def work(by: Connection, at: str) -> int:
        for _ in range(500):
            by.request("GET", at)
        return 600

    return asked(place, work)


def asked(place: Path, work: Callable[[Connection, str], int]) -> Profile:
    """A server with a large library, warm, and what it is asked."""
    data_dir = place / "large"
    if not data_dir.exists():
        with LiveServer(data_dir) as server:
            server.connect().request_json("POST", "/v1/libraries", {"name": "Large", "timeZone": "UTC"})
        _million.fill(data_dir / "albumen.db", FILES)
    with ProfiledServer(data_dir) as server:
        by = server.connect()
        [library] = by.request_json("GET", "/v1/libraries")
        at = f"/v1/libraries/{library['libraryId']}"
        for _ in range(20):
            by.request("GET", f"{at}/timeline")
        return server.profile(lambda: work(by, at))


def zipped(place: Path) -> Profile:
    """A ZIP of originals, several times."""
    batch = Batches(_photos.prepare(place / "photos", 16)).next(PHOTOS)
    with ProfiledServer(place / "zipped") as server:
        spread(server, batch)
        await_renditions(server)
        by = server.connect()
        [library] = by.request_json("GET", "/v1/libraries")
        at = f"/v1/libraries/{library['libraryId']}"
        ids = [each["fileId"] for each in by.request_json("GET", f"{at}/search?q=&limit=200")["files"]]
        offer = by.request_json("POST", f"{at}/selection/download", {"fileIds": ids})

        def work() -> int:
            for _ in range(40):
                by.request("GET", offer["url"])
            return 40

        return server.profile(work)


SUBJECTS = {"upload": upload, "render": render, "grid": grid, "search": search, "zip": zipped, "request": small}


if __name__ == "__main__":
    main(sys.argv[1:])
