"""Times as files write them, in names, and settled into moments."""

from datetime import UTC, datetime, timedelta

import pytest

from albumen.media import times
from albumen.media.facts import Taken, most_trusted

NOON = datetime(2019, 6, 28, 12, 43, 29)


@pytest.mark.parametrize(
    ("text", "local", "offset"),
    [
        ("2019:06:28 12:43:29", NOON, None),
        ("2019:06:28 12:43:29\n ", NOON, None),
        ("2019-06-28T12:43:29Z", NOON, 0),
        ("2019-06-28T12:43:29.5+05:30", NOON.replace(microsecond=500_000), 330),
        ("2019/06/28 12:43:29 -0430", NOON, -270),
        ("2019:06:28 12:43:60", NOON.replace(second=59), None),
        ("2019-06-28", datetime(2019, 6, 28), None),
        ("2019-06", datetime(2019, 6, 1), None),
        ("1975", datetime(1975, 1, 1), None),
        ("Fri Jun 28 12:43:29 2019", NOON, None),
    ],
)
def test_stamps(text: str, local: datetime, offset: int | None) -> None:
    assert times.stamp(text, "s") == Taken(local, offset, "s")


@pytest.mark.parametrize(
    "text",
    ["", "0000:00:00 00:00:00", "2019:13:01 00:00:00", "2019:02:30 00:00:00", "1825:12:31 00:00:00", "soon", "20:19"],
)
def test_nonsense_is_no_time(text: str) -> None:
    assert times.stamp(text, "s") is None


def test_tomorrow_may_be_another_zone_but_not_later() -> None:
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    assert times.stamp((now + timedelta(hours=20)).isoformat(), "s")
    assert times.stamp((now + timedelta(days=2)).isoformat(), "s") is None


@pytest.mark.parametrize(
    ("name", "local"),
    [
        ("IMG_20190628_124329.jpg", NOON),
        ("PXL_20190628_124329123.MP.jpg", NOON),
        ("2019-06-28 12.43.29.jpg", NOON),
        ("Screenshot 2019-06-28 at 12.43.29.png", NOON),
        ("Screenshot_2019-06-28-12-43-29.png", NOON),
        ("signal-2019-06-28-124329.jpg", NOON),
        ("IMG-20190628-WA0001.jpg", datetime(2019, 6, 28)),
        ("2019-06-28.jpg", datetime(2019, 6, 28)),
        ("DSC_1234.jpg", None),
        ("IMG_20191399_124329.jpg", None),
        ("1234567890123456.jpg", None),
        ("00010203.jpg", None),
    ],
)
def test_names(name: str, local: datetime | None) -> None:
    taken = times.in_name(name)
    assert (taken and taken.local) == local
    assert taken is None or taken.source == "name"


def test_quicktimes_zero_is_unknown() -> None:
    assert times.from_utc(datetime(1904, 1, 1, tzinfo=UTC), "container:x") is None
    assert times.from_utc(datetime(1970, 1, 1, tzinfo=UTC), "container:x") is None


def settled(
    taken: Taken, place: tuple[float, float] | None = None, zone: str = "Europe/Berlin"
) -> tuple[str, int, str]:
    latitude, longitude = place or (None, None)
    moment = times.resolve(taken, latitude, longitude, zone)
    assert moment.utc == (moment.local - timedelta(minutes=moment.offset_minutes)).replace(tzinfo=UTC)
    return moment.utc.strftime("%m-%d %H:%M"), moment.offset_minutes, moment.zone_source


TOKYO = (35.68, 139.69)


def test_the_files_own_offset_comes_first() -> None:
    assert settled(Taken(NOON, -240, "exif:DateTimeOriginal"), TOKYO) == ("06-28 16:43", -240, "file")


def test_then_the_place_then_the_library() -> None:
    taken = Taken(NOON, None, "exif:DateTimeOriginal")
    assert settled(taken, TOKYO) == ("06-28 03:43", 540, "gps")
    assert settled(taken) == ("06-28 10:43", 120, "library")
    assert settled(taken, zone="No/Where") == ("06-28 12:43", 0, "library")


def test_what_counts_in_utc_gets_the_clock_of_the_place() -> None:
    taken = Taken(NOON, 0, "container:creation_time")
    assert settled(taken, TOKYO) == ("06-28 12:43", 540, "gps")
    assert settled(taken) == ("06-28 12:43", 120, "library")
    assert times.resolve(taken, *TOKYO, "UTC").local == datetime(2019, 6, 28, 21, 43, 29)


def test_skipped_and_repeated_hours_are_read_as_before_the_change() -> None:
    assert settled(Taken(datetime(2019, 10, 27, 2, 30), None, "x"))[:2] == ("10-27 00:30", 120)
    assert settled(Taken(datetime(2019, 3, 31, 2, 30), None, "x"))[:2] == ("03-31 01:30", 60)


def test_a_date_borrows_the_offset_of_another_with_the_same_clock() -> None:
    own, other = Taken(NOON, None, "exif:DateTimeOriginal"), Taken(NOON, 120, "xmp:xmp:CreateDate")
    assert most_trusted([other, own]) == Taken(NOON, 120, "exif:DateTimeOriginal")
    assert most_trusted([Taken(datetime(2020, 1, 1), 60, "xmp:x"), own]) == own
