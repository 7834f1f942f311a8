"""What the host of a vault stores is searched for everything that only its devices may know, and nothing is found."""

import base64
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx2
import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD
from tests import s3
from tests.http import served
from tests.installation import APPLICATION_KEY, Installation
from tests.vault.test_aws_remote import place_at
from tests.vault_client.households import VAULT, Household

from albumen import server
from albumen_client.client import credentials
from albumen_client.transport import Transport
from albumen_client.vault import photos
from albumen_client.vault.aws import AwsRemote
from albumen_client.vault.looking import look
from albumen_client.vault.pull import pull
from albumen_client.vault.push import push
from albumen_client.vault.remote import Remote
from albumen_client.vault.sealing import Plain
from albumen_client.vault.server import ServerRemote, create_vault

NAME, PLACE, CAMERA, DAY = "wedding-of-ada", "Reykjavik harbour", "Obscura Nine", "2019:06:28"
WORDS = [
    NAME,
    PLACE,
    CAMERA,
    DAY,
    DAY.replace(":", "-"),
    "64.147",
    "fileName",
    "takenAt",
    '"latitude":',
    "JFIF",
    "WEBPVP8",
]
STRETCH = 12
COUNTS = [6, pytest.param(200, marks=pytest.mark.torture)]


def photo() -> bytes:
    """A photo with a camera, a date and a position, whose pixels are like no other's."""
    exif = Image.Exif()
    exif[0x0110], exif[0x0132], exif[0x8298] = CAMERA, f"{DAY} 12:43:29", PLACE
    exif.get_ifd(IFD.GPSInfo).update({GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (64.0, 8.0, 49.2)})
    exif.get_ifd(IFD.GPSInfo).update({GPS.GPSLongitudeRef: "W", GPS.GPSLongitude: (21.0, 56.0, 24.0)})
    content = io.BytesIO()
    Image.effect_noise((96, 72), 90).convert("RGB").save(content, "JPEG", exif=exif, quality=90)
    return content.getvalue()


def spellings(word: str) -> Iterator[bytes]:
    """A word as bytes, wide characters, hex, and base64 wherever it may begin in that."""
    plain = word.encode()
    yield from (plain, plain.upper(), word.encode("utf-16-le"), plain.hex().encode())
    for shift in range(3):
        sealed = base64.b64encode(b"\0" * shift + plain).rstrip(b"=")
        yield sealed[-(-shift * 8 // 6) : -1]


@dataclass
class Secrets:
    """What must not be found: words, and stretches of photos, thumbnails and the pixels of these."""

    words: list[bytes] = field(default_factory=lambda: [each for word in WORDS for each in spellings(word)])
    stretches: set[bytes] = field(default_factory=set)

    def learn(self, content: bytes) -> None:
        """Take in a picture: some of its bytes, and the beginnings of some of its rows of pixels."""
        with Image.open(io.BytesIO(content)) as image:
            rows = image.tobytes()
            at = [(2 * row + 1) * image.width * 3 for row in range(3)]
        self.stretches |= {rows[start : start + STRETCH] for start in at}
        self.stretches |= {content[part * len(content) // 10 :][:STRETCH] for part in (5, 7, 9)}

    def found_in(self, stored: bytes) -> list[bytes]:
        """Those that are there, in the open or in base64."""
        found = [word for word in self.words if word in stored]
        for text in (stored, *decoded(stored)):
            there = {text[at : at + STRETCH] for at in range(len(text) - STRETCH + 1)}
            found += self.stretches & there
        return found


def decoded(stored: bytes) -> Iterator[bytes]:
    """All that may be base64, decoded."""
    for run in re.findall(rb"[A-Za-z0-9+/]{40,}", stored):
        for shift in range(4):
            yield base64.b64decode(run[shift:][: (len(run) - shift) // 4 * 4])


def fill(remote: Remote, folder: Path, count: int) -> Secrets:
    """Add photos, edit one, delete one, by one device; another reads what is left."""
    household, secrets = Household(folder), Secrets()
    device, contents = household.device(remote), {}
    for number in range(count):
        content, path = photo(), folder / f"{NAME}-{number}.jpg"
        path.write_bytes(content)
        seen = look(path)
        assert seen.fields["takenAt"].startswith("2019-06-28") and "place" in seen.fields and seen.thumbnails
        portrait = replace(seen, fields={**seen.fields, "title": f"{PLACE} {DAY}"})
        contents[photos.add(device, [Plain(io.BytesIO(content), "photo", path.name)], portrait)] = content
        for each in (content, *(thumbnail.content.getvalue() for thumbnail in seen.thumbnails)):  # type: ignore[attr-defined]  # in memory
            secrets.learn(each)
    push(device)
    gone, kept, *_ = contents
    photos.edit(device, kept, {"title": CAMERA})
    photos.delete(device, gone)
    push(device)
    _read(household.device(remote), kept, folder / "saved.jpg", contents[kept])
    return secrets


def _read(reader: object, signature: str, path: Path, content: bytes) -> None:
    pull(reader)  # type: ignore[arg-type]  # a vault
    photos.save(reader, photos.live(reader, signature).record.resources[0], path)  # type: ignore[arg-type]  # a vault
    assert path.read_bytes() == content


@pytest.fixture
def remote(installation: Installation) -> Iterator[ServerRemote]:
    with served.served(server.serve(installation.app)) as port:
        headers = credentials(APPLICATION_KEY, "alice")
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as http:
            create_vault(Transport(http), VAULT)
            yield ServerRemote(Transport(http), VAULT)


def nothing_of(secrets: Secrets, stored: Mapping[str, bytes]) -> bool:
    """Whether no secret is stored; fails by saying where one is."""
    found = {name: there for name, held in stored.items() if (there := secrets.found_in(held))}
    assert found == {}
    return True


@pytest.mark.parametrize("hides", [bytes, base64.b64encode, lambda held: b"xy" + base64.b64encode(b"abc" + held)])
def test_the_search_is_not_blind(hides: Callable[[bytes], bytes]) -> None:
    content, secrets = photo(), Secrets()
    secrets.learn(content)
    found = secrets.found_in(hides(content))
    assert len(secrets.stretches & set(found)) == 3
    for word in (CAMERA, PLACE, DAY):
        assert set(spellings(word)) & set(found)


@pytest.mark.parametrize("count", COUNTS)
def test_our_server_learns_nothing(
    remote: ServerRemote, installation: Installation, tmp_path: Path, capfd: pytest.CaptureFixture[str], count: int
) -> None:
    below = tmp_path / "device"
    below.mkdir()
    secrets = fill(remote, below, count)
    installation.work_off()
    folder = installation.app.settings.data_dir
    stored = {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    assert any(VAULT.encode() in each for each in stored.values()), "the database is among them"
    said = capfd.readouterr()
    stored["log"] = (said.out + said.err).encode()
    assert b"/v1/vaults/" in stored["log"], "the log of requests is among them"
    assert nothing_of(secrets, stored)
    assert len(installation.blobs("vault/")) >= count and installation.blobs() == installation.blobs("vault/")


@pytest.mark.parametrize("count", COUNTS)
def test_a_bucket_and_its_tables_learn_nothing(tmp_path: Path, count: int) -> None:
    remote = AwsRemote(replace(place_at(s3.moto()), vault=VAULT))
    remote.prepare()
    secrets = fill(remote, tmp_path, count)
    objects, tables = remote.objects, remote.tables
    where = {"Bucket": objects.bucket, "Prefix": objects.prefix}
    stored = {}
    for page in objects.client.get_paginator("list_objects_v2").paginate(**where):
        for each in page["Contents"]:
            held = objects.client.get_object(Bucket=objects.bucket, Key=each["Key"])
            stored[each["Key"]] = repr(held["Metadata"]).encode() + held["Body"].read()
    for table in (tables.states, tables.log):
        for page in tables.client.get_paginator("scan").paginate(TableName=table):
            stored |= {f"{table} {len(stored)}": repr(item).encode() for item in page["Items"]}
    assert len(stored) > 2 * count
    assert nothing_of(secrets, stored)
