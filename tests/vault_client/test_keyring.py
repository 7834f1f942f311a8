"""Keys in the keyring of the system: a device works from there, learns there, and comes back to its file."""

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from albumen_client.vault.cli import vault
from albumen_client.vault.home import KeyFile
from albumen_client.vault.keys import Root

keyring = pytest.importorskip("keyring")
files = pytest.importorskip("keyrings.alt.file")
Run = Callable[..., str]


@pytest.fixture
def locker(tmp_path: Path) -> Iterator[Path]:
    """The file of a keyring that keeps its words in one."""
    before, backend = keyring.get_keyring(), files.PlaintextKeyring()
    backend.file_path = str(tmp_path / "keyring.cfg")
    keyring.set_keyring(backend)
    yield tmp_path / "keyring.cfg"
    keyring.set_keyring(before)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_keys: None) -> Run:
    """Run a command as the device, and give what it says."""
    monkeypatch.setenv("ALBUMEN_VAULT_PASSPHRASE", "eight words are better than these")

    def call(*command: object, ends: int = 0) -> str:
        result = CliRunner().invoke(vault, [*map(str, command), "--home", str(tmp_path / "home")])
        assert result.exit_code == ends, result.output
        return result.output

    return call


def test_keys_move_to_the_keyring_and_back(run: Run, locker: Path, tmp_path: Path) -> None:
    home, path = tmp_path / "home", tmp_path / "home" / "keys.json"
    run("create", tmp_path / "host")
    before = json.loads(path.read_text())
    assert "in the keyring" in run("keys", "--to", "keyring")
    kept = path.read_text()
    assert before["secret"] not in kept and before["roots"][0] not in kept
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "0 photos" in run("status")
    learned = Root.new()
    KeyFile.open(home).learn(learned)
    assert [root.content for root in KeyFile.open(home).keyring.roots][1:] == [learned.content]

    assert "in the file" in run("keys", "--to", "file")
    after = json.loads(path.read_text())
    assert {**after, "roots": after["roots"][:1]} == before
    assert before["device"] not in locker.read_text()


def test_a_keyring_that_lost_the_keys_is_said(run: Run, locker: Path, tmp_path: Path) -> None:
    run("create", tmp_path / "host")
    run("keys", "--to", "keyring")
    locker.unlink()
    assert "does not have the keys" in run("status", ends=1)
