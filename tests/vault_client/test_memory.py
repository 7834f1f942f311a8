"""The host in memory keeps the contract."""

import pytest
from tests.contracts.vault_remote import VAULT, VaultRemoteContract

from albumen_client.vault.memory import MemoryRemote
from albumen_client.vault.remote import Remote


@pytest.fixture
def remote() -> Remote:
    return MemoryRemote(VAULT)


@pytest.fixture
def again(remote: Remote) -> Remote:
    return remote


class TestMemoryRemote(VaultRemoteContract):
    """In memory."""
