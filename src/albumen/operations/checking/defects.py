"""Defects: what a check can find, in words, each with what mends it."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final


class Fault(StrEnum):
    """Kinds of defects."""

    missing = "missing"
    unreadable = "unreadable"
    truncated = "truncated"
    longer = "longer"
    damaged = "damaged"
    swapped = "swapped"
    extra = "extra"
    wrong_row = "wrong-row"
    dangling = "dangling"
    orphan = "orphan"
    undeveloped = "undeveloped"
    wrong_count = "wrong-count"
    stale_index = "stale-index"
    feed = "feed"
    database = "database"


@dataclass(frozen=True)
class Defect:
    """Something that is not as it should be.

    `thing` says what it is about, `subject` which one: a signature, a key, an id.  `shown_as` names some of the files
    that a keeper would look for.  `fix` is a sentence; with `mends`, `albumen check --fix` does it.
    """

    fault: Fault
    thing: str
    subject: str
    words: str
    fix: str
    mends: bool = False
    shown_as: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        found = {name: value for name, value in asdict(self).items() if value not in (None, ())}
        return {**found, "fault": self.fault.value}


SEND_AGAIN: Final = "Send the same file again, or run `albumen backup heal` with a backup that has it."
_MAKE_ANEW: Final = "`albumen check --fix` has it made again from the original."
_STORED: Final = MappingProxyType(
    {
        "original": SEND_AGAIN,
        "rendition": _MAKE_ANEW,
        "export": "Make the export again.",
        "sidecar": "`albumen check --fix` has it written again.",
        "vault": "Push it again from a device that has it.",
    }
)


def of_stored(fault: Fault, kind: str, subject: str, words: str) -> Defect:
    """A defect of bytes that a row names."""
    return Defect(fault, kind, subject, words, _STORED[kind], mends=kind in ("rendition", "sidecar"))
