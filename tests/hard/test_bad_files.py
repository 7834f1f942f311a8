"""Files that were made to do harm, or were damaged: each is answered, and costs only itself."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import batched, cycle
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select
from tests import make
from tests.commands import run
from tests.hard.doors import KEPT, REFUSED, Doors
from tests.hard.traps import leading, traps
from tests.hard.watch import MOST_BYTES, Canary, Decoders, canary
from tests.installation import Installation

from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Original, Rendition

COUNT = int(os.environ.get("ALBUMEN_TRIALS", "5000"))
SOURCES = os.environ.get("ALBUMEN_SOURCES", "")
MOST_SECONDS = 10
AT_ONCE = 20
LARGEST = 20 << 20

Bad = tuple[str, bytes]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Canary]:
    with canary(tmp_path) as made:
        yield made


def settle(installation: Installation, sent: Iterable[tuple[str, Bad]]) -> Counter[str]:
    """Send files through doors, have them worked off a few at a time; how each ended."""
    doors, decoders, ends = Doors(installation), Decoders(installation.app.guard), Counter[str]()
    for some in batched(sent, AT_ONCE):
        for door, (name, content) in some:
            with decoders.at_work():
                status = doors.all[door](name, content).status_code
            assert status in KEPT | REFUSED, f"{name[:80]!r} by {door}: {status}"
            ends["refused" if status in REFUSED else "kept"] += 1
        with decoders.at_work():
            installation.work_off()
    ends.update(ended(installation))
    assert decoders.largest_bytes <= MOST_BYTES
    assert decoders.slowest_seconds <= MOST_SECONDS * AT_ONCE
    assert doors.upload("good.jpg", make.photo()).status_code == 200
    return ends


def ended(installation: Installation) -> Counter[str]:
    """What became of the files that were kept: shown, or set aside with a reason.  None is still being looked at."""
    with installation.app.reading(SYSTEM) as unit:
        shown = set(unit.db.scalars(select(Rendition.signature)))
        rows = unit.db.execute(
            select(File.signature, Original.failure).join(Original, Original.signature == File.signature)
        )
        found = Counter("catalogued" if row.signature in shown else row.failure or "NEITHER" for row in rows)
    assert "NEITHER" not in found
    assert not [reason for reason in found if "SIG" in reason], found
    return found


def test_traps_that_name_another_file(installation: Installation, watched: Canary) -> None:
    named = [(name, body) for _, name, body in leading(str(watched.path), watched.address)]
    assert len(named) > 10
    ends = settle(installation, zip(cycle(("upload", "catalogue", "guest", "tus")), named, strict=False))
    assert ends["refused"] > 8
    installation.check_counts()


@pytest.mark.torture
@pytest.mark.parametrize("door", ["upload", "catalogue", "guest", "tus"])
def test_every_trap_through_every_door(installation: Installation, watched: Canary, door: str) -> None:
    made = traps(str(watched.path), watched.address)
    assert len(made) >= 60
    assert watched.is_watched or not Path("/proc").exists()
    ends = settle(installation, [(door, (name, body)) for _, name, body in made])
    assert ends["refused"] > 15
    assert ends["catalogued"] > 20
    installation.check_counts()
    store = installation.app.settings.store_folder
    assert not [each for each in store.rglob("*") if "evil" in each.name]


@pytest.mark.torture
def test_traps_and_damaged_files_are_imported(tmp_path: Path, watched: Canary) -> None:
    folder = tmp_path / "bad"
    for number, (_, name, body) in enumerate(traps(str(watched.path), watched.address)):
        (folder / str(number)).mkdir(parents=True)
        safe = name.replace("/", "_").replace("\0", "_")[:60]
        (folder / str(number) / safe).write_bytes(body)
    told = run(tmp_path, "import", folder)
    assert "Traceback" not in told.stderr + told.stdout
    assert told.returncode in (0, 1, 3), told.stderr[-2000:]


def mutations(seeds: list[Bad], count: int) -> Iterator[Bad]:
    """Good files with something wrong in them, each by its number."""
    for number in range(count):
        random = Random(number)
        name, content = random.choice(seeds)
        yield f"{number}-{name}", mutated(random, content)


def mutated(random: Random, content: bytes) -> bytes:
    """Bits turned, numbers made large, pieces cut out, doubled, moved or emptied."""
    bad = bytearray(content)
    for _ in range(random.choice((1, 1, 3, 10, 50))):
        at, length = random.randrange(len(bad)), random.choice((1, 2, 4, 16, 300, 4000))
        match random.randrange(7):
            case 0:
                bad[at] ^= 1 << random.randrange(8)
            case 1:
                bad[at : at + 4] = random.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"\x80\0\0\0"))
            case 2 if len(bad) > length + 100:
                del bad[at : at + length]
            case 3:
                bad[at:at] = bad[at : at + length]
            case 4:
                bad[at : at + length] = random.randbytes(len(bad[at : at + length]))
            case 5:
                bad[at : at + length] = bytes(len(bad[at : at + length]))
            case _:
                head = random.randrange(min(len(bad), 512))  # where headers are
                bad[head] = random.randrange(256)
    return bytes(bad[: random.randrange(len(bad)) + 1]) if random.random() < 0.1 else bytes(bad)


def seeds() -> list[Bad]:
    """One good file of each kind that can be made here."""
    made = [
        (f"a.{kind}", make.photo(kind=kind, taken="2021-07-01 12:00:00", gps=(52.5, 13.4)))
        for kind in ("jpeg", "png", "webp", "tiff")
    ]
    made += [("a.gif", make.photo(kind="gif")), ("a.bmp", make.photo(kind="bmp"))]
    return [*made, ("a.mp4", make.film()), ("a.mov", make.film(kind="mov"))]


def small(folder: Path) -> list[Bad]:
    """The files below a folder that are not too large to be sent many times."""
    files = sorted(each for each in folder.rglob("*") if each.is_file() and 0 < each.stat().st_size <= LARGEST)
    return [(each.name, each.read_bytes()) for each in files]


@pytest.mark.torture
def test_mutations_of_good_files(installation: Installation, watched: Canary) -> None:
    doors = cycle(("upload", "catalogue", "guest", "tus"))
    ends = settle(installation, zip(doors, mutations(seeds(), COUNT), strict=False))
    assert ends["kept"] + ends["refused"] == COUNT
    installation.check_counts()


@pytest.mark.torture
def test_mutations_of_the_corpus(installation: Installation, corpus: Path) -> None:
    good = [
        each for kind in ("heic", "avif", "nef", "mov") for each in small(corpus / kind)[:12] if len(each[1]) < 4 << 20
    ]
    doors = cycle(("upload", "catalogue", "guest", "tus"))
    ends = settle(installation, zip(doors, mutations(good, COUNT // 10), strict=False))
    assert ends["kept"] + ends["refused"] == COUNT // 10


@pytest.mark.torture
@pytest.mark.parametrize("part", range(4))
def test_every_file_of_the_corpus_through_every_door(installation: Installation, corpus: Path, part: int) -> None:
    doors = ("upload", "catalogue", "guest", "tus")
    files = small(corpus)[part::4]
    turned = cycle((*doors[part:], *doors[:part]))
    ends = settle(installation, zip(turned, files, strict=False))
    assert ends["catalogued"] > len(files) / 5


@pytest.mark.torture
def test_the_files_of_others_tests(installation: Installation) -> None:
    """Those of Pillow's and Exiv2's source packages, say: the folder that `ALBUMEN_SOURCES` names."""
    if not SOURCES:
        pytest.skip("ALBUMEN_SOURCES names no folder")
    files = small(Path(SOURCES))
    assert files
    ends = settle(installation, zip(cycle(("upload", "catalogue", "guest", "tus")), files, strict=False))
    assert ends["kept"]
