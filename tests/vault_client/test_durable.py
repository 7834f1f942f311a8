"""What a device or a folder rests on is on the disk before: its bytes, and then its name."""

import os
from pathlib import Path

import pytest
from tests import make
from tests.vault_client.households import VAULT, Household, add, resource_of

from albumen_client.vault import following
from albumen_client.vault.folder import FolderRemote
from albumen_client.vault.home import KeyFile, Place
from albumen_client.vault.keys import Identity, Root


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, frozenset[str]]]:
    """What was brought to the disk, one after the other; of a folder with the names that it had then."""
    seen: list[tuple[Path, frozenset[str]]] = []
    really = os.fsync

    def fsync(fd: int) -> None:
        path = Path(f"/proc/self/fd/{fd}").readlink()
        seen.append((path, frozenset(each.name for each in path.iterdir()) if path.is_dir() else frozenset()))
        really(fd)

    monkeypatch.setattr(os, "fsync", fsync)
    return seen


def test_what_is_brought_is_on_the_disk_before_it_is_remembered(
    household: Household, tmp_path: Path, synced: list[tuple[Path, frozenset[str]]]
) -> None:
    """Else it is gone after a power cut, is remembered as being here, and so is deleted in the vault."""
    add(household.device(), make.photo(), "one.jpg")
    here = tmp_path / "here"
    here.mkdir()
    assert following.sync(household.device(), here).brought == 1
    of_here = [(path.relative_to(tmp_path), names) for path, names in synced if path.is_relative_to(here)]
    assert of_here[0][0].parent == Path("here") and of_here[0][0].suffix == ".part"
    assert of_here[1] == (Path("here"), frozenset({"one.jpg"}))


def test_a_folder_that_is_a_host_has_a_file_on_its_disk_before_it_says_so(
    household: Household, tmp_path: Path, synced: list[tuple[Path, frozenset[str]]]
) -> None:
    host = FolderRemote(tmp_path / "host", VAULT)
    vault = household.device(host)
    blob = resource_of(vault, add(vault)).blob
    host.close()
    assert [names for path, names in synced if path.name == "blobs"] == [{blob.signature}]


def test_keys_that_were_learned_are_on_the_disk(
    household: Household, tmp_path: Path, synced: list[tuple[Path, frozenset[str]]]
) -> None:
    home = tmp_path / "home"
    file = KeyFile.create(home, Place("host", VAULT), "a device", (household.keyring, Identity.new()))
    file.learn(Root.new())
    assert synced == [(home / "keys.part", frozenset()), (home, frozenset({"keys.json"}))] * 2
