"""How far an import is: a bar on a terminal, a plain line every few seconds elsewhere."""

import time
from collections import deque
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Final

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from albumen.cli.import_report import duration, size
from albumen.libraries.beside import printable

LINE_SECONDS: Final = 5.0
_WINDOW: Final = 30


@dataclass(frozen=True)
class Total:
    """What lies ahead."""

    files: int = 0
    size_bytes: int = 0


class Pace:
    """Rates over the last half minute, since photos, films and known files go at different speeds."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int, int]] = deque([(time.monotonic(), 0, 0)], maxlen=_WINDOW)

    def rates(self, files: int, size_bytes: int) -> tuple[float, float]:
        """Files and bytes per second, told how many are done by now."""
        now = time.monotonic()
        then, files_then, bytes_then = self._marks[0]
        if now - self._marks[-1][0] >= 1:
            self._marks.append((now, files, size_bytes))
        seconds = max(now - then, 1e-3)
        return (files - files_then) / seconds, (size_bytes - bytes_then) / seconds


class _Bars(Progress):
    """A bar, and a line below it that has room for words."""

    below = ""

    def get_renderables(self) -> Iterable[RenderableType]:
        """The bar and the line."""
        yield self.make_tasks_table(self.tasks)
        yield Text(self.below, style="dim", no_wrap=True, overflow="ellipsis")


class Screen:
    """Shows how far a stage is."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (TextColumn("{task.description}"), BarColumn(None), TaskProgressColumn())
        self._bars = _Bars(*columns, console=console, transient=True) if console.is_terminal else None
        self._task = self._bars.add_task("", total=None) if self._bars else None
        self._stage, self._told_at, self._pace = "", time.monotonic(), Pace()

    def __enter__(self) -> "Screen":
        self._live().__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._live().__exit__(None, None, None)

    def _live(self) -> AbstractContextManager[object]:
        return self._bars or nullcontext()

    def stage(self, name: str) -> None:
        """Begin something else."""
        self._stage, self._pace = name, Pace()
        if self._bars and self._task is not None:
            self._bars.reset(self._task, description=name, total=None)
            self._bars.below = ""

    def counted(self, files: int) -> None:
        """Tell how many files were found so far."""
        self._tell(f"{files:,} files", 0, None)

    def show(self, done: Total, total: Total, name: str = "") -> None:
        """Tell how far it is: by bytes, or by files where bytes are not known."""
        files_rate, bytes_rate = self._pace.rates(done.files, done.size_bytes)
        by_bytes = bool(total.size_bytes)
        part, whole = (done.size_bytes, total.size_bytes) if by_bytes else (done.files, total.files)
        rate = bytes_rate if by_bytes else files_rate
        words = [f"{done.files:,} of {total.files:,}", f"{files_rate:,.1f}/s"]
        if by_bytes:
            words[1:1] = [f"{size(done.size_bytes)} of {size(total.size_bytes)}"]
            words.append(f"{size(bytes_rate)}/s")
        if rate > 0 and whole > part:
            words.append(f"{duration((whole - part) / rate)} left")
        if name:
            words.append(printable(name))
        self._tell(" · ".join(words), part, whole)

    def _tell(self, words: str, part: int, whole: int | None) -> None:
        if self._bars and self._task is not None:
            self._bars.below = words
            self._bars.update(self._task, completed=part, total=whole)
        elif time.monotonic() - self._told_at >= LINE_SECONDS:
            self._told_at = time.monotonic()
            self._console.print(f"{self._stage}: {words}", markup=False, soft_wrap=True)
