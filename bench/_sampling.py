"""Where processor time goes: by each thread's own clock, read in the thread itself, so that waiting is nothing.

A thread that looks at the others would see them where they let go of the interpreter, and nowhere else.
"""

import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any, Final

STEP: Final = 100_000
"""Nanoseconds of computing between two looks at a thread, at least."""
DEEPEST: Final = 150

type Stack = tuple[str, ...]


class Sampler:
    """Notes in which call a thread is when it has computed for a while: at calls and returns, those of C included."""

    def __init__(self) -> None:
        self.found: Counter[Stack] = Counter()
        self._clocks: dict[int, int] = {}

    def start(self) -> None:
        """Begin, in all threads there are and will be."""
        threading.setprofile_all_threads(self._look)

    def stop(self) -> Counter[Stack]:
        """End; returns nanoseconds by stack, the outermost call first."""
        threading.setprofile_all_threads(None)
        return self.found.copy()

    def _look(self, frame: FrameType, event: str, called: Any) -> None:
        thread, now = threading.get_ident(), time.thread_time_ns()
        spent = now - self._clocks.setdefault(thread, now)
        if spent >= STEP:
            self.found[_busy(frame, event, called)] += spent
            self._clocks[thread] = time.thread_time_ns()
        elif spent < 0:  # another thread of the same number
            self._clocks[thread] = now


def _busy(frame: FrameType, event: str, called: Any) -> Stack:
    """What has computed until now: who calls, where something is called; what was called in C, where it returns."""
    if event == "call":
        return _stack(frame.f_back)
    return (*_stack(frame), _of_c(called)) if event == "c_return" else _stack(frame)


def _stack(frame: FrameType | None) -> Stack:
    """The names of the calls, by module and not by file, so that they say nothing of the machine."""
    names: list[str] = []
    while frame is not None and len(names) < DEEPEST:
        names.append(f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_qualname}")
        frame = frame.f_back
    return tuple(reversed(names))


def _of_c(called: Any) -> str:
    return f"{getattr(called, '__module__', None) or 'builtins'}.{getattr(called, '__qualname__', '?')}"


def write(found: Counter[Stack], file: Path) -> None:
    """Keep stacks in the collapsed form that tools for flame graphs read."""
    lines = (f"{';'.join(stack)} {spent}" for stack, spent in sorted(found.items()))
    made = file.with_suffix(".part")
    made.write_text("\n".join(lines) + "\n")
    made.rename(file)


def read(file: Path) -> Counter[Stack]:
    """What `write` kept."""
    found: Counter[Stack] = Counter()
    for line in file.read_text().splitlines():
        stack, _, spent = line.rpartition(" ")
        if stack:
            found[tuple(stack.split(";"))] += int(spent)
    return found
