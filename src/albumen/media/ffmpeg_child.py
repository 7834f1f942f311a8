"""The launcher of FFmpeg: locks itself in with the few files it may touch, then becomes FFmpeg.

Started by `ffmpeg` as `python -m albumen.media.ffmpeg_child SHELTER PROGRAM ARGUMENT…`.
"""

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Final

import msgspec

from albumen.media import landlock, sandbox, seccomp

NICE: Final = 10
"""Whoever looks at photos, and whatever photos are still being developed, come before films."""
NOT_STARTED: Final = 127
PR_SET_PDEATHSIG: Final = 1
_SYSTEM: Final = ("/usr", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom")
_LIBRARIES: Final = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib64")
"""The loader of programs lies there, and is executed, too."""


class Shelter(msgspec.Struct, frozen=True):
    """What FFmpeg may use: bytes of memory and of one output, seconds of processor time, files to write."""

    memory_bytes: int
    output_bytes: int
    cpu_seconds: int
    outputs: tuple[str, ...]


def main(shelter: Shelter, program: str, words: list[str]) -> None:
    """Lock this process in and become the program.  Each layer is optional, as for the other decoders."""
    sandbox.lock_in(
        ("nice", lambda: os.nice(NICE)),
        ("end with the parent", _end_with_parent),
        ("limits", lambda: sandbox.bound(shelter.memory_bytes, shelter.output_bytes)),
        ("time", lambda: resource.setrlimit(resource.RLIMIT_CPU, (shelter.cpu_seconds, shelter.cpu_seconds))),
        ("no new privileges", sandbox.renounce),
        ("landlock", lambda: landlock.restrict(_allowed(Path(program), shelter.outputs))),
        ("seccomp", lambda: seccomp.restrict(may_execute=True)),
    )
    os.execve(program, [program, *words], {"LC_ALL": "C.UTF-8"})  # noqa: S606 - no shell is what is wanted


def _allowed(program: Path, outputs: tuple[str, ...]) -> dict[Path, int]:
    rights = dict.fromkeys(map(Path, _SYSTEM), landlock.READ)
    rights |= dict.fromkeys(map(Path, _LIBRARIES), landlock.READ_AND_EXECUTE)
    rights |= dict.fromkeys(map(Path, outputs), landlock.READ_AND_WRITE)
    return {path: right for path, right in (rights | {program: landlock.READ_AND_EXECUTE}).items() if path.exists()}


def _end_with_parent() -> None:
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(NOT_STARTED)


if __name__ == "__main__":
    try:
        main(msgspec.json.decode(sys.argv[1], type=Shelter), sys.argv[2], sys.argv[3:])
    except OSError:
        sys.exit(NOT_STARTED)
