"""A guest's download of five gigabytes, cut off at fifty places and taken up again: the same bytes, none staged."""

import hashlib
import os
import random
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from tests import rows
from tests.events.party import Party
from tests.faults.living import House
from tests.installation import Installation, wait_until

from albumen.assets.stripped.models import Stripped
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.pieces import Pieces, size_of
from albumen.libraries.models import Original
from albumen.media.guard import Guard
from albumen.media.stripping.strip import RECIPE

SECRET = "a-secret-for-trials-of-downloads"
FILES = 50
FILE_BYTES = 104_857_601
CUTS = 50
MOST_RSS_KB = 150 * 1024


@pytest.mark.torture
def test_a_download_cut_off_at_fifty_places(
    house: House, guard: Guard, program: Callable[..., str], tell: Callable[[str], None]
) -> None:
    party_code = _furnish(house, guard)
    house.settings["ALBUMEN_SECRET"] = SECRET
    house.start()
    kept = house.stored()
    url, size_bytes = _granted(house, party_code)
    whole = _uncut(program, url)
    file = house.folder / "all.zip"
    cuts = _cut_and_resumed(program, url, file, size_bytes)
    assert file.stat().st_size == size_bytes
    assert _digest(file) == whole
    assert (house.spools(), house.stored()) == ([], kept)
    peak_kb = _peak_kb(house)
    tell(f"a ZIP of {size_bytes / 1e9:.1f} GB, cut off {cuts} times: the server's most memory {peak_kb // 1024} MB")
    assert cuts == CUTS
    assert peak_kb <= MOST_RSS_KB
    for command in (("unzip", "-tqq"), ("7z", "t")):
        subprocess.run([program(command[0]), command[1], file], check=True, capture_output=True)
    file.unlink()
    assert not [line for line in house.faults() if "request failed" in line]


def _furnish(house: House, guard: Guard) -> str:
    """An event of large photos that were never stored in full; a code to it."""
    installation = Installation.at(house.data, guard, secret=SECRET)
    party = Party.of(installation, installation.caller("ann"), photos=0)
    root = installation.caller("ann").get(f"{party.shelf.library}/folders", params={"parent": ""}).json()[0]
    added = rows.fill(installation, root["folderId"], FILES)
    _grow(installation)
    told = {"fileIds": [ids.encode(each) for each in added]}
    assert party.host.post(f"{party.path}/files", json=told).status_code == 200
    party.look()
    code: dict[str, Any] = party.code("view", "download", sizes=["original"])
    installation.close()
    return str(code["accessCode"])


def _grow(installation: Installation) -> None:
    """Give every original bytes of its own, mostly a hole in the disk, and a form of all but a few of these."""
    pieces: Pieces = (b"stripped", (1000, FILE_BYTES - 500), 100)
    with installation.app.writing(SYSTEM) as unit:
        for original in unit.db.scalars(select(Original)):
            head = os.urandom(1 << 20)
            with installation.app.blobs.spool() as spool:
                spool.write(head)
                os.ftruncate(spool.fileno(), FILE_BYTES)
                spool.size_bytes = FILE_BYTES
                installation.app.blobs.put(original.key, spool)
            hole = bytes(FILE_BYTES - len(head) - 500 + 100)
            crc32 = zlib.crc32(hole, zlib.crc32(b"stripped" + head[1000:]))
            original.size_bytes = FILE_BYTES
            unit.db.add(
                Stripped(
                    signature=original.signature,
                    recipe=RECIPE,
                    pieces=msgspec.msgpack.encode(pieces),
                    size_bytes=size_of(pieces),
                    crc32=crc32,
                    made_at=unit.now,
                )
            )


def _granted(house: House, code: str) -> tuple[str, int]:
    caller = house.caller()
    caller.headers.clear()
    token = caller.post("/v1/access", {"accessCode": code}).json["token"]
    caller.headers["Authorization"] = f"Bearer {token}"
    offer = caller.post("/v1/access/download", {})
    assert offer.status == 200, offer
    assert offer.json["fileCount"] == FILES
    return f"http://127.0.0.1:{house.port}{offer.json['url']}", offer.json["sizeBytes"]


def _uncut(program: Callable[..., str], url: str) -> str:
    """The digest of the download in one go."""
    digest = hashlib.sha256()
    with subprocess.Popen([program("curl"), "-sSf", url], stdout=subprocess.PIPE) as curl:
        assert curl.stdout is not None
        while block := curl.stdout.read(1 << 20):
            digest.update(block)
    assert curl.returncode == 0
    return digest.hexdigest()


def _cut_and_resumed(program: Callable[..., str], url: str, file: Path, size_bytes: int) -> int:
    """Kill curl as soon as it has come to each of some places, and let another go on; how often it was killed."""
    dice, cuts = random.Random(5), 0
    command = [program("curl"), "-sSf", "-C", "-", "-o", str(file), url]
    for place in sorted(dice.sample(range(size_bytes - (200 << 20)), CUTS)):
        curl = subprocess.Popen(command)
        wait_until(lambda place=place: file.exists() and file.stat().st_size >= place, "the next cut", 120)  # type: ignore[misc]  # a bound lambda
        cuts += curl.poll() is None
        curl.kill()
        curl.wait()
    subprocess.run(command, check=True)
    return cuts


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _peak_kb(house: House) -> int:
    """The most memory the server's own process held since its start."""
    assert house.server is not None
    status = Path(f"/proc/{house.server.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])
