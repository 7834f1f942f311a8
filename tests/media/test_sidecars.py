"""What stands beside a file: XMP, Takeout's JSON, and tags that a client sends."""

import io
import json
from datetime import datetime

import msgspec
import pytest
from tests.media import samples

from albumen.kernel.errors import Invalid, TooLarge
from albumen.media.facts import Facts, Overlay, Taken
from albumen.media.probe import probe
from albumen.media.sidecars import metadata_overlay, overlay, read_sidecar, sidecar_names

NOON = datetime(2019, 6, 28, 12, 43, 29)


def takeout(**more: object) -> bytes:
    told = {
        "title": "IMG_1.jpg",
        "description": "Boats",
        "photoTakenTime": {"timestamp": "1561725809", "formatted": "28 Jun 2019, 12:43:29 UTC"},
        "geoData": {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0},
        "geoDataExif": {"latitude": 38.6995, "longitude": -9.2077, "altitude": 12.0},
        "people": [{"name": "Ann"}],
        "favorited": True,
    }
    return json.dumps(told | more).encode()


def test_xmp_beside_a_file() -> None:
    packet = samples.xmp('xmp:Rating="5" tiff:Orientation="6" exif:DateTimeOriginal="2019-06-28T12:43:29"')
    read = read_sidecar(packet, "IMG_1.xmp")
    assert (read.rating, read.orientation) == (5, None)
    assert read.taken == Taken(NOON, None, "xmp:exif:DateTimeOriginal")


def test_takeout() -> None:
    read = read_sidecar(takeout(), "IMG_1.jpg.json")
    assert read.taken == Taken(NOON, 0, "takeout:photoTakenTime")
    assert (read.latitude, read.longitude, read.altitude) == (38.6995, -9.2077, 12.0)
    assert (read.title, read.description) == (None, "Boats")
    assert read.groups["Takeout"] == {"Title": "IMG_1.jpg", "People": "Ann", "Favorited": "yes"}


@pytest.mark.parametrize(
    "more",
    [
        {"photoTakenTime": {"timestamp": "never"}},
        {"photoTakenTime": {"timestamp": "99999999999"}},
        {"photoTakenTime": None},
        {"photoTakenTime": {"timestamp": "0"}},
    ],
)
def test_takeouts_nonsense_is_no_date(more: dict[str, object]) -> None:
    nowhere = {"geoData": "x", "geoDataExif": {"latitude": True, "longitude": "1"}, "people": "none"}
    read = read_sidecar(takeout(**more, **nowhere), "a.json")
    assert (read.taken, read.latitude) == (None, None)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<x/>", "a.xmp"),
        (b"", "a.xmp"),
        (b"{", "a.json"),
        (b"[1]", "a.json"),
        (b'{"a": 1}', "a.json"),
        (b"[" * 9999, "a.json"),
    ],
)
def test_other_files_are_no_sidecars(data: bytes, name: str) -> None:
    with pytest.raises(Invalid):
        read_sidecar(data, name)


def test_a_huge_sidecar_is_refused() -> None:
    with pytest.raises(TooLarge):
        read_sidecar(b" " * (3 << 20), "a.xmp")


def photo(**more: object) -> Facts:
    return msgspec.structs.replace(probe(io.BytesIO(samples.jpeg()), "x"), **more)


def test_the_sidecar_wins() -> None:
    own = photo(
        rating=1,
        title="old",
        latitude=1.0,
        longitude=2.0,
        altitude=3.0,
        taken=Taken(NOON, None, "exif:DateTimeOriginal"),
    )
    later = Taken(datetime(2020, 1, 1), None, "xmp:exif:DateTimeOriginal")
    extra = Overlay(
        rating=5, keywords=("sea",), latitude=10.0, longitude=20.0, taken=later, groups={"XMP": {"Rating": "5"}}
    )
    both = overlay(own, extra)
    assert (both.rating, both.title, both.keywords, both.taken) == (5, "old", ("sea",), later)
    assert (both.latitude, both.longitude, both.altitude) == (10.0, 20.0, None)
    assert both.groups == {"Sidecar XMP": {"Rating": "5"}}
    assert (both.width, both.kind) == (own.width, own.kind)


def test_takeouts_date_wins_only_over_worse_ones() -> None:
    extra = read_sidecar(takeout(), "a.json")
    camera = Taken(datetime(2019, 6, 28, 14, 43, 29), None, "exif:DateTimeOriginal")
    assert overlay(photo(taken=camera), extra).taken == camera
    for weak in (None, Taken(NOON, None, "name"), Taken(NOON, None, "exif:DateTime")):
        assert overlay(photo(taken=weak), extra).taken == Taken(NOON, 0, "takeout:photoTakenTime")


def test_tags_as_exiftool_prints_them() -> None:
    read = metadata_overlay(
        {
            "EXIF:Make": "Canon",
            "Model": "Canon EOS 70D",
            "DateTimeOriginal": "2019:06:28 12:43:29",
            "OffsetTimeOriginal": "+02:00",
            "GPSLatitude": "38 deg 41' 58.34\" N",
            "GPSLongitude": "9 deg 12' 27.89\" W",
            "GPSAltitude": "12.3 m Below Sea Level",
            "ExposureTime": "1/250",
            "FNumber": 2.8,
            "ISO": 400,
            "FocalLength": "50.0 mm",
            "Flash": "Off, Did not fire",
            "Rating": 4,
            "Keywords": ["sea", "boat"],
            "Caption-Abstract": "Boats",
        }
    )
    assert (read.make, read.model, read.rating, read.description) == ("Canon", "Canon EOS 70D", 4, "Boats")
    assert read.taken == Taken(NOON, 120, "sent:DateTimeOriginal")
    assert (read.latitude, read.longitude) == pytest.approx((38.699539, -9.207747))
    assert read.altitude == -12.3
    assert (read.exposure_seconds, read.aperture, read.iso, read.focal_length_mm) == (0.004, 2.8, 400, 50.0)
    assert (read.flash, read.keywords) == (False, ("sea", "boat"))
    assert read.groups["Sent"]["Make"] == "Canon"


@pytest.mark.parametrize(
    ("text", "fired"),
    [
        ("Auto, Fired", True),
        ("On, Return detected", True),
        ("Off, Did not fire", False),
        ("No Flash", False),
        ("25", True),
        ("16", False),
        ("unknown", None),
    ],
)
def test_flash(text: str, fired: bool | None) -> None:
    assert metadata_overlay({"Flash": text}).flash is fired


def test_decimal_places_and_letters_apart() -> None:
    read = metadata_overlay({"GPSLatitude": 33.8688, "GPSLatitudeRef": "South", "GPSLongitude": 151.2093})
    assert (read.latitude, read.longitude) == (-33.8688, 151.2093)


def test_sent_nonsense_is_passed_over() -> None:
    read = metadata_overlay(
        {"DateTimeOriginal": "0000:00:00 00:00:00", "GPSLatitude": "x", "ISO": "n/a", "Rating": "12"}
    )
    assert (read.taken, read.latitude, read.iso, read.rating) == (None, None, None, None)
    with pytest.raises(TooLarge):
        metadata_overlay({f"T{n}": "x" for n in range(3000)})


def test_names_of_sidecars() -> None:
    names = sidecar_names("IMG_1.jpg")
    assert {"IMG_1.xmp", "IMG_1.jpg.xmp", "IMG_1.jpg.json", "IMG_1.jpg.supplemental-metadata.json"} <= set(names)
    assert {"IMG_1.jpg(2).json", "IMG_1.jpg.supplemental-metadata(2).json"} <= set(sidecar_names("IMG_1(2).jpg"))
    assert "IMG_1.jpg.json" in sidecar_names("IMG_1-edited.jpg")


def test_takeout_cuts_long_names() -> None:
    assert "Screenshot_2019-06-28-12-43-29-123_com.example.json" in sidecar_names(
        "Screenshot_2019-06-28-12-43-29-123_com.example.app.jpg"
    )
    assert "PXL_20210701_101112345.MP.jpg.supplemental-met.json" in sidecar_names("PXL_20210701_101112345.MP.jpg")
    assert "x" * 46 + ".json" in sidecar_names("x" * 60 + ".jpg")
