"""Everything comes back with the stock programs alone, as docs/vault.md says: by the passphrase, and by the words."""

import io
import os
import pty
import re
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tests.vault_client.households import Household, add

from albumen_client.vault import devices, keys, photos
from albumen_client.vault.exporting import export
from albumen_client.vault.keys import PASS, RECOVERY, Identity, Root
from albumen_client.vault.push import push
from albumen_client.vault.sealing import Plain
from albumen_client.vault.vault import Vault

PASSPHRASE = "correct horse"
REPOSITORY = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("ALBUMEN_CORPUS") or REPOSITORY.parent / "shared" / "corpus")
DOCUMENT = REPOSITORY / "docs" / "vault.md"
COREUTILS = ("base64", "cat", "cut", "head", "mkdir", "printf")
BY_PASSPHRASE, WORDS_TO_KEY, BY_WORDS, ALL_PHOTOS, ONE_PHOTO = range(5)


@cache
def printed() -> list[str]:
    """The commands that the document tells the reader to type, in its order."""
    section = DOCUMENT.read_text().split("## Getting everything back without Albumen")[1].split("\n## ")[0]
    commands = re.findall(r"^ {4,}((?:age|jq|sh) .*)$", section, re.MULTILINE)
    assert len(commands) == 5, commands
    return commands


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory, program: Callable[..., str]) -> str:
    """A PATH on which there is nothing but the stock programs."""
    folder = tmp_path_factory.mktemp("stock")
    for name in ("sh", "age", "jq", *COREUTILS):
        (folder / name).symlink_to(program(name))
    return str(folder)


def run(folder: Path, stock: str, command: str) -> None:
    """Type a command in a folder."""
    typed, known = [f"{stock}/sh", "-c", command], {"PATH": stock}
    done = subprocess.run(typed, cwd=folder, env=known, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def with_passphrase(folder: Path, stock: str, command: str) -> None:
    """Type a command that asks for the passphrase at the terminal, and that passphrase."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execve(f"{stock}/sh", ["sh", "-c", command], {"PATH": stock})  # the child is that program from here on
    asked = b""
    while b"passphrase" not in asked:
        asked += os.read(terminal, 1000)
    os.write(terminal, PASSPHRASE.encode() + b"\n")
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0


def fill(vault: Vault, count: int, real: dict[str, bytes]) -> dict[str, bytes]:
    """Photos with names of all kinds, one of which has a film and one of which is edited."""
    contents = real | {f"IMG {number} é.heic": os.urandom(17 + number * 997) for number in range(count - len(real))}
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


def of_corpus(corpus: Path) -> dict[str, bytes]:
    """Some small real files, where the corpus is there."""
    there = sorted(path for path in corpus.rglob("*") if path.suffix in {".jpg", ".heic", ".mov", ".png"})
    small = [path for path in there if path.stat().st_size < 300_000]
    chosen = {path.read_bytes(): path.name for path in small[:: len(small) // 8 or 1]}
    return {f"{number} {name}": content for number, (content, name) in enumerate(chosen.items())}


def recovered(folder: Path, stock: str) -> dict[str, bytes]:
    run(folder, stock, printed()[ALL_PHOTOS])
    return {path.name: path.read_bytes() for path in (folder / "photos").iterdir()}


@pytest.fixture
def spelled(household: Household) -> str:
    """The 24 words of the household's vault, whose key files are at its host."""
    household.keyring, spelled = keys.create(household.host.vault)
    household.host.put_key(PASS, keys.for_passphrase(household.keyring, PASSPHRASE, 12), None)
    household.host.put_key(RECOVERY, keys.for_words(household.keyring), None)
    return spelled


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.torture)])
def test_stock_programs_get_everything_back(
    household: Household, spelled: str, stock: str, tmp_path: Path, count: int
) -> None:
    """By what is printed in the document, with the passphrase alone, and with the words alone."""
    vault = household.device()
    contents = fill(vault, count, of_corpus(CORPUS) if CORPUS.is_dir() else {})
    assert len(contents) >= count
    by_passphrase, by_words = tmp_path / "one", tmp_path / "other"
    for folder in (by_passphrase, by_words):
        export(vault, folder)
    (by_passphrase / RECOVERY).unlink()
    (by_words / PASS).unlink()
    with_passphrase(by_passphrase, stock, printed()[BY_PASSPHRASE])
    assert recovered(by_passphrase, stock) == contents
    run(by_words, stock, printed()[WORDS_TO_KEY].replace("abandon ability …", spelled))
    run(by_words, stock, printed()[BY_WORDS])
    assert recovered(by_words, stock) == contents


def test_a_key_file_opens_a_photo_directly(household: Household, spelled: str, stock: str, tmp_path: Path) -> None:
    """The last command of the document, with the key file itself in place of the key."""
    vault, content = household.device(), os.urandom(40_000)
    resource = photos.live(vault, add(vault, content)).record.resources[0]
    export(vault, tmp_path / "out")
    typed = printed()[ONE_PHOTO].replace("NAME", resource.signature).replace("SIZE", str(resource.size_bytes))
    with_passphrase(tmp_path / "out", stock, typed.replace("vault.key", "pass.age"))
    assert (tmp_path / "out" / "IMG_1.heic").read_bytes() == content


@pytest.mark.usefixtures("quick_keys")
def test_what_came_after_a_rotation_comes_back_too(household: Household, stock: str, tmp_path: Path) -> None:
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
    with_passphrase(tmp_path / "out", stock, printed()[BY_PASSPHRASE])
    assert recovered(tmp_path / "out", stock) == {"before.jpg": b"before", "after.jpg": b"after"}
