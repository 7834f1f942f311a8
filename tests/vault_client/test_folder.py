"""A folder as a host keeps the contract, and keeps what it has when it is opened again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contracts.vault_remote import VAULT, VaultRemoteContract

from albumen_client.vault.folder import FolderRemote
from albumen_client.vault.remote import Link, NotOffered


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[FolderRemote]:
    made = FolderRemote(tmp_path, VAULT)
    yield made
    made.close()


@pytest.fixture
def again(remote: FolderRemote, tmp_path: Path) -> Iterator[FolderRemote]:
    made = FolderRemote(tmp_path, VAULT)
    yield made
    made.close()


class TestFolderRemote(VaultRemoteContract):
    """In a folder."""


def test_a_folder_has_no_visitors(remote: FolderRemote) -> None:
    with pytest.raises(NotOffered):
        remote.put_link(Link("id", b"", ()))
