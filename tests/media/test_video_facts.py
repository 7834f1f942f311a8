"""Films: what their containers tell, and that nothing but a film is followed."""

import io
from datetime import datetime

import av
import numpy as np
import pytest
from tests.media.samples import film

from albumen.kernel.errors import Invalid, Unsupported
from albumen.media import avchd
from albumen.media.facts import Facts, Taken
from albumen.media.probe import probe

NOON = datetime(2019, 6, 28, 12, 43, 29)


def facts(data: bytes) -> Facts:
    return probe(io.BytesIO(data), "film")


@pytest.mark.parametrize(
    ("form", "codec", "kind", "name"),
    [
        ("mp4", "libx264", "mp4", "h264"),
        ("mov", "libx264", "mov", "h264"),
        ("3gp", "libx264", "3gp", "h264"),
        ("matroska", "libx264", "mkv", "h264"),
        ("webm", "libvpx", "webm", "vp8"),
        ("avi", "mpeg4", "avi", "mpeg4"),
        ("mpegts", "libx264", "mts", "h264"),
        ("mpeg", "mpeg1video", "mpg", "mpeg1video"),
        ("asf", "wmv2", "wmv", "wmv2"),
    ],
)
def test_every_container(form: str, codec: str, kind: str, name: str) -> None:
    read = facts(film(form, codec))
    assert (read.kind, read.is_video, read.video_codec, read.audio_codec) == (kind, True, name, None)
    assert (read.width, read.height, read.fps) == (64, 48, 25.0)
    assert read.duration_seconds is not None
    assert read.taken is None


@pytest.mark.parametrize(
    ("turn", "orientation", "size"), [(-90, 6, (48, 64)), (90, 8, (48, 64)), (180, 3, (64, 48)), (0, 1, (64, 48))]
)
@pytest.mark.parametrize("form", ["mp4", "matroska"])
def test_turned_films(form: str, turn: int, orientation: int, size: tuple[int, int]) -> None:
    read = facts(film(form, turn=turn))
    assert (read.orientation, (read.width, read.height)) == (orientation, size)
    assert (read.stored_width, read.stored_height) == (64, 48)


def test_what_an_iphone_writes() -> None:
    apple = "com.apple.quicktime."
    tags = {
        "creation_time": "2019-06-28T10:43:30Z",
        f"{apple}creationdate": "2019-06-28T12:43:29+0200",
        f"{apple}location.ISO6709": "+38.6995-009.2077+012.3/",
        f"{apple}make": "Apple",
        f"{apple}model": "iPhone XR",
        f"{apple}content.identifier": "0F0F-1",
    }
    read = facts(film("mov", tags=tags, options={"movflags": "use_metadata_tags"}))
    assert read.taken == Taken(NOON, 120, "quicktime:creationdate")
    assert (read.latitude, read.longitude, read.altitude) == (38.6995, -9.2077, 12.3)
    assert (read.make, read.model, read.content_identifier) == ("Apple", "iPhone XR", "0F0F-1")
    assert read.groups["QuickTime"][f"{apple}make"] == "Apple"


def test_what_an_android_phone_writes() -> None:
    read = facts(film(tags={"creation_time": "2019-06-28T12:43:29Z", "location": "+38.6995-009.2077/"}))
    assert read.taken == Taken(NOON, 0, "container:creation_time")
    assert (read.latitude, read.longitude, read.altitude) == (38.6995, -9.2077, None)


def test_text_in_no_known_encoding() -> None:
    data = film(tags={"title": "QQQQ"}).replace(b"QQQQ", b"\xff\xfeQ\xe9")
    assert facts(data).title == "ÿþQé"


def avchd_film(zone: int) -> bytes:
    """A transport stream with the message of a camcorder, its packets cut in the middle of the mark."""
    entries = bytes([0x18, zone, 0x20, 0x19, 0x06]) + bytes([0x19, 0x28, 0x12, 0x43, 0x29])
    payload = bytes(170) + avchd.MARK + bytes([2]) + entries
    payload += bytes(-len(payload) % 184)
    packets = [payload[at : at + 184] for at in range(0, len(payload), 184)]
    return b"".join(bytes(4) + b"\x47\x10\x11\x10" + packet for packet in [*packets, *[bytes(184)] * 6])


@pytest.mark.parametrize(("zone", "minutes"), [(0x02, 60), (0x02 | 0x20, -60), (0x05 << 1 | 1, 330), (0xFF, None)])
def test_dates_of_camcorders(zone: int, minutes: int | None) -> None:
    assert avchd.recorded(io.BytesIO(avchd_film(zone))) == Taken(NOON, minutes, "avchd:recorded")


def test_no_date_of_a_camcorder() -> None:
    assert avchd.recorded(io.BytesIO(b"")) is None
    assert avchd.recorded(io.BytesIO(bytes(4) + b"\x47" * 1000)) is None


@pytest.mark.parametrize("form", ["mp4", "matroska", "mpegts"])
def test_cut_films_end_in_words(form: str) -> None:
    whole = film(form, "libx264")
    for part in (0.02, 0.2, 0.5, 0.9):
        try:
            assert facts(whole[: int(len(whole) * part)]).width == 64
        except (Invalid, Unsupported) as problem:
            assert problem.detail


def test_a_playlist_behind_a_films_header_is_not_followed() -> None:
    playlist = b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\nfile:///etc/hostname\n"
    with pytest.raises(Invalid):
        facts(b"\0\0\0\x10ftypisom\0\0\0\0" + playlist)
    with pytest.raises(Unsupported):
        facts(playlist)


def test_sound_alone_is_no_film() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44_100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44_100
        for one in (frame, None):
            container.mux(stream.encode(one))
    with pytest.raises(Invalid):
        facts(out.getvalue())
