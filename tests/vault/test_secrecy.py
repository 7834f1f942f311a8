"""What the host of a vault stores is searched for everything that only its devices may know, and nothing is found."""

import base64
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from PIL import Image
from tests import make, s3
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

NAME, PLACE, CAMERA, DAY = "wedding-of-ada.jpg", "Reykjavik harbour", "Obscura Nine", "2019:06:28"


def photo() -> bytes:
    """A photo with a camera, a date and a position."""
    exif = Image.Exif()
    exif[0x0110], exif[0x0132], exif[0x8298] = CAMERA, f"{DAY} 12:43:29", PLACE
    content = io.BytesIO()
    Image.effect_noise((320, 240), 90).convert("RGB").save(content, "JPEG", exif=exif, quality=90)
    return content.getvalue()


def secrets_of(content: bytes) -> list[bytes]:
    """What must not be found: words, dates, and stretches of the photo itself, also as text would hold them."""
    words = [NAME.encode(), PLACE.encode(), CAMERA.encode(), DAY.encode(), b"2019-06-28", b"fileName", b"IFD", b"JFIF"]
    stretches = [content[at : at + 12] for at in range(0, len(content) - 12, 997)]
    return [*words, *stretches, *(base64.b64encode(each[:12]) for each in (*words, *stretches) if len(each) >= 9)]


def fill(remote: Remote, folder: Path) -> bytes:
    """Add a photo, edit it, add another and delete that, by one device; another reads it all."""
    household = Household(folder)
    device = household.device(remote)
    content = photo()
    path = folder / NAME
    path.write_bytes(content)
    seen = look(path)
    portrait = replace(seen, fields={**seen.fields, "place": PLACE, "title": "2019-06-28"})
    signature = photos.add(device, [Plain(io.BytesIO(content), "photo", NAME)], portrait)
    push(device)
    photos.edit(device, signature, {"title": PLACE})
    other = photos.add(device, [Plain(io.BytesIO(make.photo()), "photo", f"2-{NAME}")])
    push(device)
    photos.delete(device, other)
    push(device)
    reader = household.device(remote)
    pull(reader)
    saved = folder / "saved.jpg"
    photos.save(reader, photos.live(reader, signature).record.resources[0], saved)
    assert saved.read_bytes() == content
    return content


@pytest.fixture
def remote(installation: Installation) -> Iterator[ServerRemote]:
    with served.served(server.serve(installation.app)) as port:
        headers = credentials(APPLICATION_KEY, "alice")
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as http:
            create_vault(Transport(http), VAULT)
            yield ServerRemote(Transport(http), VAULT)


def test_our_server_learns_nothing(remote: ServerRemote, installation: Installation, tmp_path: Path) -> None:
    below = tmp_path / "device"
    below.mkdir()
    content = fill(remote, below)
    installation.work_off()
    folder = installation.app.settings.data_dir
    stored = {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    assert any(VAULT.encode() in each for each in stored.values()), "the database is among them"
    found = [(each.name, secret) for each, held in stored.items() for secret in secrets_of(content) if secret in held]
    assert found == []
    assert len(installation.blobs("vault/")) >= 2 and installation.blobs() == installation.blobs("vault/")


def test_a_bucket_and_its_tables_learn_nothing(tmp_path: Path) -> None:
    remote = AwsRemote(replace(place_at(s3.moto()), vault=VAULT))
    remote.prepare()
    content = fill(remote, tmp_path)
    objects, tables = remote.objects, remote.tables
    held = [objects.client.get_object(**objects.of(each.signature)) for each in remote.blobs()]
    texts = [repr(each["Metadata"]).encode() + each["Body"].read() for each in held]
    for table in (tables.states, tables.log):
        texts += [repr(item).encode() for item in tables.client.scan(TableName=table)["Items"]]
    assert len(texts) > 5
    assert [secret for text in texts for secret in secrets_of(content) if secret in text] == []
