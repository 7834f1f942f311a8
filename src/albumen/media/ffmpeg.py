"""Converting films: FFmpeg as a sheltered child that reads one descriptor and can be ended at any moment."""

import logging
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from albumen.kernel.errors import Invalid, OverQuota, Unavailable
from albumen.media import convert
from albumen.media.convert import Cut
from albumen.media.facts import Facts
from albumen.media.ffmpeg_child import NOT_STARTED, Shelter
from albumen.media.guard import Broken
from albumen.media.limits import FilmLimits

_log = logging.getLogger(__name__)

HEARD_SECONDS: Final = 1.0
TAIL_BYTES: Final = 4000
UNKNOWN_BYTES_PER_SECOND: Final = 50_000
FAILED: Final = "This film could not be converted into one that browsers play."
_PLACE: Final = re.compile(rb"^out_time_us=(\d+)$", re.MULTILINE)

Heard = Callable[[float], None]
"""Told about once a second how much is done (0 to 1).  May raise, which ends the conversion."""


class Converter:
    """FFmpeg as this machine has it.  `program` names another than the one that comes with Albumen."""

    def __init__(self, program: str = "", limits: FilmLimits | None = None) -> None:
        self._program = program
        self.limits = limits or FilmLimits()
        self._running: set[int] = set()

    def convert(self, file: int, facts: Facts, outputs: Mapping[str, Path], heard: Heard) -> None:
        """Make the variants of an open film, each into its private file, which is there and empty.

        Pictures that are right are taken over; where that does not work they are encoded anew.
        Raises Invalid, Broken, OverQuota, Unavailable, and what `heard` raises.
        """
        # FFmpeg runs in a working directory of its own.
        cut = Cut(facts, {variant: path.absolute() for variant, path in outputs.items()}, self.limits.threads)
        try:
            self._run(file, cut, heard)
        except (Invalid, Broken):
            if not convert.takes_over(facts):
                raise
            self._run(file, _anew(cut), heard)

    def _run(self, file: int, cut: Cut, heard: Heard) -> None:
        size_bytes = os.fstat(file).st_size
        seconds = cut.facts.duration_seconds or size_bytes / UNKNOWN_BYTES_PER_SECOND
        os.lseek(file, 0, os.SEEK_SET)
        with self._started(file, cut, seconds) as process:
            watch = _Watch(seconds, self.limits.wall_seconds(seconds), heard)
            _follow(process, watch)
        _judge(process.returncode, watch)

    @contextmanager
    def _started(self, file: int, cut: Cut, seconds: float) -> "Iterator[subprocess.Popen[bytes]]":
        """The running FFmpeg, ended with all that it started when the block ends."""
        process = subprocess.Popen(
            self._command(file, cut, seconds),
            env={"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[file],
            process_group=0,  # not a session: Linux shares the processors out by session, whatever is nice
        )
        self._running.add(process.pid)
        try:
            yield process
        finally:
            self._running.discard(process.pid)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            assert process.stdout
            process.stdout.close()

    def _command(self, file: int, cut: Cut, seconds: float) -> Sequence[str]:
        shelter = Shelter(
            memory_bytes=self.limits.memory_bytes,
            output_bytes=max(convert.most_bytes([*cut.outputs], seconds), 2 * os.fstat(file).st_size),
            cpu_seconds=int(self.limits.wall_seconds(seconds) * (os.cpu_count() or 1)) + 1,
            outputs=tuple(map(str, cut.outputs.values())),
        )
        start = [sys.executable, "-P", "-m", "albumen.media.ffmpeg_child", msgspec.json.encode(shelter).decode()]
        return [*start, self.program, *convert.arguments(cut, file)]

    @property
    def processes(self) -> tuple[int, ...]:
        """The process ids of what runs now, for those who measure."""
        return tuple(self._running)

    @property
    def program(self) -> str:
        """The FFmpeg that is run.  Raises Unavailable where there is none."""
        if self._program:
            return shutil.which(self._program) or self._program
        import imageio_ffmpeg  # noqa: PLC0415 - imports NumPy, which most processes never need

        try:
            return str(imageio_ffmpeg.get_ffmpeg_exe())
        except RuntimeError:
            raise Unavailable("There is no FFmpeg for this system; `media.ffmpeg` may name one.") from None


def _anew(cut: Cut) -> Cut:
    """The same conversion, with all pictures encoded anew."""
    return Cut(cut.facts, cut.outputs, cut.threads, copies=False)


@dataclass
class _Watch:
    """How far a conversion is, what FFmpeg said last, and when it is taken for hanging."""

    seconds: float
    wall_seconds: float
    heard: Heard
    started_at: float = field(default_factory=time.monotonic)
    told_at: float = 0.0
    share: float = 0.0
    tail: bytes = b""

    def take(self, said: bytes) -> None:
        self.tail = (self.tail + said)[-TAIL_BYTES:]
        places = _PLACE.findall(self.tail)
        if places:
            self.share = min(1.0, int(places[-1]) / 1_000_000 / max(self.seconds, 0.001))

    def look(self) -> None:
        """Tell how far it is, now and then.  Raises Broken when its time is up."""
        now = time.monotonic()
        if now - self.started_at > self.wall_seconds:
            raise Broken(f"did not finish within {self.wall_seconds:.0f} seconds")
        if now - self.told_at >= HEARD_SECONDS:
            self.told_at = now
            self.heard(self.share)


def _follow(process: "subprocess.Popen[bytes]", watch: _Watch) -> None:
    """Listen until FFmpeg has ended."""
    assert process.stdout
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if selector.select(HEARD_SECONDS / 4):
                said = os.read(process.stdout.fileno(), 65_536)
                if not said:
                    break
                watch.take(said)
            watch.look()
    while process.poll() is None:
        watch.look()
        with suppress(subprocess.TimeoutExpired):
            process.wait(HEARD_SECONDS / 4)


def _judge(code: int, watch: _Watch) -> None:
    """Nothing where FFmpeg ended well; else the reason in our words."""
    if code == 0:
        return
    _log.info("ffmpeg ended with %s\n%s", code, watch.tail.decode(errors="replace"))
    if code == NOT_STARTED:
        raise Unavailable("FFmpeg could not be started.")
    if b"No space left on device" in watch.tail:
        raise OverQuota("The disk is nearly full.")
    if code == -signal.SIGXCPU:
        raise Broken("used more processor time than one film may take")
    if code < 0:
        raise Broken(f"crashed ({signal.Signals(-code).name})")
    raise Invalid(FAILED)
