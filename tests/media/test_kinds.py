"""Kinds are told by content; what is not a photo or film is refused in plain words."""

import io
import struct

import pytest
from tests.media import samples

from albumen.kernel.errors import Unsupported
from albumen.media.kinds import KINDS, sniff


def kind_of(data: bytes) -> str:
    return sniff(io.BytesIO(data)).name


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (samples.jpeg(), "jpeg"),
        (samples.png(), "png"),
        (b"GIF89a" + bytes(20), "gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        (b"RIFF\0\0\0\0AVI LIST", "avi"),
        (b"BM" + bytes(12) + b"\x28\0\0\0", "bmp"),
        (b"FUJIFILMCCD-RAW 0201", "raf"),
        (b"FOVb" + bytes(20), "x3f"),
        (b"\0MRM" + bytes(20), "mrw"),
        (b"II\x1a\0\0\0HEAPCCDR", "crw"),
        (b"IIRO\x08\0\0\0", "orf"),
        (b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x23\x42\x82\x84webm", "webm"),
        (b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x23\x42\x82\x88matroska", "mkv"),
        (b"\0\0\x01\xba" + bytes(20), "mpg"),
        (b"\0\0\0\x08wide\0\0\0\x08mdat", "mov"),
    ],
)
def test_beginnings(data: bytes, name: str) -> None:
    assert kind_of(data) == name


@pytest.mark.parametrize(
    ("brands", "name"),
    [
        ((b"heic", b"mif1"), "heic"),
        ((b"mif1", b"heic"), "heic"),
        ((b"mif1", b"avif"), "avif"),
        ((b"avif", b"mif1"), "avif"),
        ((b"mif1", b"miaf"), "heic"),
        ((b"crx ", b"isom"), "cr3"),
        ((b"qt  ", b"isom"), "mov"),
        ((b"isom", b"qt  "), "mp4"),
        ((b"3gp5", b"isom"), "3gp"),
        ((b"M4V ", b"mp42"), "m4v"),
        ((b"dash", b"xxxx"), "mp4"),
    ],
)
def test_brands(brands: tuple[bytes, bytes], name: str) -> None:
    assert kind_of(samples.box(b"ftyp", brands[0], bytes(4), brands[1])) == name


def raw(make: str, model: str = "", **more: int) -> bytes:
    tags = {"photometric": 262, "compression": 259}
    return samples.tiff({271: make, 272: model, 256: 100, 257: 80} | {tags[n]: v for n, v in more.items()})


@pytest.mark.parametrize(
    ("make", "model", "name"),
    [
        ("NIKON CORPORATION", "NIKON D70s", "nef"),
        ("NIKON", "COOLPIX P7000", "nrw"),
        ("SONY", "ILCE-7M3", "arw"),
        ("SONY", "DSC-R1", "sr2"),
        ("PENTAX Corporation", "PENTAX K10D", "pef"),
        ("SAMSUNG", "NX1", "srw"),
        ("Hasselblad", "X1D", "3fr"),
        ("SEIKO EPSON CORP.", "R-D1", "erf"),
        ("EASTMAN KODAK COMPANY", "P880", "kdc"),
        ("Eastman Kodak Company", "DCS760C", "dcr"),
    ],
)
def test_raw_files_are_known_by_sensor_data_and_maker(make: str, model: str, name: str) -> None:
    assert kind_of(raw(make, model, photometric=32803)) == name


def test_a_tiff_that_kept_its_camera_is_still_a_tiff() -> None:
    assert kind_of(raw("NIKON CORPORATION", "NIKON D70s", photometric=2, compression=5)) == "tiff"


def test_dng_and_panasonic_and_canon_marks() -> None:
    assert kind_of(samples.tiff({271: "Apple", 50706: b"\1\4\0\0"})) == "dng"
    assert kind_of(b"IIU\0" + samples.tiff({271: "Panasonic"})[4:]) == "rw2"
    assert kind_of(b"IIU\0" + samples.tiff({271: "LEICA"})[4:]) == "rwl"
    assert kind_of(b"II*\0\x10\0\0\0CR\x02\0") == "cr2"


def test_transport_streams_by_their_rhythm() -> None:
    assert kind_of((b"\x47" + bytes(187)) * 8) == "mts"
    assert kind_of((bytes(4) + b"\x47" + bytes(187)) * 8) == "mts"
    with pytest.raises(Unsupported):
        kind_of(b"\x47" + bytes(2000))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "playlist"),
        (b"ffconcat version 1.0\nfile x\n", "playlist"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "markup"),
        (b"\xef\xbb\xbf  <!DOCTYPE html>", "markup"),
        (b"%PDF-1.7", "PDF"),
        (b"8BPS\0\1", "Photoshop"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "EPS"),
        (b"\x0a\x05\x01\x08", "PCX"),
        (b"P6\n10 10\n255\n", "netpbm"),
        (b"ID3\x03\0", "MP3"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\0\0\x01\0\x01\0", "icon"),
        (b"PK\x03\x04", "archive"),
        (samples.box(b"ftyp", b"M4A ", bytes(4)), "not a photo or video"),
        (b"RIFF\0\0\0\0WAVEfmt ", "not a photo or video"),
        (b"BM is how this letter begins.", "not a photo or video"),
        (b"II*\0" + struct.pack("<I", 1 << 31), "not a photo or video"),
        (b"just words", "not a photo or video"),
    ],
)
def test_others_are_refused_by_name(data: bytes, word: str) -> None:
    with pytest.raises(Unsupported) as caught:
        kind_of(data)
    assert word in caught.value.detail


def test_the_table_is_sound() -> None:
    preferred = [kind.extensions[0] for kind in KINDS.values()]
    assert len(set(preferred)) == len(preferred)
    assert all(kind.mime.startswith("video/") == (kind.family == "video") for kind in KINDS.values())
    assert not any(kind.shown_by_browsers for kind in KINDS.values() if kind.family == "raw")
    assert all(name == kind.name for name, kind in KINDS.items())
