"""What strace saw, as an order of events that a power cut at any moment would respect."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CALLS = (
    "openat,write,pwrite64,writev,pwritev,sendto,sendmsg,fsync,fdatasync,"
    "link,linkat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,ftruncate"
)
_LINE = re.compile(r"(?P<task>\d+) +(?:<\.\.\. (?P<resumed>\w+) resumed>|(?P<call>\w+)\()(?P<rest>.*)")
_OF = re.compile(r"\d+<(?P<name>[^<>]*)>")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_RESULT = re.compile(r"= (-?\d+)")


@dataclass(frozen=True)
class Event:
    """One call: who made it, on which file (what strace calls it), when it began and ended (lines of the trace)."""

    task: int
    call: str
    told: str
    began: int
    ended: int

    @property
    def name(self) -> str:
        """The path or socket behind the call's descriptor."""
        found = _OF.match(self.told)
        return found["name"] if found else ""

    @property
    def paths(self) -> list[str]:
        """The paths that the call names."""
        return _QUOTED.findall(self.told)


def read(file: Path) -> list[Event]:
    """Every call that succeeded, in the order in which they ended."""
    return sorted(_events(file), key=lambda event: event.ended)


def _events(file: Path) -> Iterator[Event]:
    open_calls: dict[int, tuple[str, str, int]] = {}
    with file.open(errors="replace") as lines:
        for number, line in enumerate(lines):
            found = _LINE.match(line)
            if found is None:
                continue
            task, rest = int(found["task"]), found["rest"]
            if found["resumed"]:
                call, told, began = open_calls.pop(task, (found["resumed"], "", number))
                rest = told + rest
            else:
                call, began = found["call"], number
            if rest.endswith("<unfinished ...>"):
                open_calls[task] = call, rest.removesuffix("<unfinished ...>"), began
                continue
            result = _RESULT.findall(rest)
            if result and int(result[-1]) >= 0:
                yield Event(task, call, rest, began, number)
