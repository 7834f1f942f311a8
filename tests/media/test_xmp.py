"""XMP in its dialects, from hostile and broken hands too; and IPTC beside it."""

from datetime import datetime

import pytest
from tests.media import samples

from albumen.media import iptc, xmp
from albumen.media.angles import angle, iso_6709
from albumen.media.facts import Overlay, Taken


@pytest.mark.parametrize(
    ("text", "letter", "degrees"),
    [
        ("53,7.95N", "", 53.1325),
        ("53,7,57N", "", 53.1325),
        ("9,12.465S", "", -9.20775),
        ("52.5250816", "N", 52.5250816),
        ("52.5250816", "S", -52.5250816),
        ("52,5250816", "", 52.5250816),
        ("-33.8688", "", -33.8688),
        ("38 deg 41' 58.34\" N", "", 38.699539),
        ("9 deg 12' 27.89\" W", "", -9.207747),
        ("38/1,41/1,5834/100", "N", 38.699539),
        ("38/0", "N", None),
        ("", "", None),
        ("north", "", None),
        ("12,70,80,90", "", None),
    ],
)
def test_angles(text: str, letter: str, degrees: float | None) -> None:
    assert angle(text, letter) == (None if degrees is None else pytest.approx(degrees, abs=1e-6))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("+38.6995-009.2077+012.3/", (38.6995, -9.2077, 12.3)),
        ("+38.6995-009.2077/", (38.6995, -9.2077, None)),
        ("+3841.97-00912.46/", (38.699500, -9.207667, None)),
        ("-384158.2+0091227.7+5CRSWGS_84/", (-38.699500, 9.207694, 5.0)),
        ("somewhere", None),
    ],
)
def test_places_of_films(text: str, place: tuple[float, ...] | None) -> None:
    found = iso_6709(text)
    assert found == (place and pytest.approx(place, abs=1e-5))


def test_attributes_and_elements_mean_the_same() -> None:
    short = samples.xmp('xmp:Rating="4" tiff:Make="Canon" xmp:CreateDate="2019-06-28T12:43:29+02:00"')
    long = samples.xmp(
        "",
        "<xmp:Rating>4</xmp:Rating><tiff:Make>Canon</tiff:Make>"
        "<xmp:CreateDate>2019-06-28T12:43:29+02:00</xmp:CreateDate>",
    )
    for packet in (short, long):
        read = xmp.read(packet)
        assert (read.rating, read.make) == (4, "Canon")
        assert read.taken == Taken(datetime(2019, 6, 28, 12, 43, 29), 120, "xmp:xmp:CreateDate")


def test_words() -> None:
    read = xmp.read(
        samples.xmp(
            'lr:x="1"',
            '<dc:title><rdf:Alt><rdf:li xml:lang="de">Hafen</rdf:li><rdf:li xml:lang="x-default">Port</rdf:li>'
            "</rdf:Alt></dc:title><dc:description><rdf:Alt><rdf:li>Two\nlines</rdf:li></rdf:Alt></dc:description>"
            "<dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>sea</rdf:li><rdf:li> boat </rdf:li>"
            "</rdf:Bag></dc:subject>"
            "<lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|Lisbon</rdf:li></rdf:Bag></lr:hierarchicalSubject>"
            "<dc:creator><rdf:Seq><rdf:li>Ann</rdf:li><rdf:li>Ben</rdf:li></rdf:Seq></dc:creator>",
        )
    )
    assert (read.title, read.description, read.artist) == ("Port", "Two\nlines", "Ann; Ben")
    assert read.keywords == ("sea", "boat", "Lisbon")


@pytest.mark.parametrize(("text", "stars"), [("-1", 0), ("0", 0), ("5.0", 5), ("99", None), ("many", None)])
def test_ratings(text: str, stars: int | None) -> None:
    assert xmp.read(samples.xmp(f'xmp:Rating="{text}"')).rating == stars


def test_rejected_is_noted() -> None:
    assert xmp.read(samples.xmp('xmp:Rating="-1"')).groups["XMP"]["Rating"] == "-1 (rejected)"


def test_a_place_with_its_height() -> None:
    read = xmp.read(
        samples.xmp(
            'exif:GPSLatitude="38,41.972N" exif:GPSLongitude="9,12.465W"'
            ' exif:GPSAltitude="1234/10" exif:GPSAltitudeRef="1"'
        )
    )
    assert (read.latitude, read.longitude) == pytest.approx((38.699533, -9.20775))
    assert read.altitude == -123.4


def test_both_schemes_of_motion_photos() -> None:
    old = samples.xmp('GCamera:MicroVideo="1" GCamera:MicroVideoOffset="4242"')
    new = samples.xmp(
        'GCamera:MotionPhoto="1"',
        '<Container:Directory><rdf:Seq><rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="image/jpeg"'
        ' Item:Semantic="Primary"/></rdf:li><rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="video/mp4"'
        ' Item:Semantic="MotionPhoto" Item:Length="4242"/></rdf:li></rdf:Seq></Container:Directory>',
    )
    assert xmp.read(old).motion_offset == 4242
    assert xmp.read(new).motion_offset == 4242


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<x",
        b"\xff\xfe\0",
        b'<?xml version="1.0" encoding="nonsense"?><x/>',
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
        b"<a>" * 100_000,
        b"<x>" + b" " * (3 * 1024 * 1024) + b"</x>",
        b"<x>" + b"<y/>" * 30_000 + b"</x>",
    ],
    ids=["empty", "cut", "binary", "encoding", "bomb", "outside", "deep", "long", "many"],
)
def test_broken_and_hostile_packets_say_nothing(packet: bytes) -> None:
    assert xmp.read(packet) == Overlay()
    assert not xmp.is_xmp(packet)


def record(number: int, data: bytes, group: int = 2) -> bytes:
    return bytes([0x1C, group, number]) + len(data).to_bytes(2, "big") + data


def test_captions_of_news_photos() -> None:
    block = (
        record(90, b"\x1b%G", group=1)
        + record(5, b"Hafen")
        + record(25, "Köln".encode())
        + record(25, b"sea")
        + record(55, b"20190628")
        + record(60, b"124329+0200")
        + record(80, b"Ann")
        + record(120, b"Boats")
    )
    read = iptc.read(b"8BIM\x04\x04\0\0" + len(block).to_bytes(4, "big") + block)
    assert (read.title, read.description, read.artist, read.keywords) == ("Hafen", "Boats", "Ann", ("Köln", "sea"))
    assert read.taken == Taken(datetime(2019, 6, 28, 12, 43, 29), 120, "iptc:DateCreated")
    assert iptc.read(block) == read
    assert {type(iptc.read(block[:end])) for end in range(len(block))} == {Overlay}
