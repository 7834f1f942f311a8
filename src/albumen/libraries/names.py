"""Names of files, folders and libraries: data, never a path."""

import re
import unicodedata
from collections.abc import Iterator

from albumen.kernel import text
from albumen.kernel.errors import Invalid

MAX_BYTES = 255
_NUMBER = re.compile(r" \(\d+\)$")
_BIDI_AND_ZERO_WIDTH = frozenset("\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\ufeff") | frozenset(
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
)


def clean(name: str) -> str:
    """A name as it is kept: NFC, one line, without control, direction and zero-width signs; may come out empty."""
    normal = unicodedata.normalize("NFC", name)
    kept = (c for c in normal if unicodedata.category(c) not in ("Cc", "Cs", "Cn") and c not in _BIDI_AND_ZERO_WIDTH)
    return " ".join("".join(kept).split())


def fold(name: str) -> str:
    """A name as it is compared: without case, NFC."""
    return text.fold(name)


def plain(name: str, what: str = "name") -> str:
    """A cleaned name of a folder or library.  Raises Invalid where it is empty, too long or holds a slash."""
    cleaned = clean(name)
    if not cleaned or "/" in cleaned or cleaned in (".", "..") or len(cleaned.encode()) > MAX_BYTES:
        raise Invalid(f"A {what} has 1 to {MAX_BYTES} bytes and no slash.", errors=[(what, "not usable")])
    return cleaned


def of_upload(name: str, extension: str) -> str:
    """The name of an uploaded file: its last path segment, cut to fit; `photo` + extension where nothing is left."""
    last = clean(name.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")
    stem, ending = split(last)
    return fit(stem, ending) if stem else f"photo{extension}"


def split(name: str) -> tuple[str, str]:
    """The stem and the extension, the dot with the latter."""
    stem, dot, ending = name.rpartition(".")
    if not stem or not ending or len(ending) > 16 or " " in ending:
        return name, ""
    return stem, dot + ending


def fit(stem: str, ending: str) -> str:
    """Stem and ending together, the stem cut so that both fit into 255 bytes."""
    room = MAX_BYTES - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip() + ending


def is_numbered(name: str, plain_name: str) -> bool:
    """Whether a name is another with a number behind it, as `numbered` gives them."""
    stem, ending = split(name)
    found = _NUMBER.search(stem)
    before, like = split(plain_name)
    return found is not None and ending == like and name == fit(before, f"{found[0]}{ending}")


def numbered(name: str) -> Iterator[str]:
    """The name, then `name (2).ext`, `name (3).ext`, …"""
    yield name
    stem, ending = split(name)
    number = 1
    while True:
        number += 1
        yield fit(stem, f" ({number}){ending}")
