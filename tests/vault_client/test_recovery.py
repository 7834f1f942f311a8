"""Everything comes back with the stock programs alone: by the passphrase, and by the 24 words."""

import io
import os
import pty
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.vault_client.households import Household, add

from albumen_client.vault import devices, keys, photos
from albumen_client.vault.exporting import export
from albumen_client.vault.keys import PASS, RECOVERY, Identity, Root
from albumen_client.vault.push import push
from albumen_client.vault.sealing import Plain
from albumen_client.vault.vault import Vault

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("age", "jq", "head"))), reason="age, jq and head are not all there"
)
PASSPHRASE = "correct horse"


def run(folder: Path, *command: str) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=300).stdout


def with_passphrase(folder: Path, *command: str) -> None:
    """Run a program that asks for the passphrase at the terminal, and type it there."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvp(command[0], command)  # the child is that program from here on
    asked = b""
    while b"passphrase" not in asked:
        asked += os.read(terminal, 1000)
    os.write(terminal, PASSPHRASE.encode() + b"\n")
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0


def fill(vault: Vault, count: int) -> dict[str, bytes]:
    """Photos with names of all kinds, one of which has a film and one of which is edited."""
    contents = {f"IMG {number} é.heic": os.urandom(17 + number * 997) for number in range(count)}
    for name, content in contents.items():
        photos.add(vault, [Plain(io.BytesIO(content), "photo", name)])
    contents["IMG.mov"] = os.urandom(150_000)
    still = Plain(io.BytesIO(b"still"), "photo", "STILL.heic")
    contents["STILL.heic"] = b"still"
    moving = photos.add(vault, [still, Plain(io.BytesIO(contents["IMG.mov"]), "pairedVideo", "IMG.mov")])
    push(vault)
    photos.edit(vault, moving, {"title": "Reykjavík"})
    photos.delete(vault, add(vault, name="deleted.jpg"))
    push(vault)
    return contents


def recovered(folder: Path) -> dict[str, bytes]:
    run(folder, "sh", "recover.sh", "vault.key", "photos")
    return {path.name: path.read_bytes() for path in (folder / "photos").iterdir()}


@pytest.mark.parametrize("count", [4, pytest.param(200, marks=pytest.mark.torture)])
def test_stock_programs_get_everything_back(household: Household, tmp_path: Path, count: int) -> None:
    household.keyring, spelled = keys.create(household.host.vault)
    vault = household.device()
    household.host.put_key(PASS, keys.for_passphrase(household.keyring, PASSPHRASE, 12), None)
    household.host.put_key(RECOVERY, keys.for_words(household.keyring), None)
    contents = fill(vault, count)
    by_passphrase, by_words = tmp_path / "one", tmp_path / "other"
    for folder in (by_passphrase, by_words):
        export(vault, folder)
    with_passphrase(by_passphrase, "age", "-d", "-o", "vault.key", "pass.age")
    assert recovered(by_passphrase) == contents
    key = run(by_words, "jq", "-rn", "--rawfile", "list", "words.txt", "--arg", "words", spelled, "-f", "words.jq")
    (by_words / "words.key").write_text(key)
    (by_words / "vault.key").write_text(run(by_words, "age", "-d", "-i", "words.key", "recovery.age"))
    assert recovered(by_words) == contents


def test_a_key_file_opens_a_photo_directly(household: Household, tmp_path: Path) -> None:
    vault = household.device()
    (tmp_path / "pass.age").write_bytes(keys.for_passphrase(household.keyring, PASSPHRASE, 10))
    asset = photos.live(vault, add(vault, b"one photo"))
    blob = asset.record.resources[0].blob
    (tmp_path / "blob").write_bytes(household.host.contents[blob.signature][1])
    with_passphrase(tmp_path, "age", "-d", "-i", "pass.age", "-o", "plain", "blob")
    assert (tmp_path / "plain").read_bytes()[:9] == b"one photo"


def test_what_came_after_a_rotation_comes_back_too(household: Household, tmp_path: Path) -> None:
    vault = household.device()
    devices.announce(vault, devices.introduction(vault))
    lost = Identity.new()
    told = {"add": {"id": "lost", "name": "lost", "recipient": lost.recipient}}
    devices.announce(vault, told)
    add(vault, b"before", "before.jpg")
    devices.revoke(vault, "lost", PASSPHRASE)
    add(vault, b"after", "after.jpg")
    assert len(vault.holder.keyring.roots) == 2 and isinstance(vault.root, Root)
    export(vault, tmp_path / "out")
    with_passphrase(tmp_path / "out", "age", "-d", "-o", "vault.key", "pass.age")
    assert recovered(tmp_path / "out") == {"before.jpg": b"before", "after.jpg": b"after"}
