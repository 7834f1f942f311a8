"""Films against FFmpeg by itself: the poster, and a conversion with the same arguments."""

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from _report import Row, median, show

from albumen.media import convert
from albumen.media.convert import Cut
from albumen.media.facts import Facts
from albumen.media.ffmpeg import Converter
from albumen.media.ffmpeg_child import NICE
from albumen.media.guard import Guard
from albumen.media.probe import probe

ROUNDS = 3
SECONDS = 10
"""Of film: 1080p, HEVC, with sound, as phones record it."""


def main() -> None:
    """Print row 17."""
    converter = Converter()
    with tempfile.TemporaryDirectory() as name, Guard(1) as guard:
        folder = Path(name)
        film = make(converter.program, folder / "film.mov")
        with film.open("rb") as file:
            facts = probe(file, film.name)
        posters = interleaved(lambda: poster(guard, film), lambda: bare_poster(converter.program, film, folder))
        show(Row("17", "poster of a 1080p HEVC film", *figures(posters), "<= 1.0", "three sizes against one"))
        conversions = interleaved(
            lambda: ours(converter, film, facts, folder), lambda: bare(converter, film, facts, folder)
        )
        speed = SECONDS / median([mine.wall for mine, _ in conversions])
        cpu = median([mine.cpu / theirs.cpu for mine, theirs in conversions])
        note = f"{speed:.1f}x real time; of processor time {cpu:.2f}"
        show(Row("17", "its conversion to H.264, 1080p", *figures(conversions), "<= 1.05", note))


def make(program: str, target: Path) -> Path:
    """A film of moving patterns and a tone."""
    source = ["-f", "lavfi", "-i", f"testsrc2=s=1920x1080:r=30:d={SECONDS}", "-f", "lavfi", "-i", f"sine=d={SECONDS}"]
    coded = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p"]
    run(program, *source, *coded, "-tag:v", "hvc1", "-c:a", "aac", str(target))
    return target


def run(program: str, *words: str) -> None:
    """FFmpeg, without any of our own arrangements."""
    subprocess.run([program, "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *words], check=True)


@dataclass(frozen=True)
class Spent:
    """Seconds that something took, and those of the processor, in child processes that have ended."""

    wall: float
    cpu: float


def interleaved(mine: Callable[[], None], theirs: Callable[[], None]) -> list[tuple[Spent, Spent]]:
    """What both took, in turns, after one round that does not count."""
    for work in (mine, theirs):
        work()
    return [(spent(mine), spent(theirs)) for _ in range(ROUNDS)]


def spent(work: Callable[[], None]) -> Spent:
    """How long it takes."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(time.perf_counter() - started, cpu)


def figures(pairs: list[tuple[Spent, Spent]]) -> tuple[float, str, float]:
    """Ours, the unit and the reference, as a row takes them."""
    return median([mine.wall for mine, _ in pairs]), "s", median([theirs.wall for _, theirs in pairs])


def poster(guard: Guard, film: Path) -> None:
    """What the job that develops a film asks of the decoders."""
    outputs = {variant: os.memfd_create(variant) for variant in ("sm", "md", "lg")}
    file = os.open(film, os.O_RDONLY)
    guard.develop(file, "mov", outputs)
    for descriptor in (file, *outputs.values()):
        os.close(descriptor)


def bare_poster(program: str, film: Path, folder: Path) -> None:
    """The picture at one second."""
    run(program, "-ss", "1", "-i", str(film), "-frames:v", "1", str(folder / "poster.jpg"))


def ours(converter: Converter, film: Path, facts: Facts, folder: Path) -> None:
    """A conversion in its shelter, told how far it is."""
    target = folder / "ours"
    target.write_bytes(b"")
    with film.open("rb") as file:
        converter.convert(file.fileno(), facts, {convert.VIDEO: target}, lambda share: None)


def bare(converter: Converter, film: Path, facts: Facts, folder: Path) -> None:
    """FFmpeg with the same arguments, and as nice: both yield alike to whatever else runs."""
    cut = Cut(facts, {convert.VIDEO: folder / "bare"}, converter.limits.threads)
    with film.open("rb") as file:
        words = ["nice", "-n", str(NICE), converter.program, *convert.arguments(cut, file.fileno())]
        subprocess.run(words, check=True, pass_fds=[file.fileno()], stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
