"""Devices that share a vault agree in the end and lose nothing; many more stories in bench/vault_simulator.py."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.vault_client.simulator import play_all

SEEDS = 250
PARTS = 8
MEMORY = Path("/dev/shm")


@pytest.mark.parametrize(
    "part", [*range(PARTS), *(pytest.param(n, marks=pytest.mark.torture) for n in range(PARTS, 80))]
)
def test_devices_agree_and_lose_nothing(part: int) -> None:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        assert play_all(range(part * SEEDS, (part + 1) * SEEDS), Path(folder)) > SEEDS
