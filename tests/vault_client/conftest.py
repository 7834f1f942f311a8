"""A household with a vault."""

from pathlib import Path

import pytest
from tests.vault_client.households import Household


@pytest.fixture
def household(tmp_path: Path) -> Household:
    return Household(tmp_path)
