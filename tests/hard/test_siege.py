"""Every route, as every kind of caller, by requests that have something wrong in them: no 5xx, and none hangs."""

import os

import pytest
from tests import make
from tests.hard.siege import Siege
from tests.installation import Installation

from albumen.kernel import ids

COUNT = int(os.environ.get("ALBUMEN_REQUESTS", "200000"))
PARTS = 16
"""What the siege is divided into, so that several processes can share it."""


@pytest.fixture
def siege(installation: Installation) -> Siege:
    sample = installation.caller("owner").library().add(make.photo())["fileId"]
    installation.work_off()
    return Siege(installation, ids.decode(sample))


def test_a_few_hundred_requests(siege: Siege) -> None:
    faults = siege.run(0, 400)
    assert not faults, "\n".join(map(str, faults))
    assert sum(siege.statuses.values()) >= 360
    assert {200, 303, 400, 401, 404} <= set(siege.statuses)


@pytest.mark.faults
@pytest.mark.parametrize("part", range(4))
def test_ten_thousand_requests(siege: Siege, part: int) -> None:
    faults = siege.run(500_000 + part * 2500, 2500)
    assert not faults, "\n".join(map(str, faults[:20]))


@pytest.mark.torture
@pytest.mark.parametrize("part", range(PARTS))
def test_two_hundred_thousand_requests(siege: Siege, part: int) -> None:
    each = COUNT // PARTS
    siege.is_timed = True
    faults = siege.run(1000 + part * each, each)
    assert not faults, f"{len(faults)} of {each}:\n" + "\n".join(map(str, faults[:20]))
