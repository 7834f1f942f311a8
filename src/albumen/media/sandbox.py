"""The shelter a child locks itself into before it touches a file: no new rights, limits, Landlock, seccomp.

Each layer is optional, for older kernels and other systems; `shelter` tells which ones hold.
"""

import ctypes
import resource
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Final

from albumen.media import landlock, seccomp
from albumen.media.limits import Limits

PR_SET_NO_NEW_PRIVS: Final = 38

type Layer = tuple[str, Callable[[], object]]


def shelter(limits: Limits) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Lock this process in, for good, and say which layers hold and which are missing (with the reason)."""
    return lock_in(
        ("limits", lambda: bound(limits.memory_bytes, limits.output_bytes)),
        ("no new privileges", renounce),
        ("landlock", lambda: landlock.restrict(dict.fromkeys(readable(), landlock.READ))),
        ("seccomp", seccomp.restrict),
    )


def lock_in(*layers: Layer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Put on one layer after the other; which ones hold, and which are missing (with the reason)."""
    held: list[str] = []
    missing: list[str] = []
    for name, lock in layers:
        try:
            lock()
            held.append(name)
        except (OSError, ValueError, AttributeError) as error:
            missing.append(f"{name} ({error.strerror if isinstance(error, OSError) else error})")
    return tuple(held), tuple(missing)


def readable() -> tuple[Path, ...]:
    """What a child may read: the interpreter, its libraries and this package.  Nothing of the user's."""
    system = ("/usr", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom")
    own = (sys.prefix, sys.base_prefix, *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")))
    paths = (*map(Path, system), *map(Path, own), Path(__file__).parent.parent)
    return tuple(dict.fromkeys(path for path in paths if path.exists() and path != Path(path.anchor)))


def allow_cpu(seconds: int) -> None:
    """Let this process use `seconds` of processor time from now on; then the kernel ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def bound(memory_bytes: int, output_bytes: int) -> None:
    """Bound the memory of this process and what it writes into one file, and its open files; no core dumps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output_bytes, output_bytes))
    # RLIMIT_DATA counts private memory only; RLIMIT_AS would count mapped libraries and files too.
    memory = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    resource.setrlimit(memory, (memory_bytes, memory_bytes))


def renounce() -> None:
    """Let no program that is started from here have more rights than this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel refused")
