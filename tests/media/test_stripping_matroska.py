"""Matroska and WebM without titles, tags, attached files and programs: every frame stays, wherever it stood."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pytest
from tests.media.planted import SECRET, stripped, telling

from albumen.media.stripping.strip import strip

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
QUICK = ("-deadline", "realtime", "-cpu-used", "8")
MAKES = {
    "webm": ("-c:v", "libvpx-vp9", *QUICK, "-c:a", "libopus"),
    "live.webm": ("-c:v", "libvpx", *QUICK, "-c:a", "libopus", "-live", "1"),
    "mkv": ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"),
}


def film(file: Path, *options: str) -> bytes:
    """A second of picture and sound, with a place, an author and a note in an attached file."""
    note = file.with_name("note.txt")
    note.write_text(SECRET)
    inputs = ("-f", "lavfi", "-i", "testsrc=s=96x64:r=10:d=1", "-f", "lavfi", "-i", "sine=d=1")
    told = {"title": SECRET, "location": "+52.5+13.4/", "artist": SECRET, "com.apple.quicktime.make": SECRET}
    tags = [word for name, value in told.items() for word in ("-metadata", f"{name}={value}")]
    tags += ["-metadata:s:v", f"title={SECRET}", "-metadata:s:v", f"serial={SECRET}"]
    attached = ["-attach", str(note), "-metadata:s:t", "mimetype=text/plain"] if file.suffix == ".mkv" else []
    command = [FFMPEG, "-v", "error", "-y", *inputs, *options, *tags, *attached, str(file)]
    subprocess.run(command, check=True, capture_output=True)
    return file.read_bytes()


def frames(file: Path) -> bytes:
    """A digest of every frame with its time, as decoded."""
    command = [FFMPEG, "-v", "error", "-i", str(file), "-map", "0:v", "-map", "0:a", "-f", "framemd5", "-"]
    done = subprocess.run(command, check=True, capture_output=True)
    assert not done.stderr
    return b"\n".join(line for line in done.stdout.splitlines() if not line.startswith(b"#"))


@pytest.mark.parametrize("make", MAKES)
def test_all_frames_stay_and_nothing_is_told(make: str, program: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / f"film.{make}"
    original = film(file, *MAKES[make])
    before = frames(file)
    assert SECRET.encode() in original and telling(program, file)
    made = stripped(original, make.rpartition(".")[2])
    assert len(made) == len(original)
    file.write_bytes(made)
    assert SECRET.encode() not in made and b"52.5" not in made
    assert telling(program, file) == {}
    assert frames(file) == before and len(before.splitlines()) > 10


@pytest.mark.parametrize("options", [("-c:a", "libvorbis", "-c:v", "libvpx", *QUICK), ("-c:v", "mjpeg", "-c:a", "aac")])
def test_codings_that_may_hold_words_are_refused(options: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "film.mkv"
    film(file, *options)
    with file.open("rb") as opened:
        assert strip(opened, "mkv") is None


def test_what_is_damaged_is_refused_or_stripped(tmp_path: Path) -> None:
    file = tmp_path / "film.mkv"
    original = film(file, *MAKES["mkv"])
    at = original.index(SECRET.encode())
    for cut in (10, 60, at, at + 5):
        file.write_bytes(original[:cut])
        with file.open("rb") as opened:
            assert strip(opened, "mkv") is None
    whole = stripped(original, "mkv")
    assert SECRET.encode() not in whole
