"""Decoding at arm's length: a small pool of sheltered child processes that see one open file at a time.

No path ever enters a decoder.  A file that crashes, hangs or exhausts a child costs that child and nothing else.
"""

import contextlib
import logging
import os
import queue
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Final, Self

import msgspec

from albumen.kernel.errors import Invalid, Problem, TooLarge, Unavailable, Unsupported
from albumen.media import wire
from albumen.media.facts import Facts
from albumen.media.kinds import KINDS
from albumen.media.labels import Label
from albumen.media.limits import Limits
from albumen.media.seeing.facts import Seen
from albumen.media.wire import Codes, Developed, Made

__all__ = ["Broken", "Codes", "Developed", "Guard", "Limits", "Made"]

_log = logging.getLogger(__name__)

START_SECONDS: Final = 30.0
NONSENSE: Final = "gave an answer that makes no sense"
LONGEST_DETAIL: Final = 300
VIPS_THREADS: Final = 8
"""One works, two write behind it, and a picture that is decoded within another asks for as many again."""
EMBEDDING: Final = frozenset({"jpeg", "png", "webp", "tiff", "dng"})
"""Kinds into which facts can be written without touching the picture."""
REFUSALS: Final[dict[str, type[Invalid]]] = {kind.code: kind for kind in (Invalid, TooLarge, Unsupported)}


class Broken(Problem):
    """The file brought its decoder down: a crash, a limit or a timeout.  `reason` says which."""

    code = "broken"
    title = "This file could not be decoded safely"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The decoder {reason}.")
        self.reason = reason


class Guard:
    """Up to `size` children, started when first needed and replaced when they end.  Safe to share by threads."""

    def __init__(self, size: int = 2, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._places: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        self._shelter: wire.Sheltered | None = None
        self._size = size
        self._children: set[_Child] = set()
        for _ in range(size):
            self._places.put(None)

    def probe(self, file: int, name: str) -> Facts:
        """Read what the header of `file` tells.  `name` is a hint, never a path; the position of `file` moves.

        Raises `Unsupported`, `Invalid`, `TooLarge` and `Broken`.
        """
        return self._ask(wire.Probe(name), [file], self.limits.still_seconds, Facts)

    def develop(self, file: int, kind: str, outputs: Mapping[str, int]) -> Developed:
        """Make the renditions named by `outputs`, each into its descriptor, from one decode of `file`.

        `kind` is a name of `kinds.KINDS`.  Raises `Unsupported`, `Invalid`, `TooLarge` and `Broken`.
        """
        if kind not in KINDS:
            raise Unsupported
        video = KINDS[kind].family == "video"
        seconds = self.limits.video_seconds if video else self.limits.still_seconds
        request = wire.Develop(kind, tuple(outputs))
        return self._ask(request, [file, *outputs.values()], seconds, Developed)

    def embed(self, file: int, label: Label, fields: Sequence[str], output: int) -> int:
        """Write a copy of a still into `output` that says those of `labels.FIELDS` as the label has them; its size.

        For the kinds of `EMBEDDING`.  Raises `Invalid` where the file does not allow it, `TooLarge` and `Broken`.
        """
        return self._ask(wire.Embed(label, tuple(fields)), [file, output], self.limits.still_seconds, int)

    def look(self, file: int, wanted: Sequence[str]) -> Seen:
        """What is to be seen in a rendition: those of `seeing.facts` that are wanted.

        Raises `Invalid`, `TooLarge` and `Broken`.
        """
        return self._ask(wire.Look(tuple(wanted)), [file], self.limits.still_seconds, Seen)

    def codes(self, file: int, kind: str) -> Codes:
        """The QR codes that a still shows.  `kind` is a name of `kinds.KINDS`.

        Raises `Unsupported`, `Invalid`, `TooLarge` and `Broken`.
        """
        if kind not in KINDS or KINDS[kind].family == "video":
            raise Unsupported
        return self._ask(wire.Read(kind), [file], self.limits.still_seconds, Codes)

    @property
    def shelter(self) -> wire.Sheltered:
        """Which layers confine the children, and which are missing and why."""
        if self._shelter is None:
            with self._borrow():
                pass
        assert self._shelter is not None
        return self._shelter

    @property
    def processes(self) -> tuple[int, ...]:
        """The process ids of the children that run now, for those who measure."""
        return tuple(child.process for child in tuple(self._children) if child.alive())

    def close(self) -> None:
        """End the children; those at work are waited for.  A later call would start new ones."""
        for _ in range(self._size):
            child = self._places.get()
            if child:
                self._end(child)
        for _ in range(self._size):
            self._places.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask[T](self, request: wire.Request, files: Sequence[int], seconds: float, answer: type[T]) -> T:
        with self._borrow() as child:
            reply = child.ask(request, files, seconds)
        match reply:
            case wire.Done(result):
                return _decoded(result, answer)
            case wire.Refused("unavailable", detail):
                raise Unavailable(detail)
            case wire.Refused(error, detail, specific):
                raise REFUSALS.get(error, Invalid)(detail[:LONGEST_DETAIL], code=specific[:LONGEST_DETAIL])
            case wire.Failed(reason, trace):
                _log.info("a child %s\n%s", reason, trace)
                raise Broken(reason)
            case _:
                raise Broken(NONSENSE)

    @contextlib.contextmanager
    def _borrow(self) -> "Iterator[_Child]":
        """Wait for a free place; put a child there when there is none, or it has ended or is worn out."""
        child = self._places.get()
        try:
            if child and not child.fresh(self.limits):
                self._end(child)
                child = None
            child = child or self._start()
            yield child
        finally:
            if child and not child.alive():
                self._end(child)
                child = None
            self._places.put(child)

    def _start(self) -> "_Child":
        child = _Child(self.limits)
        self._children.add(child)
        self._note(child.shelter)
        return child

    def _end(self, child: "_Child") -> None:
        child.end()
        self._children.discard(child)

    def _note(self, shelter: wire.Sheltered) -> None:
        if self._shelter is None:
            for missing in shelter.missing:
                _log.warning("decoders run without this layer of their shelter: %s", missing)
            self._shelter = shelter


def _decoded[T](result: msgspec.Raw, answer: type[T]) -> T:
    try:
        return msgspec.msgpack.decode(result, type=answer)
    except msgspec.DecodeError as error:
        raise Broken(NONSENSE) from error


class _Child:
    """One process and the socket to it."""

    environment: ClassVar[dict[str, str]] = {
        "VIPS_BLOCK_UNTRUSTED": "1",
        "VIPS_CONCURRENCY": "1",
        # A fixed set of threads: where libvips ends idle ones, work that comes just then waits forever.
        "VIPS_MAX_THREADS": str(VIPS_THREADS),
        # Nothing is writable in the shelter, so large pictures must not be spilled to a temporary file.
        "VIPS_DISC_THRESHOLD": "64g",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
    }

    def __init__(self, limits: Limits) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "albumen.media.child", str(theirs.fileno())],
                env=self.environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # An interrupt at the terminal is the parent's to handle.  Not a session of its own: Linux shares
                # the processors out by session, so that every decoder would get as much as the whole server.
                process_group=0,
            )
        self._channel = ours
        self._served = 0
        shelter = self.ask(wire.Hello(limits), (), START_SECONDS)
        if not isinstance(shelter, wire.Sheltered):
            self.end()
            raise Unavailable("The decoder could not be started.")
        self.shelter = shelter

    def ask(self, request: wire.Request, files: Sequence[int], seconds: float) -> wire.Reply:
        """Send a request and wait for its reply; when none comes, end the process and say why."""
        self._served += 1
        deadline = time.monotonic() + seconds
        try:
            self._channel.settimeout(seconds)
            wire.send(self._channel, request, files)
            return wire.receive_reply(self._channel, deadline)
        except TimeoutError:
            self.end()
            return wire.Failed(f"did not finish within {seconds:g} seconds")
        except (EOFError, ConnectionError):
            return wire.Failed(self._cause_of_death())
        except (ValueError, msgspec.DecodeError):
            self.end()
            return wire.Failed(NONSENSE)
        except BaseException:
            self.end()
            raise

    def fresh(self, limits: Limits) -> bool:
        """Whether it is alive and has neither served many files nor grown large."""
        return (
            self.alive()
            and self._served <= limits.files_per_child
            and _resident_bytes(self._process.pid) <= limits.resident_bytes
        )

    @property
    def process(self) -> int:
        """The process id."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def end(self) -> None:
        """End the process now."""
        self._process.kill()
        self._process.wait()
        self._channel.close()

    def _cause_of_death(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        code = self._process.returncode
        self.end()
        if code == -signal.SIGXCPU:
            return "used more processor time than one file may take"
        if code is not None and code < 0:
            return f"crashed ({signal.Signals(-code).name})"
        return "ended without an answer"


def _resident_bytes(process: int) -> int:
    """How much memory a process holds; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{process}/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
