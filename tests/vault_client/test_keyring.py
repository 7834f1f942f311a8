"""Keys in the keyring of the system: a device works from there, learns there, and comes back to its file."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keyring
import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from keyring.backends import chainer, fail, null
from keyrings.alt import file as files  # type: ignore[import-untyped]  # it has no types
from keyrings.alt import file_base
from typer.testing import CliRunner

from albumen_client.vault.cli import vault
from albumen_client.vault.home import KeyFile
from albumen_client.vault.keys import Root

Run = Callable[..., str]


InFile: Any = file_base.Keyring
Refusing: Any = fail.Keyring
Forgetting: Any = null.Keyring
Several: Any = chainer.ChainerBackend


class Sealed(InFile):  # type: ignore[misc]  # it has no types
    """A keyring in a file, under a key that only this process knows."""

    priority = 0
    filename, scheme, version = "sealed.cfg", "ChaCha20-Poly1305", "1.0"
    cipher = ChaCha20Poly1305(ChaCha20Poly1305.generate_key())

    def encrypt(self, password: bytes, assoc: bytes | None = None) -> bytes:
        nonce = os.urandom(12)
        return nonce + self.cipher.encrypt(nonce, password, assoc)

    def decrypt(self, password_encrypted: bytes, assoc: bytes | None = None) -> bytes:
        return self.cipher.decrypt(password_encrypted[:12], password_encrypted[12:], assoc)


@pytest.fixture
def locker(tmp_path: Path) -> Iterator[Path]:
    """The file of a keyring that seals what it is given."""
    backend = Sealed()
    backend.file_path = str(tmp_path / "keyring.cfg")
    with chosen(backend):
        yield tmp_path / "keyring.cfg"


@contextmanager
def chosen(backend: Any) -> Iterator[None]:
    """Have the system's keyring be this one."""
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield
    finally:
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


class Chain(Several):  # type: ignore[misc]  # it has no types
    """Several keyrings, of which the first is in the clear."""

    priority = 0
    backends: tuple[Any, ...] = ()


@pytest.mark.parametrize("kind", ["plain", "chain", "fail", "null"])
def test_a_keyring_that_hides_or_keeps_nothing_is_refused(run: Run, tmp_path: Path, kind: str) -> None:
    plain, chain = files.PlaintextKeyring(), Chain()
    plain.file_path, chain.backends = str(tmp_path / "keyring.cfg"), (plain, Sealed())
    run("create", tmp_path / "host")
    before = (tmp_path / "home" / "keys.json").read_bytes()
    with chosen({"plain": plain, "chain": chain, "fail": Refusing(), "null": Forgetting()}[kind]):
        assert "--to file" in run("keys", "--to", "keyring", ends=1)
    assert (tmp_path / "home" / "keys.json").read_bytes() == before
    assert not (tmp_path / "keyring.cfg").exists()
