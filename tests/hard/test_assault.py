"""Forms, ranges, resumable uploads and heads that have something wrong in them, on real sockets.

No 5xx, no hang, and whoever asks next, on the same connection or a new one, is answered as ever.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.living import House
from tests.hard.assault import Assault, aims_of

FEW = int(os.environ.get("ALBUMEN_EXCHANGES", "600"))
MANY = int(os.environ.get("ALBUMEN_EXCHANGES", "50000"))
SEED = int(os.environ.get("ALBUMEN_SEED", "1"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    made.start()
    yield made
    made.close()


def check(house: House, assault: Assault, count: int) -> None:
    assault.run(0, count)
    assert not assault.faults, f"{len(assault.faults)} of {count}:\n" + "\n".join(assault.faults[:20])
    assert house.server is not None and house.server.poll() is None
    assert not house.faults()
    assert {200, 206, 400, 404, 412, 415} <= set(assault.statuses), assault.statuses
    assert assault.kept > count / 4, "few connections were kept"


def test_hundreds_of_odd_requests(house: House) -> None:
    check(house, Assault(house, aims_of(house), SEED), FEW)


@pytest.mark.torture
def test_fifty_thousand_odd_requests(house: House) -> None:
    check(house, Assault(house, aims_of(house), SEED + 1, is_timed=True), MANY)
