"""Devices that share a vault agree in the end and lose nothing; many more stories in bench/vault_simulator.py."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.vault_client.simulator import play_all

SEEDS = 400
PARTS = 4
MEMORY = Path("/dev/shm")


@pytest.mark.parametrize("part", range(PARTS))
def test_devices_agree_and_lose_nothing(part: int) -> None:
    seeds = range(part * SEEDS // PARTS, (part + 1) * SEEDS // PARTS)
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        assert play_all(seeds, Path(folder)) > len(seeds)
