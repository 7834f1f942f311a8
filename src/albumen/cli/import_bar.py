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
FILE_PRICE_BYTES: Final = 256 * 1024
"""A small file takes as long as reading about so many bytes; without it, time left would go by large files alone."""
_WINDOW: Final = 30


@dataclass(frozen=True)
class Total:
    """What lies ahead."""

    files: int = 0
    size_bytes: int = 0

    @property
    def effort(self) -> int:
        """What takes time: the bytes, and each file by itself."""
        return self.size_bytes + self.files * FILE_PRICE_BYTES


@dataclass(frozen=True)
class Rate:
    """What is done in a second."""

    files: float
    size_bytes: float

    @property
    def effort(self) -> float:
        """As of a total."""
        return self.size_bytes + self.files * FILE_PRICE_BYTES


class Pace:
    """The rate over the last half minute, since photos, films and known files go at different speeds."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, Total]] = deque([(time.monotonic(), Total())], maxlen=_WINDOW)

    def rate(self, done: Total) -> Rate | None:
        """The rate, told what is done by now; None in the first second."""
        now = time.monotonic()
        then, before = self._marks[0]
        if now - self._marks[-1][0] >= 1:
            self._marks.append((now, done))
        seconds = now - then
        if seconds < 1:
            return None
        return Rate((done.files - before.files) / seconds, (done.size_bytes - before.size_bytes) / seconds)


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
        """Tell how far it is; sizes only where they are known."""
        rate = self._pace.rate(done)
        words = [f"{done.files:,} of {total.files:,}"]
        if total.size_bytes:
            words.append(f"{size(done.size_bytes)} of {size(total.size_bytes)}")
        if rate is not None:
            words.append(f"{rate.files:,.1f}/s")
            if total.size_bytes:
                words.append(f"{size(rate.size_bytes)}/s")
            if rate.effort > 0 and total.effort > done.effort:
                words.append(f"{duration((total.effort - done.effort) / rate.effort)} left")
        if name:
            words.append(printable(name))
        self._tell(" · ".join(words), done.effort, total.effort)

    def _tell(self, words: str, part: int, whole: int | None) -> None:
        if self._bars and self._task is not None:
            self._bars.below = words
            self._bars.update(self._task, completed=part, total=whole)
        elif time.monotonic() - self._told_at >= LINE_SECONDS:
            self._told_at = time.monotonic()
            self._console.print(f"{self._stage}: {words}", markup=False, soft_wrap=True)
