"""The keys that blobs get: by content, by date, or by owner.  The key is kept with the row, so this may change."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

ORIGINAL = "original"
STRIPPED = "stripped"
"""The variant that is no blob: an original without place and device, pieces of which are sent."""
MAX_NAME_BYTES = 200
_NO_DATE = date(2000, 1, 1)
_SEPARATORS = re.compile(r'[/\\:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Layout(StrEnum):
    """How keys are made."""

    signature = "signature"
    dated = "dated"
    owner = "owner"


@dataclass(frozen=True, slots=True)
class What:
    """A blob to be named.  `variant` is `original` or a rendition's name; `extension` has its dot, or is empty."""

    signature: str
    variant: str
    extension: str = ""
    filename: str = ""
    taken: date | None = None
    owner_id: str = ""
    container_id: str = ""


def key_for(layout: Layout, what: What, taken_by_other: Callable[[str], bool]) -> str:
    """The key of `what`.  `taken_by_other` says whether other content has a key (ignoring case).

    By signature: `original/ab/abcdef…`, `md/ab/abcdef….webp`, never asking.  By date: `original/2019/06/28/IMG_1.jpg`.
    By owner: `{owner}/{container}/IMG_1.jpg`, renditions beside it as `IMG_1.md.webp`.
    """
    if layout is Layout.signature:
        return _by_signature(what)
    candidates = _dated(what) if layout is Layout.dated else _owned(what)
    return next(key for key in candidates if not taken_by_other(key))


def spread(signature: str) -> str:
    """The folder of a signature, one of 1,444: its first two characters in lower case.

    Lower, so that a file system that ignores case lists the same keys as were put.
    """
    return signature[:2].lower()


def _by_signature(what: What) -> str:
    extension = "" if what.variant == ORIGINAL else what.extension
    return f"{what.variant}/{spread(what.signature)}/{what.signature}{extension}"


def _dated(what: What) -> Iterator[str]:
    day = what.taken or _NO_DATE
    stem, extension = _name(what)
    return _numbered(f"{what.variant}/{day.isoformat().replace('-', '/')}", stem, extension)


def _owned(what: What) -> Iterator[str]:
    stem, extension = _name(what)
    if what.variant != ORIGINAL:
        extension = f".{what.variant}{extension}"
    return _numbered(f"{safe_name(what.owner_id)}/{safe_name(what.container_id)}", stem, extension)


def _name(what: What) -> tuple[str, str]:
    stem, extension = _split(safe_name(what.filename, fallback=what.signature))
    return stem, (extension if what.variant == ORIGINAL else what.extension)


def _numbered(folder: str, stem: str, extension: str) -> Iterator[str]:
    yield f"{folder}/{_fit(stem, extension)}"
    number = 1
    while True:
        number += 1
        yield f"{folder}/{_fit(stem, f' ({number}){extension}')}"


def safe_name(name: str, *, fallback: str = "unnamed") -> str:
    """`name` as every file system can hold it: NFC, nothing unseen, no separators, no reserved names, ≤ 200 bytes.

    Two names may become one.
    """
    seen = "".join(char for char in unicodedata.normalize("NFC", name) if unicodedata.category(char) not in _UNSEEN)
    plain = _SEPARATORS.sub("_", seen).strip(" .")
    if _RESERVED.match(plain):
        plain = f"_{plain}"
    return _fit(*_split(plain)) if plain else fallback


def _split(name: str) -> tuple[str, str]:
    """Stem and extension; what follows the last dot is an extension only where it could be one."""
    stem, dot, extension = name.rpartition(".")
    if stem and 0 < len(extension.encode()) <= 16 and " " not in extension:
        return stem, dot + extension
    return name, ""


def _fit(stem: str, end: str) -> str:
    """`stem` and `end`, the stem cut (between characters) so that both fit into 200 bytes."""
    room = MAX_NAME_BYTES - len(end.encode())
    cut = stem.encode()[:room].decode(errors="ignore")
    return (cut.rstrip(" .") if len(cut) < len(stem) else cut) + end
