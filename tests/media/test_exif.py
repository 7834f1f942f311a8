"""Exif as cameras write it, and as they should not."""

import struct
from datetime import datetime

import pytest
from tests.media.samples import tiff

from albumen.media import exif
from albumen.media.facts import Taken

LISBON = {1: "N", 2: [(38, 1), (41, 1), (5834, 100)], 3: "W", 4: [(9, 1), (12, 1), (2789, 100)]}


def test_a_whole_photo() -> None:
    read = exif.read(
        tiff(
            {271: "Canon ", 272: "Canon  EOS 70D\n", 274: 6, 305: "v1", 315: "Ann", 33432: "Ann 2019", 18246: 4},
            {
                33434: (1, 250),
                33437: (28, 10),
                34855: 400,
                37385: 25,
                37386: (50, 1),
                41989: 80,
                42036: "EF50mm f/1.8 STM",
                36867: "2019:06:28 12:43:29",
                36881: "+02:00",
                37521: "25",
            },
            LISBON | {5: b"\1", 6: (123, 10)},
        )
    )
    assert (read.make, read.model, read.lens) == ("Canon", "Canon EOS 70D", "EF50mm f/1.8 STM")
    assert (read.exposure_seconds, read.aperture, read.iso) == (0.004, 2.8, 400)
    assert (read.focal_length_mm, read.focal_length_35mm, read.flash) == (50, 80, True)
    assert (read.orientation, read.rating, read.artist, read.copyright) == (6, 4, "Ann", "Ann 2019")
    assert read.taken == Taken(datetime(2019, 6, 28, 12, 43, 29, 250_000), 120, "exif:DateTimeOriginal")
    assert read.latitude == pytest.approx(38.699539, abs=1e-6)
    assert read.longitude == pytest.approx(-9.207747, abs=1e-6)
    assert read.altitude == -12.3
    assert read.groups["EXIF"]["ExposureTime"] == "1/250"
    assert read.groups["EXIF"]["Orientation"] == "Rotate 90 CW"
    assert read.groups["GPS"]["GPSLatitudeRef"] == "N"


@pytest.mark.parametrize(
    "gps",
    [
        {1: "N", 2: [(0, 0), (0, 0), (0, 0)], 3: "E", 4: [(0, 0), (0, 0), (0, 0)]},
        {2: [(38, 1)], 4: [(9, 1)]},
        {1: "N", 2: [(91, 1)], 3: "E", 4: [(9, 1)]},
        {1: "N", 2: [(38, 1)], 3: "E", 4: [(181, 1)]},
        {1: "N", 2: [(0, 1)], 3: "E", 4: [(0, 1)]},
        {1: "X", 2: [(38, 1)], 3: "E", 4: [(9, 1)]},
        {1: "N", 2: [(38, 1)]},
        {1: "N", 2: "38", 3: "E", 4: "9"},
    ],
    ids=["no denominators", "no letters", "beyond the pole", "beyond the date line", "0/0", "a letter", "half", "text"],
)
def test_places_that_are_none(gps: dict[int, object]) -> None:
    read = exif.read(tiff({271: "A"}, gps=gps))
    assert (read.latitude, read.longitude) == (None, None)


def test_minutes_and_seconds_may_be_missing() -> None:
    read = exif.read(tiff({}, gps={1: "S", 2: [(338_688, 10_000), (0, 0)], 3: "E", 4: [(1_512_093, 10_000)]}))
    assert (read.latitude, read.longitude) == (-33.8688, 151.2093)


@pytest.mark.parametrize(
    ("image", "photo", "gps", "source"),
    [
        ({306: "2021:01:01 10:00:00"}, {36868: "2020:01:01 10:00:00"}, {}, "exif:DateTimeDigitized"),
        ({306: "2021:01:01 10:00:00"}, {36867: "0000:00:00 00:00:00"}, {}, "exif:DateTime"),
        ({306: "2021:01:01 10:00:00"}, {36867: "    :  :     :  :  "}, {}, "exif:DateTime"),
        ({}, {}, {7: [(10, 1), (5, 1), (0, 1)], 29: "2020:02:02"}, "exif:GPS"),
        ({}, {36867: "2999:01:01 10:00:00"}, {}, None),
        ({}, {36867: "1700:01:01 10:00:00"}, {}, None),
        ({}, {36867: "2021:02:30 10:00:00"}, {}, None),
    ],
)
def test_which_date_counts(image: object, photo: object, gps: object, source: str | None) -> None:
    taken = exif.read(tiff(image, photo, gps)).taken  # type: ignore[arg-type]  # tables of mixed values
    assert (taken and taken.source) == source


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"ASCII\0\0\0caf\xc3\xa9\0\0", "café"),
        (b"\0\0\0\0\0\0\0\0caf\xe9", "café"),
        (b"UNICODE\0" + "café".encode("utf-16-le"), "café"),
        (b"UNICODE\0" + "café".encode("utf-16-be"), "café"),
        (b"ASCII\0\0\0\0\0\0\0", ""),
        (b"plain words", "plain words"),
    ],
)
def test_comments_in_their_encodings(raw: bytes, text: str) -> None:
    assert exif.comment(raw) == text


def test_descriptions_of_windows_win_over_a_cameras_filler() -> None:
    wide = "Ferien in Köln".encode("utf-16-le") + b"\0\0"
    read = exif.read(tiff({270: "OLYMPUS DIGITAL CAMERA", 40092: wide, 40094: "a;b".encode("utf-16-le")}))
    assert (read.description, read.keywords) == ("Ferien in Köln", ("a", "b"))


def test_text_is_stripped_of_what_cannot_be_seen() -> None:
    assert exif.read(tiff({271: b"Ca\x07non\xe2\x80\xae\0rest".decode("utf-8", "replace")})).make == "Canon"


def test_exposure_from_apex() -> None:
    read = exif.read(tiff({}, {37377: (7, 1), 37378: (4, 1), 34855: 65_535, 34866: 102_400}))
    assert (read.exposure_seconds, read.aperture, read.iso) == (1 / 128, 4.0, 102_400)


@pytest.mark.parametrize("values", [(9, 7), (0, 99)])
def test_nonsense_in_numbers_is_left_out(values: tuple[int, int]) -> None:
    read = exif.read(tiff({274: values[0], 18246: values[1]}, {33434: (1, 0), 33437: (0, 5)}))
    assert (read.orientation, read.rating, read.exposure_seconds, read.aperture) == (None, None, None, None)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\0",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff",
        b"II*\0\xff\xff\xff\x7f",
        b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 271, 2, 0xFFFFFFFF, 8),
        b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 34665, 4, 1, 8),
        b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 271, 99, 1, 8),
    ],
)
def test_broken_blocks_say_nothing(block: bytes) -> None:
    read = exif.read(block)
    assert (read.make, read.taken, read.latitude) == (None, None, None)


def test_any_cut_of_a_block_is_survived() -> None:
    block = tiff({271: "Canon", 272: "EOS"}, {36867: "2019:06:28 12:43:29", 33434: (1, 250)}, LISBON)
    makes = {exif.read(block[:end]).make for end in range(len(block))}
    assert makes <= {None, "Canon", "C", "Ca", "Can", "Cano"}


def test_apples_identifier_of_a_live_photo() -> None:
    text = b"0F0F0F0F-1111\0"
    entry = struct.pack(">HHHII", 1, 17, 2, len(text), 14 + 2 + 12 + 4) + bytes(4)
    note = b"Apple iOS\0\0\x01MM" + entry + text
    assert exif.read(tiff({271: "Apple"}, {37500: note})).content_identifier == "0F0F0F0F-1111"
    assert exif.read(tiff({271: "Apple"}, {37500: note[:20]})).content_identifier is None


def test_canons_name_of_the_lens() -> None:
    def block(where: int) -> bytes:
        note = struct.pack("<HHHII", 1, 0x95, 2, 12, where + 18) + bytes(4) + b"EF85mm f/1.2"
        return tiff({271: "Canon"}, {37500: note})

    read = exif.read(block(block(0).index(struct.pack("<HHH", 1, 0x95, 2))))
    assert (read.lens, read.groups["MakerNote"]) == ("EF85mm f/1.2", {"LensModel": "EF85mm f/1.2"})
    assert exif.read(block(1 << 31)).lens is None
