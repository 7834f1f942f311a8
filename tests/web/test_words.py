"""How times, sizes and facts are written."""

from datetime import date, datetime

import pytest

from albumen.media.facts import Facts
from albumen.web import ratios, words


def test_dates() -> None:
    when = datetime(2019, 6, 28, 9, 5)
    assert words.day(when) == "Friday, 28 June 2019"
    assert words.plain_day(date(2020, 2, 1)) == "1 February 2020"
    assert words.month(when) == "June 2019"
    assert words.clock(when) == "09:05"


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (0, ""), (0.2, "0:01"), (7, "0:07"), (750, "12:30"), (3723.4, "1:02:03")]
)
def test_lengths(seconds: float | None, text: str) -> None:
    assert words.length(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (3_100_000, "3.1 MB"), (999_600, "1.0 MB"), (245_000_000_000, "245 GB")],
)
def test_sizes(count: int, text: str) -> None:
    assert words.size(count) == text


def test_frame_is_counted_in_megapixels() -> None:
    assert words.frame(4032, 3024) == "4032 × 3024 · 12.2 MP"
    assert words.frame(100, 80) == "100 × 80"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.004, "1/250 s"), (1 / 60, "1/60 s"), (0.0001, "1/10000 s"), (0.5, "0.5 s"), (30, "30 s")]
)
def test_shutter(seconds: float, text: str) -> None:
    assert words.shutter(seconds) == text


def test_exposure_tells_what_is_known() -> None:
    outside = {"kind": "jpeg", "mime": "image/jpeg", "is_video": False, "width": 3, "height": 2}
    blank = Facts(**outside, stored_width=3, stored_height=2)  # type: ignore[arg-type]  # each is right
    assert words.exposure(blank) == ""
    full = Facts(
        **outside,  # type: ignore[arg-type]  # each is right
        stored_width=3,
        stored_height=2,
        exposure_seconds=1 / 250,
        aperture=2.8,
        iso=400,
        focal_length_mm=35.0,
    )
    assert words.exposure(full) == "1/250 s · f/2.8 · ISO 400 · 35 mm"


@pytest.mark.parametrize(("minutes", "text"), [(0, "UTC"), (120, "UTC+2"), (-210, "UTC−3:30"), (345, "UTC+5:45")])
def test_offsets(minutes: int, text: str) -> None:
    assert words.offset(minutes) == text


def test_places() -> None:
    assert words.place(54.18381, 7.88907) == "54.1838° N, 7.8891° E"
    assert words.place(-33.8568, -70.5) == "33.8568° S, 70.5000° W"


@pytest.mark.parametrize(
    ("make", "model", "text"),
    [
        ("Canon", "Canon EOS 20D", "Canon EOS 20D"),
        ("NIKON CORPORATION", "NIKON D100", "NIKON D100"),
        ("Sony", "D6503", "Sony D6503"),
        (None, "D6503", "D6503"),
        ("Sony", None, "Sony"),
        (None, None, ""),
    ],
)
def test_camera_says_its_make_once(make: str | None, model: str | None, text: str) -> None:
    assert words.camera(make, model) == text


def test_source_of_a_date_is_told_even_where_it_is_new() -> None:
    assert words.source("exif:DateTimeOriginal") == "from the camera (Exif)"
    assert words.source("exif:GPS") == "from the satellites (GPS)"
    assert words.source("tomorrow") == "from tomorrow"
    assert words.source(None) == ""


@pytest.mark.parametrize(("width", "height"), [(4032, 3024), (3024, 4032), (1620, 1080), (1000, 1000), (5000, 1000)])
def test_ratio_is_kept_within_its_step(width: int, height: int) -> None:
    assert ratios.ratio(ratios.step(width, height)) == pytest.approx(width / height, rel=0.008)


def test_every_ratio_has_a_rule() -> None:
    sheet = ratios.stylesheet()
    for width, height in ((1, 90_000), (90_000, 1), (1, 1), (0, 0)):
        assert f".{ratios.name(ratios.step(width, height))}{{--r:" in sheet
