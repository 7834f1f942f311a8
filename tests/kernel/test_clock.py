"""Times as they are written."""

from datetime import UTC, datetime, timedelta, timezone

from albumen.kernel.clock import iso, system_clock


def test_times_are_written_in_utc_with_milliseconds() -> None:
    moment = datetime(2019, 6, 28, 14, 43, 29, 999_999, timezone(timedelta(hours=2)))
    assert iso(moment) == "2019-06-28T12:43:29.999Z"
    assert iso(datetime(2019, 6, 28, tzinfo=UTC)) == "2019-06-28T00:00:00.000Z"


def test_the_clock_is_aware() -> None:
    assert system_clock().utcoffset() == timedelta(0)
