"""What is remembered of refusals."""

import pytest
from tests.installation import TurnableClock

from albumen.kernel.errors import Busy
from albumen.kernel.refusals import Refusals


def test_a_refusal_is_told_again_until_its_time_has_come() -> None:
    clock = TurnableClock(is_stopped=True)
    refusals = Refusals(clock)
    refusals.check("10.0.0.1")
    refusals.remember("10.0.0.1", Busy("Wait a little.", retry_seconds=31))
    clock.advance(seconds=20)
    with pytest.raises(Busy, match="Wait a little") as told:
        refusals.check("10.0.0.1")
    assert told.value.retry_seconds == 11
    refusals.check("10.0.0.2")
    clock.advance(seconds=10)
    refusals.check("10.0.0.1")


def test_what_is_remembered_has_an_end() -> None:
    clock = TurnableClock(is_stopped=True)
    refusals = Refusals(clock)
    for number in range(11_000):
        refusals.remember(f"network {number}", Busy(retry_seconds=31))
    refusals.check("network 10999")
    clock.advance(minutes=1)
    refusals.remember("network 10999", Busy(retry_seconds=31))
    with pytest.raises(Busy):
        refusals.check("network 10999")
