"""A household with a vault."""

from pathlib import Path

import pytest
from tests.vault_client.households import Household

from albumen_client.vault import keys


@pytest.fixture
def household(tmp_path: Path) -> Household:
    return Household(tmp_path)


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key files for a passphrase that are made in milliseconds; `test_key_files` sees what is asked for otherwise."""
    monkeypatch.setattr(keys.for_passphrase, "__defaults__", (10,))
