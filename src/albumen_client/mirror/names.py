"""Names that a local file system can hold, made of names that are only data."""

import re
import unicodedata
from collections.abc import Iterator

MOST_BYTES = 255
_UNSAFE = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)


def safe(name: str) -> str:
    """One segment of a path: no separator, nothing hidden or reserved, never empty, at most 255 bytes."""
    plain = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).encode(errors="replace").decode()
    plain = plain.rstrip(". ") or "_"
    if plain[0] in ". " or _RESERVED.match(plain):
        plain = f"_{plain.lstrip('. ')}"
    return _fit(*_split(plain))


def folded(name: str) -> str:
    """A name as file systems that pass over case compare it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def numbered(name: str) -> Iterator[str]:
    """The name made safe, then `name (2).ext`, `name (3).ext`, …"""
    first = safe(name)
    yield first
    stem, ending = _split(first)
    number = 1
    while True:
        number += 1
        yield _fit(stem, f" ({number}){ending}")


def _split(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and ending and len(ending) <= 16 else (name, "")


def _fit(stem: str, ending: str) -> str:
    room = MOST_BYTES - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip() + ending
