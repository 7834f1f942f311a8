"""A household with a vault, and its commands."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.vault_client.households import SECRET, Household
from typer.testing import CliRunner

from albumen_client.vault import keys
from albumen_client.vault.cli import vault


@pytest.fixture
def household(tmp_path: Path) -> Household:
    return Household(tmp_path)


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key files for a passphrase that are made in milliseconds; `test_key_files` sees what is asked for otherwise."""
    monkeypatch.setattr(keys.for_passphrase, "__defaults__", (10,))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_keys: None) -> Callable[..., str]:
    """Run a command as a device, and give what it says."""
    monkeypatch.setenv("ALBUMEN_VAULT_PASSPHRASE", SECRET)

    def call(who: str, *command: object, ends: int = 0, typed: str = "") -> str:
        words = [str(each) for each in command]
        result = CliRunner().invoke(vault, [*words, "--home", str(tmp_path / who)], input=typed)
        assert result.exit_code == ends, result.output
        assert ends != 1 or "albumen: " in result.output, "a problem is told, not thrown"
        return result.output

    return call
