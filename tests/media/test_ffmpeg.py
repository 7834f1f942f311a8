"""FFmpeg at arm's length: it reads one descriptor, touches nothing else, and can be ended at any moment."""

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from tests import films, make
from tests.conftest import in_ci

from albumen.blobs.folder import FolderBlobs
from albumen.kernel.errors import Invalid, Unavailable
from albumen.media.boxes import top_boxes
from albumen.media.facts import Facts
from albumen.media.ffmpeg import Converter
from albumen.media.ffmpeg_child import Shelter
from albumen.media.guard import Broken, Guard
from albumen.media.limits import FilmLimits
from albumen.media.probe import probe


def nothing(share: float) -> None:
    """Nobody listens."""


def read(path: Path) -> Facts:
    with path.open("rb") as file:
        return probe(file, "")


def convert(path: Path, variant: str = "video", *, facts: Facts | None = None, by: Converter | None = None) -> Path:
    target = path.with_suffix(f".{variant}")
    target.touch()
    with path.open("rb") as file:
        (by or Converter()).convert(file.fileno(), facts or read(path), {variant: target}, nothing)
    return target


@pytest.fixture(scope="module")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that takes FFmpeg a while."""
    folder = tmp_path_factory.mktemp("long")
    short = films.film(films.named("large.mov"), folder)
    films.ffmpeg("-stream_loop", "300", "-i", str(short), "-c", "copy", str(folder / "long.mov"))
    return folder / "long.mov"


def test_a_converted_film_is_small_upright_ordinary_and_says_nothing_of_its_maker(tmp_path: Path) -> None:
    source = films.film(films.named("large.mov"), tmp_path)
    told = tmp_path / "told.mov"
    place = ("-metadata", "location=+52.5+013.4/", "-metadata:s:v", "title=secret", "-metadata", "artist=Ada")
    films.ffmpeg("-i", str(source), "-c", "copy", "-movflags", "use_metadata_tags", *place, str(told))
    assert read(told).latitude is not None
    made = convert(told)
    facts = read(made)
    assert (facts.video_codec, facts.pixel_format, facts.hdr, facts.width, facts.height) == (
        *("h264", "yuv420p", None),
        *(1920, 1080),
    )
    assert (facts.latitude, facts.artist, facts.title) == (None, None, None)
    assert b"secret" not in made.read_bytes()
    with made.open("rb") as file:
        kinds = [box.kind for box in top_boxes(file)]
    assert kinds.index(b"moov") < kinds.index(b"mdat")


def test_a_high_dynamic_range_becomes_an_ordinary_one(tmp_path: Path) -> None:
    facts = read(convert(films.film(films.named("pq.mov"), tmp_path)))
    assert (facts.pixel_format, facts.hdr) == ("yuv420p", None)


def test_a_film_of_many_pictures_a_second_loses_some(tmp_path: Path) -> None:
    fps = read(convert(films.film(films.named("slow-motion.mov"), tmp_path))).fps
    assert fps is not None
    assert 50 < fps < 67


def test_a_preview_is_small_short_and_silent(long_film: Path) -> None:
    facts = read(convert(long_film, "preview"))
    assert (facts.width, facts.height, facts.audio_codec) == (852, 480, None)
    assert facts.duration_seconds == pytest.approx(3, abs=0.2)


def test_how_far_it_is_is_told(long_film: Path, tmp_path: Path) -> None:
    shares: list[float] = []

    def heard(share: float) -> None:
        shares.append(share)
        if share > 0:
            raise KeyError("enough")

    target = tmp_path / "out"
    target.touch()
    converter = Converter()
    with long_film.open("rb") as file, pytest.raises(KeyError):
        converter.convert(file.fileno(), read(long_film), {"video": target}, heard)
    assert 0 < shares[-1] < 1
    assert converter.processes == ()


@contextmanager
def converting(film: Path, target: Path, converter: Converter) -> Iterator[list[BaseException]]:
    """A conversion in the background, running when the block begins and over when it ends; what it raised."""
    raised: list[BaseException] = []
    target.touch()

    def run() -> None:
        try:
            with film.open("rb") as file:
                converter.convert(file.fileno(), read(film), {"video": target}, nothing)
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    _until(lambda: target.stat().st_size > 0)
    yield raised
    thread.join(30)
    assert not thread.is_alive()


def _until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


def test_a_hanging_ffmpeg_is_ended_in_time(long_film: Path, tmp_path: Path) -> None:
    converter = Converter(limits=FilmLimits(seconds_a_second=0, least_seconds=6))
    with converting(long_film, tmp_path / "out", converter) as raised:
        (process,) = converter.processes
        os.kill(process, signal.SIGSTOP)
    assert isinstance(raised[0], Broken)
    assert "6 seconds" in raised[0].detail
    assert not Path(f"/proc/{process}").exists()


def test_a_crash_costs_this_file_only(long_film: Path, tmp_path: Path) -> None:
    converter = Converter()
    with converting(long_film, tmp_path / "out", converter) as raised:
        os.kill(converter.processes[0], signal.SIGSEGV)
    assert isinstance(raised[0], Broken)
    assert "SIGSEGV" in raised[0].detail
    assert read(convert(films.film(films.named("divx.avi"), tmp_path), by=converter)).video_codec == "h264"


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (FilmLimits(memory_bytes=24 << 20), "converted|crashed|memory|started"),
        (FilmLimits(least_seconds=1, seconds_a_second=0), "seconds|time"),
    ],
)
def test_memory_and_time_are_bounded(long_film: Path, limits: FilmLimits, reason: str) -> None:
    with pytest.raises((Broken, Invalid, Unavailable), match=reason):
        convert(long_film, by=Converter(limits=limits))


def test_it_ends_with_its_parent_and_what_it_wrote_is_swept(long_film: Path, tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from albumen.blobs.folder import FolderBlobs\n"
        "from albumen.media.ffmpeg import Converter\n"
        "from albumen.media.probe import probe\n"
        "file, spool = open(sys.argv[1], 'rb'), FolderBlobs(Path(sys.argv[2])).spool()\n"
        "converter, said = Converter(), []\n"
        "def heard(share):\n"
        "    share and (said or said.append(print(*converter.processes, flush=True)))\n"
        "converter.convert(file.fileno(), probe(file, ''), {'video': spool.file}, heard)\n"
    )
    words = [sys.executable, "-c", program, str(long_film), str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        process = int(parent.stdout.readline())
        parent.kill()
    _until(lambda: not _runs(process))
    assert len(list((tmp_path / ".spool").iterdir())) == 1
    assert FolderBlobs(tmp_path).sweep_spools(timedelta(0)) == 1
    assert list((tmp_path / ".spool").iterdir()) == []


def _runs(process: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@pytest.mark.parametrize("text", ["ffconcat version 1.0\nfile '{}'\n", "#EXTM3U\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n"])
def test_a_playlist_named_as_a_film_opens_no_other(tmp_path: Path, text: str) -> None:
    other = films.film(films.named("plain.mp4"), tmp_path)
    playlist = tmp_path / "list.mp4"
    playlist.write_text(text.format(other))
    with pytest.raises(Invalid):
        convert(playlist, facts=read(other))


def test_a_film_that_points_to_another_file_does_not_get_it(tmp_path: Path) -> None:
    other = films.film(films.named("hevc.mov"), tmp_path)
    pointing = tmp_path / "pointing.mov"
    pointing.write_bytes(pointing_to(other))
    open_to_it = ("-enable_drefs", "1", "-use_absolute_path", "1", "-f", "mov", "-i", str(pointing))
    films.ffmpeg(*open_to_it, "-c", "copy", str(tmp_path / "leaked.mov"))
    assert read(tmp_path / "leaked.mov").duration_seconds == pytest.approx(films.SECONDS, abs=0.2)
    with pytest.raises((Invalid, Broken)):
        read(convert(pointing, facts=read(other)))


def pointing_to(film: Path) -> bytes:
    """A film without pictures of its own: its index says that they lie in another file, by an alias as Apple's."""
    whole, moov = film.read_bytes(), b""
    with film.open("rb") as file:
        moov = next(whole[box.start - 8 : box.end] for box in top_boxes(file) if box.kind == b"moov")
    path = str(film).encode()
    path += b"\0" * (len(path) % 2)
    alias = bytes(10) + bytes([0]) + bytes(27 + 12) + bytes([0]) + bytes(63 + 16) + b"\0\0\0\0" + bytes(16)
    alias += struct.pack(">HH", 2, len(path)) + path + b"\xff\xff\0\0" + bytes(16)
    entry = struct.pack(">I", 12 + len(alias)) + b"alis" + bytes(4) + alias
    return whole[: int.from_bytes(whole[:4], "big")] + _with_entry(moov, entry)


def _with_entry(box: bytes, entry: bytes) -> bytes:
    """The same box with all its data references replaced."""
    kind, body = box[4:8], box[8:]
    if kind == b"dref":
        body = bytes(4) + struct.pack(">I", 1) + entry
    elif kind in {b"moov", b"trak", b"mdia", b"minf", b"dinf"}:
        parts, at = b"", 0
        while at + 8 <= len(body):
            size = int.from_bytes(body[at : at + 4], "big")
            parts, at = parts + _with_entry(body[at : at + size], entry), at + size
        body = parts
    return struct.pack(">I", 8 + len(body)) + kind + body


def sheltered(*words: str) -> subprocess.CompletedProcess[str]:
    """FFmpeg with free words in its shelter."""
    shelter = msgspec.json.encode(Shelter(1 << 30, 1 << 20, 20, ())).decode()
    start = [sys.executable, "-m", "albumen.media.ffmpeg_child", shelter, films.program(), "-hide_banner", "-nostdin"]
    return subprocess.run([*start, *words], check=False, capture_output=True, text=True, timeout=60)


def test_its_shelter_holds_against_words_that_ask_for_more(tmp_path: Path, guard: Guard) -> None:
    if not {"landlock", "seccomp"} <= set(guard.shelter.layers):
        (pytest.fail if in_ci() else pytest.skip)("this kernel has no Landlock or seccomp")
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(make.film())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)
        reading = sheltered("-i", f"file:{secret}", "-f", "null", "-")
        writing = sheltered("-f", "lavfi", "-i", "color=d=1", "-f", "mp4", f"file:{tmp_path / 'new.mp4'}")
        calling = sheltered("-i", f"tcp://127.0.0.1:{listener.getsockname()[1]}", "-f", "null", "-")
        with pytest.raises(TimeoutError):
            listener.accept()
    assert "Permission denied" in reading.stderr
    assert "Permission denied" in writing.stderr
    assert calling.returncode != 0
    assert not (tmp_path / "new.mp4").exists()


def test_without_ffmpeg_it_is_said_so(tmp_path: Path) -> None:
    film = films.film(films.named("divx.avi"), tmp_path)
    with pytest.raises(Unavailable, match="could not be started"):
        convert(film, by=Converter(str(tmp_path / "no-such-program")))


def test_a_film_is_converted_into_a_file_named_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = films.film(films.named("large.mov"), tmp_path)
    monkeypatch.chdir(tmp_path)
    target = convert(Path(source.name))
    assert target.stat().st_size > 0
