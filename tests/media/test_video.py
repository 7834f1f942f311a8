"""Posters of films."""

import io

import av
import numpy as np
import pytest
from tests.media.pictures import develop, film

from albumen.kernel.errors import Invalid, Problem
from albumen.media.guard import Guard

KINDS = [
    ("mp4", "mp4", "mpeg4"),
    ("mov", "mov", "mjpeg"),
    ("avi", "avi", "mjpeg"),
    ("mkv", "matroska", "mpeg4"),
    ("webm", "webm", "libvpx"),
    ("mts", "mpegts", "mpeg2video"),
]


@pytest.mark.parametrize(("kind", "container", "codec"), KINDS)
def test_each_kind_has_a_poster(guard: Guard, kind: str, container: str, codec: str) -> None:
    result = develop(guard, film(container, codec), kind)
    assert (result.developed.width, result.developed.height) == (320, 240)
    red, green, blue = result.at("lg", 0.2, 0.2)
    assert red > 220
    assert max(green, blue) < 50
    assert min(result.at("lg", 0.8, 0.8)) > 230


def test_a_dark_beginning_is_passed_over(guard: Guard) -> None:
    assert max(develop(guard, film(dark=40, frames=120), "mp4").at("lg", 0.2, 0.2)) > 220


def test_a_dark_film_has_a_dark_poster(guard: Guard) -> None:
    assert max(develop(guard, film(dark=30, frames=30), "mp4").at("lg", 0.2, 0.2)) < 20


def test_one_frame_is_enough(guard: Guard) -> None:
    assert develop(guard, film("mov", "mjpeg", frames=1), "mov").at("lg", 0.2, 0.2)[0] > 220


def test_a_truncated_film_still_has_a_poster(guard: Guard) -> None:
    body = film("matroska", frames=100)
    assert develop(guard, body[: len(body) // 2], "mkv").developed.width == 320


@pytest.mark.parametrize("kind", ["mp4", "mov", "avi", "mkv", "mts"])
@pytest.mark.parametrize(
    "text",
    [b"", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", b"ffconcat version 1.0\nfile /etc/hostname\n"],
    ids=["empty", "hls", "ffconcat"],
)
def test_a_playlist_is_never_followed(guard: Guard, kind: str, text: bytes) -> None:
    with pytest.raises(Problem) as refused:
        develop(guard, text, kind)
    assert isinstance(refused.value, Invalid)
    assert "hostname" not in refused.value.detail


def test_sound_alone_has_no_poster(guard: Guard) -> None:
    with pytest.raises(Invalid, match="no picture"):
        develop(guard, _sound(), "mp4")


def _sound() -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        samples = np.zeros((1, 1024), np.float32)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()
