"""A vault of Alice's, and the bytes in the store that belong to vaults."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from tests.installation import Caller, Installation
from tests.vault.sealed import Vault

from albumen.kernel.actor import SYSTEM
from albumen.vault.models import Vault as VaultRow
from albumen.vault.models import VaultBlob, VaultEvent, VaultKey, VaultLink


@pytest.fixture
def vault(alice: Caller) -> Vault:
    return Vault(alice)


@pytest.fixture(autouse=True)
def _as_counted(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test with an installation: what vaults count is what they hold, and no bytes lie about."""
    if "installation" not in request.fixturenames:
        yield
        return
    installation: Installation = request.getfixturevalue("installation")
    yield
    with installation.app.reading(SYSTEM) as unit:
        for vault in unit.db.scalars(select(VaultRow)):
            sums = [
                unit.db.scalar(select(func.sum(table.size_bytes)).where(table.vault_id == vault.id)) or 0
                for table in (VaultBlob, VaultEvent, VaultKey, VaultLink)
            ]
            assert vault.used_bytes == sum(sums)
        keys = set(unit.db.scalars(select(VaultBlob.key)))
    assert set(installation.blobs("vault/")) == keys
    installation.check_counts()
