"""Posters of films."""

import io
import struct
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
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


TURNS = {
    90: ((0, 1, 0), (-1, 0, 0)),
    180: ((-1, 0, 0), (0, -1, 0)),
    270: ((0, -1, 0), (1, 0, 0)),
}


@pytest.mark.parametrize("clockwise", TURNS)
def test_the_display_matrix_is_applied(guard: Guard, clockwise: int) -> None:
    body = bytearray(film())
    matrix = body.index(b"tkhd") + 44
    rows = [part << 16 & 0xFFFFFFFF for row in TURNS[clockwise] for part in row]
    body[matrix : matrix + 24] = struct.pack(">6I", *rows)
    result = develop(guard, bytes(body), "mp4")
    assert (result.developed.width, result.developed.height) == ((320, 240) if clockwise == 180 else (240, 320))
    red_at = {90: (0.8, 0.2), 180: (0.8, 0.8), 270: (0.2, 0.8)}[clockwise]
    assert result.at("lg", *red_at)[0] > 220
    assert max(result.at("lg", *red_at)[1:]) < 50


def test_wide_pixels_become_square(guard: Guard) -> None:
    result = develop(guard, film("matroska", aspect=Fraction(4, 3)), "mkv")
    assert (result.developed.width, result.developed.height) == (427, 240)


def test_high_dynamic_range_becomes_ordinary(guard: Guard) -> None:
    """Half of the code range of PQ is far brighter than half of the range of a screen."""
    grey = np.full((128, 128, 3), 128 << 8, np.uint16)
    plain = develop(guard, _ten_bits(grey, transfer=1), "mkv").at("lg", 0.5, 0.5)
    bright = develop(guard, _ten_bits(grey, transfer=16), "mkv").at("lg", 0.5, 0.5)
    assert abs(plain[1] - 128) < 8
    assert abs(bright[1] - plain[1]) > 8
    assert max(bright[:3]) - min(bright[:3]) < 8


def _ten_bits(pixels: npt.NDArray[np.uint16], *, transfer: int) -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="matroska") as container:
        stream = container.add_stream("libx265", rate=25, options={"x265-params": "log-level=none"})
        stream.width, stream.height, stream.pix_fmt = pixels.shape[1], pixels.shape[0], "yuv420p10le"
        stream.codec_context.color_trc = transfer
        stream.codec_context.color_primaries = 9 if transfer == 16 else 1
        stream.codec_context.colorspace = 9 if transfer == 16 else 1
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb48le").reformat(
            format="yuv420p10le", dst_colorspace="BT2020" if transfer == 16 else "ITU709"
        )
        frame.color_trc, frame.color_primaries = transfer, 9 if transfer == 16 else 1
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


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
