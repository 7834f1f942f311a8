"""Playlists say truly where each part of a film lies."""

import io
import re
from itertools import pairwise
from pathlib import Path

import av
import pytest
from tests import films

from albumen.kernel.errors import Invalid
from albumen.media import hls
from albumen.media.ffmpeg import Converter
from albumen.media.hls import Rung
from albumen.media.probe import probe

SECONDS = 11


@pytest.fixture(scope="module")
def streamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hls")
    source, target = folder / "film.mp4", folder / "360"
    pictures, sound = f"testsrc2=s=640x360:r=25:d={SECONDS}", f"sine=d={SECONDS}"
    films.ffmpeg("-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", sound, "-c:v", "mpeg4", "-c:a", "aac", str(source))
    target.touch()
    with source.open("rb") as file:
        Converter().convert(file.fileno(), probe(file, ""), {"hls-360": target}, lambda share: None)
    return target


def test_each_part_begins_with_its_own_index_and_plays_behind_the_first_bytes(streamed: Path) -> None:
    body = streamed.read_bytes()
    index = hls.index(body[: hls.HEAD_BYTES])
    assert [round(part.seconds) for part in index.segments] == [4, 4, 3]
    for part in index.segments:
        own = body[part.start : part.start + part.size_bytes]
        assert own[4:8] == b"moof"
        with av.open(io.BytesIO(body[: index.init_bytes] + own), "r") as film:
            frames = list(film.decode(video=0))
        assert len(frames) == pytest.approx(part.seconds * 25, abs=1)


def test_a_playlist_names_all_bytes_of_the_film(streamed: Path) -> None:
    text = hls.media_playlist(hls.index(streamed.read_bytes()), "360.mp4")
    lengths = [float(each) for each in re.findall(r"#EXTINF:([\d.]+),", text)]
    assert sum(lengths) == pytest.approx(SECONDS, abs=0.1)
    assert int(re.findall(r"TARGETDURATION:(\d+)", text)[0]) == 4
    ranges = [(int(size), int(start)) for size, start in re.findall(r"BYTERANGE:(\d+)@(\d+)", text)]
    assert all(start + size == following for (size, start), (_, following) in pairwise(ranges))
    assert text.startswith("#EXTM3U\n")
    assert text.endswith("#EXT-X-ENDLIST\n")


def test_the_master_playlist_tells_size_speed_and_codecs(streamed: Path) -> None:
    index = hls.index(streamed.read_bytes())
    text = hls.master_playlist([Rung(index, 640, 360, "360.m3u8")])
    assert 'RESOLUTION=640x360,CODECS="avc1.64001e,mp4a.40.2"' in text
    peak, mean = (int(each) for each in re.findall(r"BANDWIDTH=(\d+)", text))
    assert peak >= mean > 100_000
    assert text.endswith("\n360.m3u8\n")


def test_what_has_no_index_is_refused(streamed: Path) -> None:
    with pytest.raises(Invalid):
        hls.index(streamed.read_bytes()[:100])
    with pytest.raises(Invalid):
        hls.index(b"")
