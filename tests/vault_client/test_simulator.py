"""Devices that share a vault agree in the end and lose nothing; many more stories in bench/vault_simulator.py."""

from pathlib import Path

import pytest
from tests.vault_client.simulator import play_all

SEEDS = 600
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_devices_agree_and_lose_nothing(part: int, tmp_path: Path) -> None:
    seeds = range(part * SEEDS // PARTS, (part + 1) * SEEDS // PARTS)
    assert play_all(seeds, tmp_path) > len(seeds)
