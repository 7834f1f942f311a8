"""What an import tells in the end: on the terminal, and in a file that names everything that was not simply added."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, TextIO

import msgspec
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from albumen.libraries.beside import printable
from albumen.libraries.importing import Outcome, Trouble
from albumen.libraries.walk import Fate

SHOWN: Final = 20
_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")
_SILENT: Final = (Fate.added, Fate.sidecar)


def size(count: float) -> str:
    """A number of bytes as people read it."""
    power = 0
    while count >= 1000 and power < len(_UNITS) - 1:
        count, power = count / 1000, power + 1
    return f"{count:,.1f} {_UNITS[power]}" if power else f"{count:,.0f} bytes"


def duration(seconds: float) -> str:
    """A time as people read it: `4.2 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


@dataclass
class Listed:
    """Things to be told of, the first few of them."""

    count: int = 0
    first: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, reason: str) -> None:
        """Count one, and remember it while there is room."""
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append((name, reason))


@dataclass
class Tally:
    """Counts while an import runs; the same size however many files there are."""

    files: Counter[Fate] = field(default_factory=Counter)
    sizes: Counter[Fate] = field(default_factory=Counter)
    failed: Listed = field(default_factory=Listed)
    warned: Listed = field(default_factory=Listed)
    hidden: Listed = field(default_factory=Listed)
    damaged: Listed = field(default_factory=Listed)

    def note(self, outcome: Outcome) -> None:
        """Count a file."""
        self.files[outcome.fate] += 1
        self.sizes[outcome.fate] += outcome.size_bytes
        if outcome.fate == Fate.failed:
            self.failed.add(outcome.path, outcome.reason)
        if outcome.warning:
            self.warned.add(outcome.path, outcome.warning)

    def note_trouble(self, trouble: Trouble) -> None:
        """Count a photo that is not shown, or shown damaged."""
        (self.damaged if trouble.is_shown else self.hidden).add(trouble.name, trouble.reason)

    @property
    def found(self) -> int:
        """All files that were come upon."""
        return self.files.total()


@dataclass(frozen=True)
class Run:
    """How an import went, as a whole."""

    folder: str
    library: str
    began_on: str
    seconds: float
    is_complete: bool
    is_developed: bool


class ReportFile:
    """A JSON file that is written as the import goes, so that it may name any number of files."""

    def __init__(self, file: TextIO | None) -> None:
        self._file, self._list = file, ""
        if file is not None:
            file.write("{")

    def add(self, outcome: Outcome) -> None:
        """Write what became of a file, unless it was added without a word."""
        if outcome.fate not in _SILENT or outcome.warning:
            entry = {"path": printable(outcome.path), "fate": outcome.fate.name, "sizeBytes": outcome.size_bytes}
            told = {"reason": outcome.reason, "warning": outcome.warning}
            self._put("files", entry | {name: text for name, text in told.items() if text})

    def add_trouble(self, trouble: Trouble) -> None:
        """Write why a photo is not shown, or shown damaged."""
        self._put("troubles", {"name": trouble.name, "reason": trouble.reason, "isShown": trouble.is_shown})

    def end(self, run: Run, tally: Tally) -> None:
        """Write the totals and how it went."""
        if self._file is not None:
            totals = {fate.name: {"files": tally.files[fate], "bytes": tally.sizes[fate]} for fate in Fate}
            rest = {"totals": totals, "found": tally.found, **{_camel(k): v for k, v in asdict(run).items()}}
            self._file.write(f"{'],' if self._list else ''}\n{_json(rest)[1:]}\n")

    def _put(self, name: str, entry: dict[str, Any]) -> None:
        if self._file is not None:
            fresh = f"{'],' if self._list else ''}\n{_json(name)}: [\n"
            self._file.write((fresh if name != self._list else ",\n") + _json(entry))
            self._list = name


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@contextmanager
def report_file(path: Path | None) -> Iterator[ReportFile]:
    """The report at `path`, there only once it is whole; one that writes nothing where there is no path."""
    if path is None:
        yield ReportFile(None)
        return
    draft = path.with_name(f"{path.name}.part")
    try:
        with draft.open("w", encoding="utf-8") as file:
            yield ReportFile(file)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def show(console: Console, run: Run, tally: Tally) -> None:
    """Print what became of the files: first what needs a look, in the end the sums."""
    _list(console, tally.warned, "added with a warning")
    _list(console, tally.damaged, "shown, but damaged")
    _list(console, tally.hidden, "kept, but cannot be shown")
    _list(console, tally.failed, "failed")
    table = Table("", "files", "size", box=box.SIMPLE_HEAD, show_footer=True, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for fate in Fate:
        style = "red" if fate == Fate.failed and tally.files[fate] else "" if tally.files[fate] else "dim"
        table.add_row(_word(fate), f"{tally.files[fate]:,}", size(tally.sizes[fate]), style=style)
    table.columns[0].footer, table.columns[1].footer = "found", f"{tally.found:,}"
    table.columns[2].footer = size(tally.sizes.total())
    console.print(table)
    console.print(_pace(run, tally))


def _word(fate: Fate) -> str:
    return "sidecars" if fate == Fate.sidecar else fate.value


def _pace(run: Run, tally: Tally) -> str:
    read = [Fate.added, Fate.present]
    files, amount = sum(tally.files[fate] for fate in read), sum(tally.sizes[fate] for fate in read)
    if not files:
        return f"In {duration(run.seconds)}."
    seconds = max(run.seconds, 1e-3)
    return f"In {duration(run.seconds)}: {files / seconds:,.1f} photos/s, {size(amount / seconds)}/s."


def _list(console: Console, listed: Listed, what: str) -> None:
    if not listed.count:
        return
    console.print(f"[bold]{listed.count:,} {what}[/bold]")
    for line in _lines(listed.first):
        console.print(line, soft_wrap=True)
    if listed.count > len(listed.first):
        console.print(f"  … and {listed.count - len(listed.first):,} more (see --report)")
    console.print()


def _lines(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (f"  {escape(printable(name))}: [dim]{escape(reason)}[/dim]" for name, reason in pairs)
