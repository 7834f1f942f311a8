"""Column types."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from albumen.db.base import Moment

DIALECT = sqlite.dialect()


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_keeps_its_milliseconds(moment: datetime) -> None:
    stored = Moment().process_bind_param(moment, DIALECT)
    assert isinstance(stored, int)
    back = Moment().process_result_value(stored, DIALECT)
    assert back is not None
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)


def test_a_moment_is_the_same_in_every_zone() -> None:
    here = datetime(2021, 7, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert Moment().process_bind_param(here, DIALECT) == 1_625_140_800_000
    assert Moment().process_bind_param(None, DIALECT) is None
    assert Moment().process_result_value(None, DIALECT) is None


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(TypeError):
        Moment().process_bind_param(datetime(2021, 7, 1), DIALECT)
