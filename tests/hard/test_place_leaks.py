"""What guests get tells no place, no device and no people, from whichever corner of a file; unless the host says so.

Two judges that have nothing of ours: ExifTool, and a search of the bytes for what was planted.
"""

import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any

import pytest
from tests import make
from tests.events.party import Party
from tests.hard import telling
from tests.hard.telling import LATITUDE, OWNER, PLANTED, SERIAL, Specimen
from tests.installation import Caller, Installation
from tests.media.planted import TELLING

from albumen.media.kinds import KINDS

ENDINGS = {kind.mime: kind.extensions[0] for kind in KINDS.values()}
AT_ONCE = 16
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
TOLD = re.compile(rb'"(latitude|longitude|altitude|place|cameraMake|cameraModel|lens|title|serial\w*|owner\w*)"')
FFMPEGS = ("VideoHandler", "SoundHandler")
"""What FFmpeg calls every track of a film that it made."""
BESIDE = {"GPSLatitude": LATITUDE, "GPSLongitude": 2.3, "Title": OWNER, "Make": SERIAL}
"""What a client says of a photo that says nothing by itself."""


@dataclass
class Haul:
    """Everything that a guest was given: what is read as text, and files by a name that ends as they should."""

    texts: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def spelled(self) -> dict[str, list[bytes]]:
        """Where something stands that was planted."""
        found = {name: [word for word in PLANTED if word in body] for name, body in (self.texts | self.files).items()}
        return {name: words for name, words in found.items() if words}

    def told(self, exiftool: str, folder: Path) -> dict[str, dict[str, Any]]:
        """What ExifTool finds in the files, and in what is embedded in them."""
        folder.mkdir()
        for name, body in self.files.items():
            (folder / name).write_bytes(body)
        options = ["-j", "-G1:4", "-a", "-u", "-ee", "--ICC_Profile:all", "--File:all", "--System:all"]
        ran = subprocess.run([exiftool, *options, folder], check=False, capture_output=True, timeout=300)
        listed = {Path(each.pop("SourceFile")).name: each for each in json.loads(ran.stdout)}
        assert listed.keys() == self.files.keys()
        return {name: told for name, each in listed.items() if (told := _telling(each))}


def _telling(found: Mapping[str, Any]) -> dict[str, Any]:
    words = (OWNER, SERIAL, str(LATITUDE)[:6])
    told = {tag: str(value) for tag, value in found.items() if value not in FFMPEGS}
    return {tag: value for tag, value in told.items() if TELLING.search(tag) or any(each in value for each in words)}


def fetched(guest: Caller, address: str) -> tuple[bytes, str]:
    """What a link gives, and the ending of such a file."""
    answer = guest.client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.content, ENDINGS[answer.headers["content-type"]]


def haul(guest: Caller) -> Haul:
    """All that there is to be had, by every way."""
    made, client = Haul(), guest.client
    told = guest.get("/access/files?limit=200")
    made.texts = {
        "list": told.content,
        "visit": guest.get("/access").content,
        "cover": guest.get("/access/cover").content,
    }
    index = guest.get("/access/index")
    made.texts |= {"index": index.content, "sets": guest.get("/access/sets").content}
    made.texts["chunk"] = guest.get(f"/access/chunks/{index.headers['etag'].strip('"')}/0").content
    for file in told.json()["files"]:
        name = file["fileId"]
        made.texts[f"{name} alone"] = guest.get(f"/access/files/{name}").content
        links = {
            **file["thumbnails"],
            **{each: file[each] for each in ("contents", "motion", "original", "web") if each in file},
        }
        for form, address in links.items():
            body, ending = fetched(guest, address)
            made.files[f"{name}-{form}.{ending}"] = body
        alone = guest.post("/access/download", json={"fileIds": [name], "sizes": "original"}).json()
        with zipfile.ZipFile(io.BytesIO(client.get(alone["url"]).content)) as archive:
            for number, inner in enumerate(archive.namelist()):
                made.files[f"{name}-alone-{number}{Path(inner).suffix}"] = archive.read(inner)
    for sizes in ("original", "web", "both"):
        answer = client.get(guest.post("/access/download", json={"sizes": sizes}).json()["url"])
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            made.texts[f"names in {sizes}"] = "\n".join(archive.namelist()).encode()
            for number, name in enumerate(archive.namelist()):
                made.files[f"zip-{sizes}-{number}{Path(name).suffix}"] = archive.read(name)
    return made


def pages(installation: Installation, code: str, file_ids: Sequence[str]) -> dict[str, bytes]:
    """What a guest's browser is shown."""
    client = installation.client
    answer = client.post("/enter", data={"code": code}, headers=HTML)
    assert answer.status_code == 200, answer.text
    place = str(answer.url.path).removesuffix("/photos")
    shown = {"grid": client.get(f"{place}/photos", headers=HTML).content}
    assert file_ids[0].encode() in shown["grid"]
    for each in file_ids:
        answer = client.get(f"{place}/photos/{each}", headers=HTML)
        assert answer.status_code == 200, answer.url
        shown[f"{each} page"] = answer.content
    client.cookies.clear()
    return shown


@dataclass(frozen=True)
class Show:
    """An event of files that tell, by their ids, and a guest who may take all."""

    party: Party
    files: Mapping[str, bytes]
    code: dict[str, Any]
    guest: Caller

    def name(self, file_id: str) -> str:
        """What a file was called."""
        return str(self.party.shelf.file(file_id)["name"])


@pytest.fixture
def show(
    installation: Installation,
    alice: Caller,
    program: Callable[..., str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Show]:
    chosen: tuple[Specimen, ...] = request.param
    made = telling.grow(chosen, program("exiftool"), tmp_path / "grown")
    party = Party.of(installation, alice, photos=0)
    ids: dict[str, bytes] = {}
    for some in batched(made.items(), AT_ONCE):
        ids |= {party.shelf.add(body, name)["fileId"]: body for name, body in some}
        installation.work_off()
    beside = make.photo(seed=8)
    ids[party.shelf.add(beside, "beside.jpg", metadata=json.dumps(BESIDE))["fileId"]] = beside
    put = party.host.post(f"{party.path}/files", json={"fileIds": list(ids)})
    assert put.status_code == 200, put.text
    installation.work_off()
    party.look()
    code = party.code("view", "download", sizes=["original", "web"])
    yield Show(party, ids, code, party.enter(code))


@pytest.mark.parametrize("show", [telling.FEW], indirect=True, ids=["few"])
def test_fifteen_files_tell_nothing(show: Show, program: Callable[..., str], tmp_path: Path) -> None:
    check(show, program("exiftool"), tmp_path)


@pytest.mark.torture
@pytest.mark.parametrize("show", [telling.FEW + telling.MORE], indirect=True, ids=["all"])
def test_sixty_files_tell_nothing(show: Show, program: Callable[..., str], tmp_path: Path) -> None:
    assert len(show.files) > 60
    check(show, program("exiftool"), tmp_path)


def check(show: Show, exiftool: str, folder: Path) -> None:
    """Nothing is told; and all is, byte for byte, once the host gives it away."""
    given = {f"{number}{Path(show.name(each)).suffix}": body for number, (each, body) in enumerate(show.files.items())}
    assert len(Haul(files=given).told(exiftool, folder / "before")) == len(given) - 1
    got = haul(show.guest)
    got.texts |= pages(show.party.installation, show.code["accessCode"], list(show.files))
    assert got.spelled() == {}
    assert got.told(exiftool, folder / "after") == {}
    assert not {name: found for name, body in got.texts.items() if (found := TOLD.findall(body))}
    assert len(got.files) > 7 * len(show.files)
    show.party.change(stripLocation=False)
    check_given_away(show)


def check_given_away(show: Show) -> None:
    """Originals come as they were sent, one by one and together, and the place is told."""
    files = show.guest.get("/access/files?limit=200").json()["files"]
    for file in files:
        assert fetched(show.guest, file["original"])[0] == show.files[file["fileId"]], file["name"]
    told = show.guest.post("/access/download", json={"sizes": "original"}).json()
    with zipfile.ZipFile(io.BytesIO(show.guest.client.get(told["url"]).content)) as archive:
        assert {archive.read(name) for name in archive.namelist()} >= set(show.files.values())
    assert sum("latitude" in file for file in files) > len(files) / 3
